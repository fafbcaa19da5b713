// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.file;

import dev.aegir.host.Command;
import dev.aegir.host.CommandResult;
import dev.aegir.host.Host;
import dev.aegir.model.Tree;
import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The directories of a tree are there, for everybody to look into, or, without an account, for the privileged account alone.
 * Taken back, those that were made are gone with everything in them.
 *
 * @param name the step's name
 * @param tree the tree
 */
record MakeTree(String name, Tree tree) implements Step {
    private static final String NONE = "";

    /** The modes of what is not as it shall be, by path, the highest first; none for what was missing. */
    record Before(Map<String, String> modes) {
        Before {
            modes = Collections.unmodifiableMap(new LinkedHashMap<>(modes));
        }
    }

    @Override
    public List<Change> preview(StepContext context) throws InterruptedException {
        return wrong(context.host(tree.server())).entrySet().stream()
                .map(each -> new Change(
                        each.getValue().equals(NONE) ? Change.Kind.CREATE : Change.Kind.CHANGE,
                        tree.server().value(),
                        each.getKey(),
                        "a directory of mode " + mode()))
                .toList();
    }

    @Override
    public void run(StepContext context) throws InterruptedException {
        Host host = context.host(tree.server());
        Map<String, String> wrong = wrong(host);
        if (context.recall(before(), Before.class).isEmpty()) {
            context.remember(before(), new Before(wrong));
        }
        for (Map.Entry<String, String> each : wrong.entrySet()) {
            boolean missing = each.getValue().equals(NONE);
            Command mend = missing ? Command.of("mkdir", "-p", "-m", mode()) : Command.of("chmod", mode());
            host.run(as(mend.with("--", each.getKey()))).orThrow();
        }
    }

    @Override
    public void undo(StepContext context) throws InterruptedException {
        Host host = context.host(tree.server());
        for (Map.Entry<String, String> each : context.recall(before(), Before.class)
                .map(Before::modes)
                .orElse(Map.of())
                .entrySet()) {
            boolean made = each.getValue().equals(NONE);
            Command back = made
                    ? Command.of("rm", "-rf", "--one-file-system").timeout(Duration.ofHours(1))
                    : Command.of("chmod", each.getValue());
            host.run(as(back.with("--", each.getKey()))).orThrow();
        }
    }

    private Map<String, String> wrong(Host host) throws InterruptedException {
        Map<String, String> wrong = new LinkedHashMap<>();
        if (tree.account().isEmpty()) {
            // The one above is made with it, for everybody to pass.
            String above = tree.directory().parent().value();
            if (!host.run(Command.of("test", "-d", above)).succeeded()) {
                wrong.put(above, NONE);
            }
        }
        for (String path : tree.paths()) {
            String directory = CopyTree.at(tree, path).value();
            CommandResult mode = host.run(as(Command.of("stat", "-c", "%a", "--", directory)));
            if (!mode.succeeded()) {
                wrong.put(directory, NONE);
            } else if (!mode.stdout().strip().equals(mode())) {
                wrong.put(directory, mode.stdout().strip());
            }
        }
        return wrong;
    }

    private String mode() {
        return tree.account().isPresent() ? "755" : "700";
    }

    private Command as(Command command) {
        return tree.account().map(command::as).orElse(command);
    }

    private String before() {
        return "tree." + tree.server() + "." + tree.owner() + "."
                + Integer.toHexString(tree.directory().value().hashCode());
    }
}
