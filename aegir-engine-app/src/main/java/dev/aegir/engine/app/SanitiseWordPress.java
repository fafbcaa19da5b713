// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.app;

import dev.aegir.engine.app.copy.SanitisePolicy;
import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * A copy of a production site reaches nobody, and no key of the original opens it: sessions, passwords, application passwords
 * and transients are gone, nobody can pay, no address of a person and no key of a payment provider is left but those that are
 * allowed, and that is looked at again. What it changes is a copy, which goes when the task is taken back.
 *
 * @param site the copy
 * @param policy what its settings say
 */
record SanitiseWordPress(WordPressSite site, SanitisePolicy policy) implements Step {
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
                "sessions, passwords, keys, payment, " + policy.told() + "\n"));
    }

    @Override
    public void run(StepContext context) throws InterruptedException {
        Map<String, String> arguments =
                Map.of("keep", policy.keep(), "empty", policy.empty(), "forget", policy.forget());
        Map<String, String> facts = site.askOnce(context, "sanitise", arguments, Duration.ofHours(1));
        context.results(Map.of(
                "sanitised.addresses", Said.shown(facts.getOrDefault("addresses", "?"), 20),
                "sanitised.left", Said.shown(facts.getOrDefault("left", "?"), 20)));
    }

    @Override
    public void undo(StepContext context) throws InterruptedException {
        context.host(site.workbench().server()).stop(context.key());
    }
}
