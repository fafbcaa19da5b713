// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal.tasks;

import dev.aegir.model.DomainName;
import dev.aegir.task.Change;
import dev.aegir.task.Doubt;
import dev.aegir.task.FreezeExceededException;
import dev.aegir.task.Plan;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A step of one of the passes in which a site is copied while it is open. The first pass is made in any case. Another one is made
 * while the one before took long, so that much may have been changed meanwhile, and clearly less than the one before that: otherwise
 * as much is changed in a pass as it brings. How long a pass took is what its steps say, each of its last attempt: the time in which
 * nobody was at work after a crash is none of it. So what was decided about a pass stays the same once it is begun.
 *
 * @param step the step
 * @param site the site
 * @param pass which pass, from 1
 * @param row its place in the pass, from 0; those with the same are done side by side
 * @param lane its place among these, from 0
 * @param above how long a pass takes that is followed by another; nothing for all that are planned
 */
public record InPass(Step step, DomainName site, int pass, int row, int lane, Duration above) implements Step {
    /** How many are planned at most. */
    static final int MOST = 4;

    /** When nothing is said. */
    static final Duration ABOVE = Duration.ofSeconds(5);

    /** So much of the time of the one before, in tenths, is clearly less. */
    private static final int LESS = 7;

    /** Makes it. */
    public InPass {}

    /** A plan with a pass: rows of steps that are done side by side. */
    static Plan then(Plan plan, List<List<Step>> rows, DomainName site, int pass, Duration above) {
        Plan longer = plan;
        for (int row = 0; row < rows.size(); row++) {
            List<List<Step>> lanes = new ArrayList<>();
            for (Step step : rows.get(row)) {
                lanes.add(List.of(new InPass(step, site, pass, row, lanes.size(), above)));
            }
            longer = longer.together(lanes);
        }
        return longer;
    }

    /** How many passes were made, and how long each took; nothing when there was none. */
    static Map<String, String> told(StepContext context) {
        Map<String, String> told = new LinkedHashMap<>();
        for (int pass = 1; context.recall(fact(pass, 0, 0), Long.class).isPresent(); pass++) {
            told.put("passes", String.valueOf(pass));
            told.put(
                    "pass-" + pass + ".milliseconds",
                    String.valueOf(took(context, pass).toMillis()));
        }
        return told;
    }

    private static Duration took(StepContext context, int pass) {
        long all = 0;
        for (int row = 0; context.recall(fact(pass, row, 0), Long.class).isPresent(); row++) {
            long longest = 0;
            Optional<Long> took = context.recall(fact(pass, row, 0), Long.class);
            for (int lane = 1; took.isPresent(); lane++) {
                longest = Math.max(longest, took.get());
                took = context.recall(fact(pass, row, lane), Long.class);
            }
            all += longest;
        }
        return Duration.ofMillis(all);
    }

    private static String fact(int pass, int row, int lane) {
        return "pass." + pass + "." + row + "." + lane;
    }

    /** Whether it is made at all. */
    private boolean made(StepContext context) {
        if (pass == 1 || above.isZero()) {
            return true;
        }
        // One that was not made took no time, so that none follows it.
        long before = took(context, pass - 1).toMillis();
        return before > above.toMillis()
                && (pass == 2 || before * 10 <= took(context, pass - 2).toMillis() * LESS);
    }

    private boolean isFirst() {
        return row == 0 && lane == 0;
    }

    @Override
    public String name() {
        return step.name();
    }

    @Override
    public List<Change> preview(StepContext context) throws Exception {
        if (pass == 1) {
            return step.preview(context);
        }
        return isFirst()
                ? List.of(new Change(
                        Change.Kind.RUN,
                        "inventory",
                        "pass " + pass + " over site " + site + " while it is open",
                        "brings what was changed meanwhile" + (above.isZero() ? "" : ", if " + condition())))
                : List.of();
    }

    private String condition() {
        return "pass " + (pass - 1) + " takes more than " + FreezeExceededException.seconds(above) + " s"
                + (pass == 2 ? "" : ", and clearly less than the one before it");
    }

    @Override
    public void run(StepContext context) throws Exception {
        if (!made(context)) {
            told(context, "there is no pass " + pass);
            return;
        }
        if (pass > 1) {
            told(context, "pass " + pass);
        }
        Instant began = context.now();
        step.run(context);
        context.remember(
                fact(pass, row, lane),
                Math.max(0, Duration.between(began, context.now()).toMillis()));
    }

    private void told(StepContext context, String what) {
        Duration before = took(context, pass - 1);
        if (isFirst() && !before.isZero()) {
            context.log(what + " over the open site: pass " + (pass - 1) + " took "
                    + FreezeExceededException.seconds(before) + " s");
        }
    }

    @Override
    public void undo(StepContext context) throws Exception {
        if (made(context)) {
            step.undo(context);
        }
    }

    @Override
    public Doubt inDoubt(StepContext context) throws Exception {
        return made(context) ? step.inDoubt(context) : Doubt.RUN_AGAIN;
    }
}
