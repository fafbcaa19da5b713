// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal.tasks;

import dev.aegir.model.Server;
import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.util.List;

/** Takes a server out of the inventory. */
public record RemoveServerRecord(Server server) implements Step {
    /** Makes it. */
    public RemoveServerRecord {}

    @Override
    public String name() {
        return "inventory: remove server " + server.name();
    }

    @Override
    public List<Change> preview(StepContext context) {
        return context.inventory().server(server.name()).isEmpty()
                ? List.of()
                : List.of(new Change(Change.Kind.DELETE, "inventory", "server " + server.name(), ""));
    }

    @Override
    public void run(StepContext context) {
        context.inventory().removeServer(server.id());
    }

    @Override
    public void undo(StepContext context) {
        context.inventory().save(server);
    }
}
