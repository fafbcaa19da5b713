// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.app;

import dev.aegir.host.Command;
import dev.aegir.host.CommandResult;
import dev.aegir.model.Name;
import dev.aegir.model.RefusedException;
import dev.aegir.model.Release;
import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.util.List;

/**
 * Makes sure that a directory is there which a codebase uses as it is. Changes nothing on the server.
 *
 * @param name the step's name
 * @param server the server's name
 * @param release the directory as a release
 */
record UseDirectory(String name, Name server, Release release) implements Step {
    /** The revision of code that has none of its own. */
    private static final String REVISION = "in-place";

    @Override
    public List<Change> preview(StepContext context) throws InterruptedException {
        look(context);
        return List.of();
    }

    @Override
    public void run(StepContext context) throws InterruptedException {
        look(context);
        String fact = Release.revisionFact(release.owner());
        if (release.revision().isEmpty() && context.recall(fact, String.class).isEmpty()) {
            context.remember(fact, REVISION);
        }
    }

    private void look(StepContext context) throws InterruptedException {
        Command stat = Command.of("stat", "--printf=%F", "--", release.path().value());
        CommandResult result = context.host(server).run(stat);
        if (!result.succeeded() || !result.stdout().equals("directory")) {
            throw new RefusedException(
                    server + ": codebase " + release.codebase() + " uses the directory " + release.path()
                            + ", and "
                            + (result.succeeded() ? "that is a " + result.stdout() : "there is none")
                            + ". Put the code there, or name the directory it is in.");
        }
    }
}
