// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.backup;

import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.util.ArrayList;
import java.util.List;

/**
 * The directory of all backups is there and bears its mark, and so are the programs that make them. One that has none of the backups
 * that are known to be in it is not marked, nor one with backups that nobody knows.
 *
 * @param name the step's name
 * @param store the directory
 * @param recipients whom backups are encrypted to
 */
record PrepareBackups(String name, Store store, List<String> recipients) implements Step {
    PrepareBackups {
        recipients = List.copyOf(recipients);
    }

    @Override
    public List<Change> preview(StepContext context) throws InterruptedException {
        String missing = run(context, "look");
        return missing.isEmpty()
                ? List.of()
                : List.of(new Change(
                        missing.startsWith("+") ? Change.Kind.CREATE : Change.Kind.CHANGE,
                        store.service().server().value(),
                        store.directory().value(),
                        "for backups; nobody else can look into it"));
    }

    @Override
    public void run(StepContext context) throws InterruptedException {
        String missing = run(context, "look");
        if (missing.isEmpty()) {
            return;
        }
        if (context.recall(made(), String.class).isEmpty()) {
            context.remember(made(), missing.substring(0, 1));
        }
        run(context, "make");
    }

    @Override
    public void undo(StepContext context) throws InterruptedException {
        switch (context.recall(made(), String.class).orElse("")) {
            case "+" -> run(context, "undo");
            case "*" -> run(context, "unmark");
            default -> {}
        }
    }

    private String made() {
        return "backups." + store.service() + "." + store.directory().value().hashCode();
    }

    private String run(StepContext context, String verb) throws InterruptedException {
        List<String> words = new ArrayList<>(List.of(
                verb,
                store.directory().value(),
                String.join(" ", recipients),
                store.mark().value()));
        words.addAll(store.known(context.inventory().backups()));
        return store.run(context, "prepare", words);
    }
}
