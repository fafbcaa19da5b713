// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal.tasks;

import dev.aegir.model.Server;
import dev.aegir.model.ServerFacts;
import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.util.List;

/** Writes a server, and the facts that were discovered in the same task, into the inventory. */
public record SaveServer(Server server) implements Step {
    private static final String BEFORE = "server.before";

    /** Makes it. */
    public SaveServer {}

    @Override
    public String name() {
        return "inventory: save server " + server.name();
    }

    @Override
    public List<Change> preview(StepContext context) {
        return Saved.change(
                context.inventory().server(server.name()),
                server,
                "server " + server.name(),
                String.valueOf(server.address()));
    }

    @Override
    public void run(StepContext context) {
        Saved.remember(context, BEFORE, context.inventory().server(server.name()));
        context.inventory().save(server);
        context.recall(DiscoverServer.FACTS, ServerFacts.class).ifPresent(context.inventory()::save);
    }

    @Override
    public void undo(StepContext context) {
        Saved.restore(
                context,
                BEFORE,
                Server.class,
                context.inventory()::save,
                () -> context.inventory().removeServer(server.id()));
    }
}
