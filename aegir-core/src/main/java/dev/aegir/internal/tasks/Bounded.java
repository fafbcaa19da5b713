// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal.tasks;

import dev.aegir.internal.Deadlines;
import dev.aegir.model.DomainName;
import dev.aegir.task.Change;
import dev.aegir.task.Doubt;
import dev.aegir.task.FreezeExceededException;
import dev.aegir.task.Plan;
import dev.aegir.task.SiteMilestone;
import dev.aegir.task.Stage;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A step while a site is closed, which is not for longer than somebody allowed. It is not begun when that time is over, and
 * stopped when it is over meanwhile.
 *
 * @param step the step
 * @param site the site
 * @param bound how long the site may be closed
 * @param number its place among those of the same freeze, from 0
 * @param stoppable whether it is stopped: what opens the site is not, once it was begun in time
 */
public record Bounded(Step step, DomainName site, Duration bound, int number, boolean stoppable) implements Step {
    private static final Duration WORTH_TELLING = Duration.ofMillis(50);

    /** Makes it. */
    public Bounded {}

    /** A plan whose steps from the freeze to the commit point have a bound together. */
    static Plan freeze(Plan plan, DomainName site, Duration bound) {
        List<Stage> stages = new ArrayList<>();
        boolean closed = false;
        int number = 0;
        for (int i = 0; i < plan.stages().size(); i++) {
            List<Step> steps = new ArrayList<>();
            boolean commit = plan.commitStage().orElse(-1) == i;
            for (Step each : plan.stages().get(i).steps()) {
                boolean place = each instanceof SiteMilestone; // Takes no time, and is looked for.
                steps.add(closed && !place ? new Bounded(each, site, bound, number++, !commit) : each);
            }
            closed = !commit && (closed || steps.stream().anyMatch(Freeze::begins));
            stages.add(new Stage(steps));
        }
        return new Plan(stages, plan.commitStage());
    }

    @Override
    public String name() {
        return step.name();
    }

    @Override
    public List<Change> preview(StepContext context) throws Exception {
        return step.preview(context);
    }

    @Override
    public void run(StepContext context) throws Exception {
        Instant began = context.now();
        Duration left = bound.minus(Freeze.closed(context));
        if (left.isNegative()) {
            throw exceeded(context, "\"" + name() + "\" was not begun");
        } else if (stoppable) {
            within(left, began, context);
        } else {
            step.run(context);
        }
        if (Duration.between(began, context.now()).compareTo(WORTH_TELLING) >= 0) {
            context.remember(took(number), "\"" + name() + "\" took " + since(began, context) + " s");
        }
    }

    private void within(Duration left, Instant began, StepContext context) throws Exception {
        Optional<Deadlines.Deadline> deadline = context instanceof Deadlines deadlines
                ? Optional.of(deadlines.after(left.plusMillis(1)))
                : Optional.empty();
        try {
            step.run(context);
        } catch (Exception e) {
            deadline.ifPresent(Deadlines.Deadline::close);
            if (deadline.filter(Deadlines.Deadline::passed).isPresent()) {
                Thread.interrupted(); // It was meant for what was stopped.
                FreezeExceededException stopped =
                        exceeded(context, "\"" + name() + "\" was stopped after " + since(began, context) + " s");
                stopped.addSuppressed(e);
                throw stopped;
            }
            throw e;
        } finally {
            deadline.ifPresent(Deadlines.Deadline::close);
        }
        if (Freeze.closed(context).compareTo(bound) > 0) {
            Thread.interrupted();
            throw exceeded(context, "\"" + name() + "\" took " + since(began, context) + " s");
        }
    }

    private FreezeExceededException exceeded(StepContext context, String last) {
        List<String> took = new ArrayList<>();
        for (int i = 0; i < number; i++) {
            context.recall(took(i), String.class).ifPresent(took::add);
        }
        took.add(last);
        return new FreezeExceededException(site, Freeze.closed(context), bound, took);
    }

    private static String since(Instant began, StepContext context) {
        return FreezeExceededException.seconds(Duration.between(began, context.now()));
    }

    private static String took(int number) {
        return "freeze.step." + number;
    }

    @Override
    public void undo(StepContext context) throws Exception {
        step.undo(context);
    }

    @Override
    public Doubt inDoubt(StepContext context) throws Exception {
        return step.inDoubt(context);
    }
}
