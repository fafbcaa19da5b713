// SPDX-License-Identifier: Apache-2.0
package dev.aegir.backend.ssh;

import dev.aegir.model.Name;
import dev.aegir.model.RefusedException;
import dev.aegir.model.SecretRef;
import dev.aegir.model.Server;
import dev.aegir.task.Change;
import dev.aegir.task.Change.Kind;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.util.List;
import java.util.Optional;

/** Makes a secret the credential of a server. */
record SaveCredential(Name server, SecretRef credential) implements Step {
    private static final String BEFORE = "ssh.server.before";

    /** The server as it was. */
    record Before(Server server) {}

    @Override
    public String name() {
        return "inventory: open " + server + " with the new key";
    }

    @Override
    public List<Change> preview(StepContext context) {
        Optional<SecretRef> old = present(context).credential();
        return old.equals(Optional.of(credential))
                ? List.of()
                : List.of(new Change(
                        Kind.CHANGE,
                        "inventory",
                        "server " + server,
                        old.map(name -> "-credential " + name + "\n").orElse("") + "+credential " + credential + "\n"));
    }

    @Override
    public void run(StepContext context) {
        Server present = present(context);
        if (context.recall(BEFORE, Before.class).isEmpty()) {
            context.remember(BEFORE, new Before(present));
        }
        context.inventory().save(present.credential(credential));
    }

    @Override
    public void undo(StepContext context) {
        context.recall(BEFORE, Before.class)
                .ifPresent(before -> context.inventory().save(before.server()));
    }

    private Server present(StepContext context) {
        return context.inventory()
                .server(server)
                .orElseThrow(() -> new RefusedException("The server " + server + " is not in the inventory any more."));
    }
}
