// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.app;

import dev.aegir.host.Command;
import dev.aegir.host.CommandResult;
import dev.aegir.model.Name;
import dev.aegir.model.RefusedException;
import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.util.List;

/**
 * Makes a server ready to build releases: the unprivileged account is there, and the programs that fetch are.
 *
 * @param name the step's name
 * @param server the server's name
 * @param place how releases are built there
 * @param tools the programs
 */
record PrepareAccount(String name, Name server, Place place, List<String> tools) implements Step {
    private static final Program PREPARE = Program.of("prepare for releases", "common.sh", "account.sh", "prepare.sh");

    PrepareAccount {
        tools = List.copyOf(tools);
    }

    @Override
    public List<Change> preview(StepContext context) throws InterruptedException {
        return run(context, "look").stdout().contains("absent")
                ? List.of(new Change(
                        Change.Kind.CREATE,
                        server.value(),
                        "account " + place.account(),
                        "a system account without login"))
                : List.of();
    }

    @Override
    public void run(StepContext context) throws InterruptedException {
        if (run(context, "look").stdout().contains("absent")) {
            context.remember(context.key() + ".made", true);
        }
        CommandResult result = run(context, "make");
        if (result.exit() == 67) {
            throw new RefusedException(server + ": bringing code needs programs that are not installed: "
                    + result.stderr().strip() + ". Install them, or set install=true on the service.");
        } else if (result.exit() == 69) {
            throw new RefusedException(server + ": there is no unprivileged account to fetch code as: "
                    + result.stderr().strip() + ". Name another with the setting account of the service.");
        }
        result.orThrow();
    }

    @Override
    public void undo(StepContext context) throws InterruptedException {
        if (context.recall(context.key() + ".made", Boolean.class).isPresent()) {
            run(context, "unmake").orThrow();
        }
    }

    private CommandResult run(StepContext context, String action) throws InterruptedException {
        Command command = PREPARE.command()
                .environment("action", action)
                .environment("account", place.account())
                .environment("run", place.run().value())
                .environment("tools", String.join(" ", tools));
        return context.host(server).run(command);
    }
}
