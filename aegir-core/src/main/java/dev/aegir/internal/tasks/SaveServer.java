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
        Saved.remember(context, before(), context.inventory().server(server.name()));
        context.inventory().save(server);
        context.recall(DiscoverServer.FACTS, ServerFacts.class).ifPresent(context.inventory()::save);
    }

    @Override
    public void undo(StepContext context) {
        Saved.restore(
                context,
                before(),
                Server.class,
                context.inventory()::save,
                () -> context.inventory().removeServer(server.id()));
    }

    /** A plan may save more than one of them. */
    private String before() {
        return "server." + server.id() + ".before";
    }
}
