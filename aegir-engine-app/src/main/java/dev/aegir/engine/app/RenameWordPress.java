// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.app;

import dev.aegir.model.DomainName;
import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * What the database says of the site's former address is its present one, also inside what PHP serialised; all or nothing. The
 * database is a copy, which goes when this is taken back.
 *
 * @param site the site under its new name
 * @param former the name it had
 * @param url how it is reached now
 */
record RenameWordPress(WordPressSite site, DomainName former, String url) implements Step {
    @Override
    public String name() {
        return "wordpress: " + former + " becomes " + site.name();
    }

    @Override
    public List<Change> preview(StepContext context) {
        return List.of(new Change(
                Change.Kind.RUN,
                site.workbench().server().value(),
                "rename in the database of " + site.name(),
                former + " becomes " + url + "\n"));
    }

    @Override
    public void run(StepContext context) throws InterruptedException {
        Map<String, String> facts =
                site.askOnce(context, "rename", Map.of("from", former.value(), "to", url), Duration.ofHours(1));
        context.log("changed " + Said.shown(facts.getOrDefault("changed", "?"), 20) + " values; left "
                + Said.shown(facts.getOrDefault("unread", "?"), 20) + " that cannot be read");
    }

    @Override
    public void undo(StepContext context) throws InterruptedException {
        context.host(site.workbench().server()).stop(context.key());
    }
}
