// SPDX-License-Identifier: Apache-2.0
package dev.aegir.backend.ssh;

import dev.aegir.host.Command;
import dev.aegir.model.Server;
import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.util.List;

/** Logs in with a new key and no other, over a connection of its own. Changes nothing. */
record ProveLogin(Server server) implements Step {
    @Override
    public String name() {
        return "ssh: log in to " + server.name() + " with the new key alone";
    }

    @Override
    public List<Change> preview(StepContext context) {
        return List.of();
    }

    @Override
    public void run(StepContext context) throws InterruptedException {
        context.host(server).run(Command.of("true")).orThrow();
    }
}
