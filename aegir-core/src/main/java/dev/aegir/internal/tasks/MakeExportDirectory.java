// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal.tasks;

import dev.aegir.host.Command;
import dev.aegir.host.Host;
import dev.aegir.model.HostPath;
import dev.aegir.model.Name;
import dev.aegir.model.RefusedException;
import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.util.List;

/**
 * There is an empty directory for what is exported, that only root can write. Taken back, it is gone, unless there is something in it.
 *
 * @param server the server
 * @param directory the directory
 */
public record MakeExportDirectory(Name server, HostPath directory) implements Step {
    /** Makes it. */
    public MakeExportDirectory {}

    @Override
    public String name() {
        return "make " + directory + " on " + server + " for what is exported";
    }

    @Override
    public List<Change> preview(StepContext context) {
        return List.of(new Change(Change.Kind.CREATE, server.value(), directory.value(), "0700\n"));
    }

    @Override
    public void run(StepContext context) throws InterruptedException {
        Host host = context.host(server);
        if (context.recall(begun(), Boolean.class).isEmpty()) {
            if (!host.run(Command.of("test", "!", "-e", directory.value(), "-a", "!", "-L", directory.value()))
                    .succeeded()) {
                throw new RefusedException(
                        server + ": there is a " + directory + " already; name one that is not there.");
            }
            context.remember(begun(), true);
        }
        host.run(Command.of("mkdir", "-p", "-m", "0700", "--", directory.value()))
                .orThrow();
    }

    @Override
    public void undo(StepContext context) throws InterruptedException {
        if (context.recall(begun(), Boolean.class).isPresent()) {
            context.host(server)
                    .run(Command.of(
                            "sh",
                            "-c",
                            "[ ! -d \"$1\" ] || rmdir --ignore-fail-on-non-empty -- \"$1\"",
                            "aegir-export",
                            directory.value()))
                    .orThrow();
        }
    }

    private String begun() {
        return "export.directory." + server + "." + directory.value().hashCode();
    }
}
