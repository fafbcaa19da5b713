// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal.tasks;

import dev.aegir.model.DomainName;
import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.util.List;

/**
 * Tells how long a site was closed.
 *
 * @param title the site
 * @param over whether it is over; otherwise it begins
 */
public record Freeze(DomainName title, boolean over) implements Step {
    private static final String BEGAN = "freeze.began";

    /** Makes it. */
    public Freeze {}

    @Override
    public String name() {
        return title + (over ? " is open again" : " is about to be closed");
    }

    @Override
    public List<Change> preview(StepContext context) {
        return List.of();
    }

    @Override
    public void run(StepContext context) {
        long now = context.now().toEpochMilli();
        if (over) {
            long began = context.recall(BEGAN, Long.class).orElse(now);
            context.result("freeze.milliseconds", String.valueOf(now - began));
        } else {
            context.remember(BEGAN, now);
        }
    }
}
