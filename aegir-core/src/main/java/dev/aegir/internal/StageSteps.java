// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal;

import dev.aegir.host.FencedException;
import dev.aegir.model.RefusedException;
import dev.aegir.spi.LedgerStep;
import dev.aegir.task.Doubt;
import dev.aegir.task.NotYetException;
import dev.aegir.task.Step;
import dev.aegir.task.TaskEvent.Kind;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs the steps of a stage, side by side, and says of each how it went. */
final class StageSteps {
    private static final Logger LOG = LoggerFactory.getLogger(StageSteps.class);

    private final RunState run;
    private final Set<Integer> untouched = Collections.synchronizedSet(new HashSet<>());

    StageSteps(RunState run) {
        this.run = run;
    }

    /** Whether a step failed before it could change anything. */
    boolean untouched(int index) {
        return untouched.contains(index);
    }

    List<Went> run(List<Integer> indexes) throws InterruptedException {
        return indexes.size() == 1
                ? List.of(run(indexes.get(0)))
                : together(indexes.stream()
                        .<Callable<Went>>map(index -> () -> run(index))
                        .toList());
    }

    private List<Went> together(List<Callable<Went>> calls) throws InterruptedException {
        List<Future<Went>> futures =
                calls.stream().map(run.parts().pool()::submit).toList();
        List<Went> all = new ArrayList<>();
        for (Future<Went> future : futures) {
            try {
                all.add(future.get());
            } catch (ExecutionException e) {
                // run() turns whatever a step throws into a result; what arrives here is the ledger's.
                if (e.getCause() instanceof RuntimeException failure) {
                    throw failure;
                }
                throw new IllegalStateException(e.getCause());
            } catch (InterruptedException e) {
                run.threads().stop();
                throw e;
            }
        }
        return all;
    }

    private Went run(int index) {
        LedgerStep row = run.journal().step(index);
        RunContext context = run.context(index);
        try {
            Step step = run.parts().codec().decode(row.type(), row.json());
            if (!run.begunHere().contains(index)) {
                Optional<Went> decided = decide(step, row, context);
                if (decided.isPresent()) {
                    return decided.get();
                }
            }
            run.threads().enter();
            try {
                step.run(context);
            } finally {
                run.threads().exit();
            }
            return Went.done(index);
        } catch (FencedException e) {
            throw e;
        } catch (NotYetException e) {
            return Went.of(index, Went.Result.NOT_YET, e);
        } catch (InterruptedException e) {
            return Went.of(index, Went.Result.STOPPED, e);
        } catch (Throwable e) {
            // Whatever a step throws, an Error of its own making too, is that step's failure and nobody else's.
            LedgerStep now = run.journal().step(index);
            if (now.attempt() == 1 && !context.touched() && now.facts().isEmpty()) {
                untouched.add(index);
            }
            LOG.debug("Step {} of task {} failed", row.name(), run.task().id(), e);
            return Went.of(index, Went.Result.FAILED, e);
        }
    }

    /** Decides about a step during which a former owner died; nothing when it shall run again. */
    private Optional<Went> decide(Step step, LedgerStep row, RunContext context) throws Exception {
        Doubt doubt;
        run.threads().enter();
        try {
            doubt = step.inDoubt(context);
        } finally {
            run.threads().exit();
        }
        Journal journal = run.journal();
        journal.say(journal.event(Kind.STEP_IN_DOUBT, row.name(), doubt.name()));
        int index = row.index();
        return switch (doubt) {
            case DONE -> Optional.of(Went.done(index));
            case UNDO ->
                Optional.of(Went.of(
                        index,
                        Went.Result.FAILED,
                        new RefusedException("It was interrupted and cannot be gone on with.")));
            case ASK ->
                Optional.of(Went.of(
                        index,
                        Went.Result.STUCK,
                        new RefusedException("It was interrupted, and only a person can tell whether it is done.")));
            case RUN_AGAIN -> {
                LedgerStep again = run.begun(journal.step(index));
                journal.write(List.of(again), run.started(again, journal.steps().size()));
                yield Optional.empty();
            }
        };
    }
}
