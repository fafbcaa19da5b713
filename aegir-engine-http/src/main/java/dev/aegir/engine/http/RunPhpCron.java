// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.http;

import dev.aegir.host.CommandResult;
import dev.aegir.host.Input;
import dev.aegir.model.Name;
import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.util.List;
import java.util.Map;

/**
 * Starts a site's cron and waits for it, or for the run that is under way. Tells how it ended as the result
 * {@code cron.exit}.
 *
 * @param name the step's name
 * @param server the server's name
 * @param unit the unit, without its type
 */
record RunPhpCron(String name, Name server, String unit) implements Step {
    @Override
    public List<Change> preview(StepContext context) {
        return List.of(new Change(Change.Kind.RUN, server.value(), "systemctl start " + unit + ".service", ""));
    }

    @Override
    public void run(StepContext context) throws InterruptedException {
        CommandResult result = context.host(server).runOnce(context.key(), PhpCommands.runCron(unit), Input.none());
        if (!result.stdout().isBlank()) {
            context.log(result.stdout().strip());
        }
        if (!result.stderr().isBlank()) {
            context.log(result.stderr().strip());
        }
        context.results(Map.of("cron.exit", String.valueOf(result.exit())));
        result.orThrow();
    }
}
