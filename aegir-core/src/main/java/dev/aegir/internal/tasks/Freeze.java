// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal.tasks;

import dev.aegir.model.DomainName;
import dev.aegir.task.Change;
import dev.aegir.task.FreezeExceededException;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Tells how long a site was closed.
 *
 * @param title the site
 * @param over whether it is over; otherwise it begins
 * @param atMost how long it may be
 */
public record Freeze(DomainName title, boolean over, Optional<Duration> atMost) implements Step {
    private static final String BEGAN = "freeze.began";

    /** Makes it. */
    public Freeze {}

    @Override
    public String name() {
        return title + (over ? " is open again" : " is about to be closed");
    }

    @Override
    public List<Change> preview(StepContext context) {
        return atMost
                .map(bound -> new Change(
                        Change.Kind.CHANGE,
                        "inventory",
                        "site " + title,
                        "closed for at most " + FreezeExceededException.seconds(bound)
                                + " s; if it is not open elsewhere by then, all of this is taken back"))
                .stream()
                .toList();
    }

    static boolean begins(Step step) {
        return step instanceof Freeze freeze && !freeze.over();
    }

    /** How long the site has been closed so far. */
    static Duration closed(StepContext context) {
        return context.recall(BEGAN, Long.class)
                .map(began -> Duration.between(Instant.ofEpochMilli(began), context.now()))
                .orElse(Duration.ZERO);
    }

    @Override
    public void run(StepContext context) {
        long now = context.now().toEpochMilli();
        if (over) {
            long began = context.recall(BEGAN, Long.class).orElse(now);
            context.result("freeze.milliseconds", String.valueOf(now - began));
        } else {
            Map<String, String> passes = InPass.told(context);
            if (!passes.isEmpty()) {
                context.results(passes);
            }
            context.remember(BEGAN, now);
        }
    }
}
