// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.http;

import dev.aegir.host.Command;
import dev.aegir.host.CommandResult;
import dev.aegir.model.Name;
import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.util.List;

/**
 * A site answers, or the plan stops. Changes nothing.
 *
 * @param name the step's name
 * @param server where it is asked
 * @param question a command that fails when it does not answer as it should, and says how it answers
 */
record AskSite(String name, Name server, Command question) implements Step {
    @Override
    public List<Change> preview(StepContext context) {
        return List.of();
    }

    @Override
    public void run(StepContext context) throws InterruptedException {
        CommandResult answer = context.host(server).run(question).orThrow();
        context.log(answer.stdout().strip());
    }
}
