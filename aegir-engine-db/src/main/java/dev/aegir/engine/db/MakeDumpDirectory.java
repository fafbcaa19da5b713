// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import dev.aegir.host.Command;
import dev.aegir.model.HostPath;
import dev.aegir.model.Name;
import dev.aegir.model.RefusedException;
import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.util.List;

/**
 * A directory for a dump, which nobody but the privileged account can enter. Taken back, it is gone with the dump in it.
 *
 * @param name the step's name
 * @param server the server
 * @param directory the directory; there must be none
 */
record MakeDumpDirectory(String name, Name server, HostPath directory) implements Step {
    @Override
    public List<Change> preview(StepContext context) {
        return List.of(new Change(Change.Kind.CREATE, server.value(), directory.value(), "a directory for a dump"));
    }

    @Override
    public void run(StepContext context) throws InterruptedException {
        if (context.recall(made(), Boolean.class).isEmpty()) {
            if (context.host(server)
                    .run(Command.of("test", "-e", directory.value()))
                    .succeeded()) {
                throw new RefusedException(server + ": there is a " + directory
                        + " already; see what it is, and move it away. A dump is never written over another.");
            }
            context.remember(made(), true);
        }
        context.host(server)
                .run(Command.of(
                        "sh",
                        "-euc",
                        "mkdir -p -- \"$1\"; [ -d \"$2\" ] || mkdir -m 0700 -- \"$2\"",
                        "aegir-dump-directory",
                        directory.parent().value(),
                        directory.value()))
                .orThrow();
    }

    @Override
    public void undo(StepContext context) throws InterruptedException {
        if (context.recall(made(), Boolean.class).orElse(false)) {
            context.host(server)
                    .run(Command.of("rm", "-rf", "--one-file-system", "--", directory.value()))
                    .orThrow();
            // The one above was made with it, unless others have something there.
            context.host(server)
                    .run(Command.of(
                            "rmdir",
                            "--ignore-fail-on-non-empty",
                            "--",
                            directory.parent().value()));
        }
    }

    private String made() {
        return "dump-directory." + server + "." + directory.value().hashCode();
    }
}
