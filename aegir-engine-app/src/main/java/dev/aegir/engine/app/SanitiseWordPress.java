// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.app;

import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * A copy of a production site reaches nobody, and no key of the original opens it: sessions, passwords, application passwords
 * and transients are gone, no address of a person is left but those that are allowed, and that is looked at again. What it
 * changes is a copy, which goes when the task is taken back.
 *
 * @param site the copy
 * @param keep addresses, or domains written as {@code @example.net}, that may stay; separated by commas
 */
record SanitiseWordPress(WordPressSite site, String keep) implements Step {
    @Override
    public String name() {
        return "wordpress: sanitise " + site.name();
    }

    @Override
    public List<Change> preview(StepContext context) {
        return List.of(new Change(
                Change.Kind.RUN,
                site.workbench().server().value(),
                "sanitise the database of " + site.name(),
                "sessions, passwords, keys, addresses of people" + (keep.isEmpty() ? "" : " but " + keep) + "\n"));
    }

    @Override
    public void run(StepContext context) throws InterruptedException {
        Map<String, String> facts = site.askOnce(context, "sanitise", Map.of("keep", keep), Duration.ofHours(1));
        context.results(Map.of(
                "sanitised.addresses", Said.shown(facts.getOrDefault("addresses", "?"), 20),
                "sanitised.left", Said.shown(facts.getOrDefault("left", "?"), 20)));
    }

    @Override
    public void undo(StepContext context) throws InterruptedException {
        context.host(site.workbench().server()).stop(context.key());
    }
}
