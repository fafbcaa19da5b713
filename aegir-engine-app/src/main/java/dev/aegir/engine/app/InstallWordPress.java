// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.app;

import dev.aegir.task.Change;
import dev.aegir.task.Doubt;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Installs WordPress into a database that is empty. What it wrote goes with the database, which was made for it.
 *
 * @param site the site
 * @param arguments what it is called and who administers it
 */
record InstallWordPress(WordPressSite site, Map<String, String> arguments) implements Step {
    InstallWordPress {
        arguments = Collections.unmodifiableMap(new TreeMap<>(arguments));
    }

    @Override
    public String name() {
        return "wordpress: install " + site.name();
    }

    @Override
    public List<Change> preview(StepContext context) {
        return List.of(new Change(
                Change.Kind.RUN,
                site.workbench().server().value(),
                "install WordPress for " + site.name(),
                "title: " + arguments.get("title") + "\nadministrator: " + arguments.get("user") + " <"
                        + arguments.get("mail") + ">\nlanguage: " + arguments.get("locale") + "\n"));
    }

    @Override
    public void run(StepContext context) throws InterruptedException {
        Map<String, String> facts = site.askOnce(context, "install", arguments, Duration.ofMinutes(10));
        context.log("installed WordPress " + Said.shown(facts.getOrDefault("version", "?"), 20));
    }

    @Override
    public void undo(StepContext context) throws InterruptedException {
        context.host(site.workbench().server()).stop(context.key());
    }

    /** Half a database cannot be installed into. */
    @Override
    public Doubt inDoubt(StepContext context) {
        return Doubt.UNDO;
    }
}
