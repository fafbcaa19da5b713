// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.file;

import dev.aegir.host.Command;
import dev.aegir.model.Name;
import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.util.List;

/**
 * Stops the plan when a server has no rsync.
 *
 * @param name the step's name
 * @param server the server
 */
record RequireRsync(String name, Name server) implements Step {
    @Override
    public List<Change> preview(StepContext context) throws InterruptedException {
        run(context);
        return List.of();
    }

    @Override
    public void run(StepContext context) throws InterruptedException {
        if (!context.host(server).run(Command.of("rsync", "--version")).succeeded()) {
            throw CopyException.missing(server);
        }
    }
}
