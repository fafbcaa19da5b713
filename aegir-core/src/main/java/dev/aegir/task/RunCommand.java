// SPDX-License-Identifier: Apache-2.0
package dev.aegir.task;

import dev.aegir.host.Command;
import dev.aegir.host.CommandResult;
import dev.aegir.host.Host;
import dev.aegir.host.Input;
import dev.aegir.model.Name;
import dev.aegir.model.SecretRef;
import java.util.List;
import java.util.Optional;

/**
 * Runs a command, once, whatever happens to this program meanwhile: after a crash it finds the run it had started. So
 * anything can be part of a plan: a script, a provisioning tool, a program of yours.
 *
 * @param name the step's name
 * @param server the server's name
 * @param command what to run
 * @param script what the command reads on its standard input, such as the text of a script for {@code sh -s}
 * @param secret a secret for its standard input instead
 * @param unless a command that succeeds when there is nothing to do
 * @param undo what to run when the plan is taken back
 */
public record RunCommand(
        String name,
        Name server,
        Command command,
        String script,
        Optional<SecretRef> secret,
        Optional<Command> unless,
        Optional<Command> undo)
        implements Step {
    /** Makes it. */
    public RunCommand {}

    /**
     * Runs a command that reads nothing.
     *
     * @param name the step's name
     * @param server the server's name
     * @param command what to run
     * @return the step
     */
    public static RunCommand of(String name, Name server, Command command) {
        return new RunCommand(name, server, command, "", Optional.empty(), Optional.empty(), Optional.empty());
    }

    /**
     * Runs a script with {@code sh -eu}.
     *
     * @param name the step's name
     * @param server the server's name
     * @param text the script; what varies is best passed as an argument
     * @param arguments {@code $1} and on
     * @return the step
     */
    public static RunCommand script(String name, Name server, String text, String... arguments) {
        Command shell = Command.of("sh", "-eu", "-s", "--").with(arguments);
        return new RunCommand(name, server, shell, text, Optional.empty(), Optional.empty(), Optional.empty());
    }

    /**
     * This step, with nothing to do when a command succeeds.
     *
     * @param test a command that only looks
     * @return a copy
     */
    public RunCommand unless(Command test) {
        return new RunCommand(name, server, command, script, secret, Optional.of(test), undo);
    }

    /**
     * This step, taken back by a command.
     *
     * @param command a command that copes with this step having been done, half done, or never done
     * @return a copy
     */
    public RunCommand undoneBy(Command command) {
        return new RunCommand(name, server, this.command, script, secret, unless, Optional.of(command));
    }

    /**
     * This step with a secret on its standard input.
     *
     * @param reference the name of the secret
     * @return a copy
     */
    public RunCommand reading(SecretRef reference) {
        return new RunCommand(name, server, command, "", Optional.of(reference), unless, undo);
    }

    @Override
    public List<Change> preview(StepContext context) throws InterruptedException {
        return needed(context)
                ? List.of(new Change(Change.Kind.RUN, server.value(), command.toString(), script))
                : List.of();
    }

    @Override
    public void run(StepContext context) throws InterruptedException {
        // After a crash the question is no longer whether it is needed, but how the run that was begun ended.
        if (context.attempt() == 1 && !needed(context)) {
            context.log("nothing to do");
            return;
        }
        Input input = secret.map(context::secret).map(Input::secret).orElseGet(() -> Input.text(script));
        CommandResult result = context.host(server).runOnce(context.key(), command, input);
        say(context, result);
        result.orThrow();
    }

    @Override
    public void undo(StepContext context) throws InterruptedException {
        // After a crash the run may still be under way, and must not go on beside what takes it back.
        context.host(server).stop(context.key());
        if (undo.isPresent()) {
            CommandResult result = context.host(server).run(undo.get());
            say(context, result);
            result.orThrow();
        }
    }

    private boolean needed(StepContext context) throws InterruptedException {
        if (unless.isEmpty()) {
            return true;
        }
        Host host = context.host(server);
        return !host.run(unless.get()).succeeded();
    }

    private static void say(StepContext context, CommandResult result) {
        if (!result.stdout().isBlank()) {
            context.log(result.stdout().strip());
        }
        if (!result.stderr().isBlank()) {
            context.log(result.stderr().strip());
        }
    }
}
