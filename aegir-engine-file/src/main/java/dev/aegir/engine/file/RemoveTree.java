// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.file;

import dev.aegir.host.Command;
import dev.aegir.host.CommandResult;
import dev.aegir.host.Host;
import dev.aegir.host.Mounts;
import dev.aegir.model.HostPath;
import dev.aegir.model.RefusedException;
import dev.aegir.model.Tree;
import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The directories of a tree are not there, nor anything in them. It is done as the tree's account, stops where something is
 * mounted, and leaves a directory alone that bears the mark of another owner. It cannot be undone.
 *
 * @param name the step's name
 * @param tree the tree
 */
record RemoveTree(String name, Tree tree) implements Step {
    private static final String MARK = ".aegir";

    @Override
    public List<Change> preview(StepContext context) throws InterruptedException {
        Host host = context.host(tree.server());
        requireOurs(host);
        return present(host).stream()
                .map(directory -> new Change(
                        Change.Kind.DELETE, tree.server().value(), directory.value(), "with everything in it"))
                .toList();
    }

    @Override
    public void run(StepContext context) throws InterruptedException {
        Host host = context.host(tree.server());
        requireOurs(host);
        for (HostPath directory : present(host)) {
            Mounts.requireNone(host, directory);
            host.run(as(Command.of("rm", "-rf", "--one-file-system", "--", directory.value())
                            .timeout(Duration.ofHours(1))))
                    .orThrow();
        }
    }

    private List<HostPath> present(Host host) throws InterruptedException {
        List<HostPath> present = new ArrayList<>();
        for (String path : tree.paths()) {
            HostPath directory = CopyTree.at(tree, path);
            if (host.run(as(Command.of("test", "-e", directory.value()))).succeeded()) {
                present.add(directory);
            }
        }
        return present;
    }

    private void requireOurs(Host host) throws InterruptedException {
        HostPath mark = tree.directory().child(MARK);
        CommandResult read = host.run(Command.of("head", "-c", "200", "--", mark.value()));
        String owner = read.stdout().strip();
        if (read.succeeded() && !owner.isEmpty() && !owner.equals(tree.owner().value())) {
            throw new RefusedException(tree.server() + ": " + tree.directory() + " bears the mark of " + owner
                    + " and not of " + tree.title() + " (" + tree.owner() + "): it is left alone. See whose it is.");
        }
    }

    private Command as(Command command) {
        return tree.account().map(command::as).orElse(command);
    }
}
