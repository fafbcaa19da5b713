// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal;

import dev.aegir.host.FencedException;
import dev.aegir.host.HostRefusedException;
import dev.aegir.host.HostUnreachableException;
import dev.aegir.model.AegirException;
import dev.aegir.model.RefusedException;
import dev.aegir.spi.LedgerStep;
import dev.aegir.task.Doubt;
import dev.aegir.task.NotYetException;
import dev.aegir.task.Step;
import dev.aegir.task.TaskEvent.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the steps of a stage, side by side, and takes single steps back. Whatever a step throws, an Error of its own making
 * too, is that step's result and nobody else's; what is thrown from here is the ledger's.
 */
final class StageSteps {
    private static final Logger LOG = LoggerFactory.getLogger(StageSteps.class);

    private final RunState run;

    StageSteps(RunState run) {
        this.run = run;
    }

    /** Runs steps that are written as begun, and says of each how it went. */
    List<Went> run(List<Integer> indexes) throws InterruptedException {
        List<RunContext> contexts =
                indexes.stream().map(index -> new RunContext(run, index)).toList();
        List<Supplier<Went>> calls = new ArrayList<>();
        for (int i = 0; i < indexes.size(); i++) {
            int index = indexes.get(i);
            RunContext context = contexts.get(i);
            calls.add(() -> run(index, context));
        }
        try {
            List<Optional<Went>> results = run.calls().all(calls);
            List<Went> all = new ArrayList<>();
            for (int i = 0; i < indexes.size(); i++) {
                all.add(results.get(i).orElse(Went.of(indexes.get(i), Went.Result.STUCK, hangs())));
            }
            return all;
        } finally {
            contexts.forEach(context -> context.scope().end());
        }
    }

    private RefusedException hangs() {
        return new RefusedException("It was asked to stop and did not within "
                + run.parts().patience().stop().toSeconds()
                + " s. Its thread is left behind; what it does until this program ends is not known.");
    }

    private Went run(int index, RunContext context) {
        LedgerStep row = run.journal().step(index);
        Step step;
        try {
            step = run.parts().codec().decode(row.type(), row.json());
        } catch (RefusedException e) {
            return Went.of(index, Went.Result.STUCK, e);
        }
        if (!run.begunHere().contains(index)) {
            Optional<Went> decided = decide(step, row, context);
            if (decided.isPresent()) {
                return decided.get();
            }
        }
        try {
            run.threads().enter();
            run.enteredHere().add(index);
            try {
                step.run(context);
            } finally {
                run.threads().exit();
            }
            return Went.done(index);
        } catch (NotYetException e) {
            return Went.of(index, Went.Result.NOT_YET, e);
        } catch (Throwable thrown) {
            tell("failed", row, thrown);
            Throwable e = checkLost(thrown);
            boolean stopped = e instanceof InterruptedException || run.threads().stopping();
            return new Went(
                    index,
                    stopped ? Went.Result.STOPPED : Went.Result.FAILED,
                    Optional.of(e),
                    run.journal().step(index).attempt() == 1 && reachedNothing(context, e));
        }
    }

    /** Whether it was for the host alone that the step failed, before it did anything that could be seen. */
    private boolean reachedNothing(RunContext context, Throwable thrown) {
        return (thrown instanceof HostUnreachableException
                        || thrown instanceof HostRefusedException
                        || thrown instanceof InterruptedException)
                && !context.scope().touched()
                && !Marks.hasOwnFacts(run.journal().step(context.index()));
    }

    /** Throws on what says, truly, that the task has another owner; when a host errs about that, this says so. */
    private Throwable checkLost(Throwable thrown) {
        if (!(thrown instanceof FencedException fenced)) {
            return thrown;
        }
        if (run.lost()) {
            throw fenced;
        }
        return new RefusedException(fenced.getMessage()
                + ". This store knows of none: the host is managed with another store too, or this one was restored from an"
                + " older copy while clocks were wrong. Let only one manage the host, then try again.");
    }

    private void tell(String what, LedgerStep row, Throwable thrown) {
        if (LOG.isDebugEnabled()) {
            LOG.debug(
                    "Step {} of task {} {}",
                    row.name(),
                    run.task().id(),
                    what,
                    run.redactor().redact(thrown));
        }
    }

    /** Decides about a step during which a former owner died; nothing when it shall run again. */
    private Optional<Went> decide(Step step, LedgerStep row, RunContext context) {
        int index = row.index();
        Journal journal = run.journal();
        Doubt doubt;
        try {
            doubt = ask(step, context);
        } catch (Throwable thrown) {
            tell("cannot tell whether it is done", row, thrown);
            Throwable e = checkLost(thrown);
            if (e instanceof InterruptedException || run.threads().stopping()) {
                return Optional.of(Went.of(index, Went.Result.STOPPED, e));
            }
            boolean later = e instanceof NotYetException || e instanceof AegirException known && known.mayPass();
            return Optional.of(Went.of(
                    index,
                    later ? Went.Result.UNKNOWN : Went.Result.STUCK,
                    later
                            ? e
                            : new RefusedException("It was interrupted, and cannot tell whether it is done ("
                                    + run.describe(e) + "); a person must.")));
        }
        journal.say(journal.event(Kind.STEP_IN_DOUBT, row.name(), doubt.name()));
        if (doubt == Doubt.ASK && Marks.ASKED.on(row)) {
            doubt = Doubt.RUN_AGAIN; // That it may go on is what the person has said.
        }
        return switch (doubt) {
            case DONE -> Optional.of(Went.done(index));
            case UNDO ->
                Optional.of(Went.of(
                        index,
                        Went.Result.FAILED,
                        new RefusedException("It was interrupted and cannot be gone on with.")));
            case ASK -> {
                journal.write(List.of(Marks.ASKED.put(journal.step(index), "")), List.of());
                yield Optional.of(Went.of(
                        index,
                        Went.Result.STUCK,
                        new RefusedException("It was interrupted, and only a person can tell whether it is done;"
                                + " if the task is let go on, it is run again.")));
            }
            case RUN_AGAIN -> {
                LedgerStep again = run.begun(Marks.ASKED.remove(journal.step(index)));
                journal.write(
                        List.of(again),
                        List.of(run.started(again, journal.steps().size())));
                yield Optional.empty();
            }
        };
    }

    private Doubt ask(Step step, RunContext context) throws Exception {
        run.threads().enter();
        try {
            @Nullable Doubt doubt = step.inDoubt(context);
            if (doubt == null) {
                throw new RefusedException(step.getClass().getName() + " returned nothing");
            }
            return doubt;
        } finally {
            run.threads().exit();
        }
    }

    /** Takes one step back; returns what stood in the way, if anything did. */
    Optional<Throwable> undo(LedgerStep row) throws InterruptedException {
        RunContext context = new RunContext(run, row.index());
        try {
            return run.calls().one(() -> undo(row, context)).orElseThrow();
        } finally {
            context.scope().end();
        }
    }

    private Optional<Throwable> undo(LedgerStep row, RunContext context) {
        try {
            Step step = run.parts().codec().decode(row.type(), row.json());
            run.threads().enter();
            try {
                step.undo(context);
            } finally {
                run.threads().exit();
            }
            return Optional.empty();
        } catch (Throwable thrown) {
            tell("could not be taken back", row, thrown);
            Throwable e = checkLost(thrown);
            boolean notThereAtAll = e instanceof HostUnreachableException || e instanceof HostRefusedException;
            return Marks.UNREACHED.on(row) && notThereAtAll ? Optional.empty() : Optional.of(e);
        }
    }
}
