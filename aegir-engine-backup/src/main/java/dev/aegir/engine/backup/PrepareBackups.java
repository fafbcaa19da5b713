// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.backup;

import dev.aegir.host.CommandResult;
import dev.aegir.model.HostPath;
import dev.aegir.model.Name;
import dev.aegir.model.RefusedException;
import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.util.List;

/**
 * The directory of all backups is there, and the programs that make them.
 *
 * @param name the step's name
 * @param server the server
 * @param directory the directory
 * @param recipients whom backups are encrypted to
 */
record PrepareBackups(String name, Name server, HostPath directory, List<String> recipients) implements Step {
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
                        server.value(),
                        directory.value(),
                        "for backups; nobody else can look into it"));
    }

    @Override
    public void run(StepContext context) throws InterruptedException {
        String missing = run(context, "look");
        if (missing.isEmpty()) {
            return;
        }
        if (context.recall(made(), Boolean.class).isEmpty()) {
            context.remember(made(), missing.startsWith("+"));
        }
        run(context, "make");
    }

    @Override
    public void undo(StepContext context) throws InterruptedException {
        if (context.recall(made(), Boolean.class).orElse(false)) {
            run(context, "undo");
        }
    }

    private String made() {
        return "backups." + server + "." + directory.value().hashCode();
    }

    private String run(StepContext context, String verb) throws InterruptedException {
        CommandResult result = context.host(server)
                .run(ArchiveScripts.command("prepare", verb, directory.value(), String.join(" ", recipients)));
        if (!result.succeeded()) {
            throw new RefusedException(server + ": " + result.stderr().strip());
        }
        return result.stdout().strip();
    }
}
