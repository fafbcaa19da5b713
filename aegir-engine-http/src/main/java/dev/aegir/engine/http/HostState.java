// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.http;

import dev.aegir.host.Command;
import dev.aegir.host.CommandResult;
import dev.aegir.model.Name;
import dev.aegir.model.RefusedException;
import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Something on a server that is no file of configuration shall be so. A fixed script knows how: asked to {@code look}, it
 * says what is not so, a line each, beginning with {@code +} (to be made), {@code ~} (to be changed) or {@code -} (to be
 * removed); asked to {@code make} it so, it looks again and does the rest; asked to {@code undo}, it takes back what looking
 * had found before.
 *
 * @param name the step's name
 * @param server the server's name
 * @param what what shall be so
 * @param arguments what the script is told
 */
record HostState(String name, Name server, What what, List<String> arguments) implements Step {
    /** What can be so. */
    enum What {
        /** php-fpm is installed, and started at boot. */
        SERVICE("php-service.sh"),
        /** A site's account and own directory are there. */
        HOUSING("site-account.sh", "site-home.sh", "site-housing.sh"),
        /** A site's own directory and account are not there. Cannot be undone. */
        NO_HOME("site-removal.sh");

        private final String script;

        What(String... files) {
            script = Scripts.script(
                    Stream.concat(Stream.of("site-common.sh"), Stream.of(files)).toArray(String[]::new));
        }

        String script() {
            return script;
        }
    }

    HostState {
        arguments = List.copyOf(arguments);
    }

    @Override
    public List<Change> preview(StepContext context) throws InterruptedException {
        List<Change> changes = new ArrayList<>();
        look(context).lines().forEach(line -> {
            Change.Kind kind = line.startsWith("+")
                    ? Change.Kind.CREATE
                    : line.startsWith("-") ? Change.Kind.DELETE : Change.Kind.CHANGE;
            changes.add(new Change(kind, server.value(), line.substring(2), ""));
        });
        return changes;
    }

    @Override
    public void run(StepContext context) throws InterruptedException {
        String found = look(context);
        if (context.recall(fact(context), String.class).isEmpty()) {
            context.remember(fact(context), found);
        }
        if (found.isBlank()) {
            context.log("nothing to do");
            return;
        }
        ask(context, "make", found);
        context.log(found.strip());
    }

    @Override
    public void undo(StepContext context) throws InterruptedException {
        Optional<String> found = context.recall(fact(context), String.class).filter(text -> !text.isBlank());
        if (found.isEmpty()) {
            return;
        }
        if (what == What.NO_HOME) {
            throw new RefusedException("What \"" + name + "\" removed cannot be brought back; restore a backup.");
        }
        String said = ask(context, "undo", found.get());
        if (!said.isBlank()) {
            context.log(said.strip());
        }
    }

    private String look(StepContext context) throws InterruptedException {
        return ask(context, "look", "");
    }

    private String ask(StepContext context, String verb, String found) throws InterruptedException {
        List<String> words = new ArrayList<>(List.of(verb, found));
        words.addAll(arguments);
        // The directory may hold millions of files.
        Command command =
                Scripts.shell(what.script, words.toArray(String[]::new)).timeout(Duration.ofHours(6));
        CommandResult result = context.host(server).run(command).orThrow();
        return result.stdout();
    }

    private static String fact(StepContext context) {
        return "found by " + context.key();
    }
}
