// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal.tasks;

import dev.aegir.host.Command;
import dev.aegir.host.CommandResult;
import dev.aegir.host.Input;
import dev.aegir.model.DomainName;
import dev.aegir.model.Id;
import dev.aegir.model.Name;
import dev.aegir.model.RefusedException;
import dev.aegir.model.SecretRef;
import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.util.List;
import java.util.Map;

/**
 * Runs a command of a site once, and tells what it said. It cannot be taken back.
 *
 * @param title the site's name
 * @param site its id
 * @param server the server it runs on
 * @param command what to run
 * @param input what it reads
 * @param changes whether it may change anything
 */
public record RunSiteCommand(DomainName title, Id site, Name server, Command command, String input, boolean changes)
        implements Step {
    /** Makes it. */
    public RunSiteCommand {}

    @Override
    public String name() {
        return "run " + command.words().get(0) + " in " + title;
    }

    @Override
    public List<Change> preview(StepContext context) {
        return List.of(new Change(Change.Kind.RUN, server.value(), command.toString(), input));
    }

    @Override
    public void run(StepContext context) throws InterruptedException {
        // Whatever it prints: what is kept for the site shall not be read in a log.
        context.secretsBelow(SecretRef.of("site/" + site)).forEach(context::findSecret);
        if (changes) {
            context.remember(begun(), true);
        }
        CommandResult result = context.host(server).runOnce(context.key(), command, Input.text(input));
        say(context, result.stdout());
        say(context, result.stderr());
        if (result.truncated()) {
            context.log("It said more than " + command.outputLimit() + " bytes; the rest is not kept.");
        }
        context.results(
                Map.of("exit", Integer.toString(result.exit()), "output", result.stdout(), "errors", result.stderr()));
        result.orThrow();
    }

    @Override
    public void undo(StepContext context) throws InterruptedException {
        context.host(server).stop(context.key());
        if (context.recall(begun(), Boolean.class).isPresent()) {
            throw new RefusedException(server + ": " + command.words().get(0) + " was run in the site " + title
                    + ", and what it has changed is not known here. Look at the site, or restore a backup.");
        }
    }

    private String begun() {
        return "command." + site;
    }

    private static void say(StepContext context, String text) {
        if (!text.isBlank()) {
            context.log(text.strip());
        }
    }
}
