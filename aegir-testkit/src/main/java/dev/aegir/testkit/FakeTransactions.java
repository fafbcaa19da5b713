// SPDX-License-Identifier: Apache-2.0
package dev.aegir.testkit;

import dev.aegir.host.Command;
import dev.aegir.host.CommandResult;
import dev.aegir.host.ConfigRejectedException;
import dev.aegir.host.ConfigRejectedException.Phase;
import dev.aegir.host.Containment;
import dev.aegir.host.FileChange;
import dev.aegir.host.FileTransaction;
import dev.aegir.host.Input;
import dev.aegir.model.HostPath;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Changes files all or none, and takes it back. Its host's lock guards it. */
final class FakeTransactions {
    private final FakeHost host;
    private final FakeTree tree;
    private final Faults faults;
    private final Map<String, Node> written = new TreeMap<>();
    private final Map<String, Kept> kept = new TreeMap<>();
    private boolean crashed;

    FakeTransactions(FakeHost host, FakeTree tree, Faults faults) {
        this.host = host;
        this.tree = tree;
        this.faults = faults;
    }

    /** What was last written to a place, when it was a transaction that did. */
    Optional<String> lastWritten(String real) {
        return Node.text(Optional.ofNullable(written.get(real)));
    }

    /** Makes these changes of the transaction, and gives what its commands say. */
    String apply(String key, FileTransaction transaction, List<FileChange> changes) {
        return crashable(() -> change(key, transaction, changes));
    }

    /** Whether anything was kept under the key; if so it is back. */
    boolean revert(String key, FileTransaction transaction) {
        return kept.containsKey(key) && crashable(() -> putBack(key, transaction));
    }

    /** After a crash, a transaction that was begun and never ended is taken back before anything else is done. */
    void recover() {
        if (!crashed) {
            return;
        }
        for (String key : List.copyOf(kept.keySet())) {
            Kept before = kept.get(key);
            if (before.underWay().isPresent()) {
                FileTransaction transaction = before.underWay().get();
                before.putBack(tree, written, faults);
                if (before.isActivating()) {
                    new Commands(host, paths(transaction.files()))
                            .succeed(transaction.activations(), Execution.Use.ACTIVATE);
                }
                kept.remove(key);
            }
        }
        crashed = false;
    }

    private <T> T crashable(Supplier<T> action) {
        try {
            return action.get();
        } catch (HostCrash crash) {
            crashed = true;
            throw crash;
        }
    }

    private String change(String key, FileTransaction transaction, List<FileChange> changes) {
        String foreign = changes.stream()
                .filter(this::isForeign)
                .map(change -> change.path() + " does not bear the id "
                        + change.owner().orElseThrow())
                .collect(Collectors.joining("\n"));
        if (!foreign.isEmpty()) {
            throw new ConfigRejectedException(server(), Phase.OWNERSHIP, true, foreign);
        }
        String outside = outside(transaction.contained());
        if (!outside.isEmpty()) {
            throw new ConfigRejectedException(server(), Phase.CONTAINMENT, true, outside);
        }
        Kept before = kept.computeIfAbsent(key, absent -> new Kept());
        before.begin(transaction);
        Commands commands = new Commands(host, paths(transaction.files()));
        try {
            for (FileChange change : changes) {
                write(before, change);
            }
        } catch (WriteFailure e) {
            throw rejected(key, transaction, Phase.WRITE, commands, e.path + ": " + e.why);
        }
        if (!commands.succeed(transaction.checks(), Execution.Use.CHECK)) {
            throw rejected(key, transaction, Phase.CHECK, commands, "");
        }
        outside = outside(transaction.contained());
        if (!outside.isEmpty()) {
            throw rejected(key, transaction, Phase.CONTAINMENT, commands, outside);
        }
        before.activating();
        if (!commands.succeed(transaction.activations(), Execution.Use.ACTIVATE)) {
            throw rejected(key, transaction, Phase.ACTIVATE, commands, "");
        }
        if (!commands.succeed(transaction.confirmations(), Execution.Use.CONFIRM)) {
            throw rejected(key, transaction, Phase.CONFIRM, commands, "");
        }
        before.end();
        faults.effect("the transaction " + key + " was ended");
        return commands.output();
    }

    private ConfigRejectedException rejected(
            String key, FileTransaction transaction, Phase phase, Commands commands, String why) {
        Kept before = kept.get(key);
        boolean restored = before.putBack(tree, written, faults);
        String output = (why + "\n" + commands.output()).strip();
        if (before.isActivating()) {
            restored &= commands.succeed(transaction.activations(), Execution.Use.ACTIVATE);
        }
        before.end();
        // What could not be put back is kept for whoever takes the step back.
        if (restored) {
            kept.remove(key);
        }
        return new ConfigRejectedException(server(), phase, restored, output);
    }

    private void write(Kept before, FileChange change) throws WriteFailure {
        String real = tree.place(change.path())
                .orElseThrow(() -> new WriteFailure(change.path().value(), "too many links"));
        if (change instanceof FileChange.Write) {
            for (String parent : tree.missingParents(real)) {
                make(before, parent);
            }
        }
        if (tree.isDirectory(real)) {
            throw new WriteFailure(real, "is a directory");
        }
        change(before, real, wanted(change));
    }

    private void make(Kept before, String directory) throws WriteFailure {
        if (faults.failsWrite()) {
            throw new WriteFailure(directory, "no space left on device");
        }
        if (!tree.isDirectory(FakeTree.parent(directory))) {
            throw new WriteFailure(directory, "not a directory");
        }
        before.made(directory);
        tree.put(directory, Node.Directory.PLAIN);
        faults.effect(directory + " was made");
    }

    private void change(Kept before, String real, Optional<Node> wanted) throws WriteFailure {
        if (faults.failsWrite()) {
            throw new WriteFailure(real, "no space left on device");
        }
        if (wanted.isPresent() && !tree.isDirectory(FakeTree.parent(real))) {
            throw new WriteFailure(real, "not a directory");
        }
        before.keep(real, tree.at(real), Optional.ofNullable(written.get(real)));
        wanted.ifPresentOrElse(node -> tree.put(real, node), () -> tree.remove(real));
        if (wanted.isPresent() && wanted.get() instanceof Node.Regular file) {
            written.put(real, file);
        } else {
            written.remove(real);
        }
        faults.effect(real + (wanted.isPresent() ? " was written" : " was deleted"));
    }

    private boolean putBack(String key, FileTransaction transaction) {
        Kept before = kept.get(key);
        // A crash from here on is one while the old files are being made effective.
        before.begin(transaction);
        before.activating();
        Commands commands = new Commands(host, paths(transaction.files()));
        Optional<Phase> failed = Optional.empty();
        if (!before.putBack(tree, written, faults)) {
            failed = Optional.of(Phase.WRITE);
        } else if (!commands.succeed(transaction.checks(), Execution.Use.CHECK)) {
            failed = Optional.of(Phase.CHECK);
        } else if (!commands.succeed(transaction.activations(), Execution.Use.ACTIVATE)) {
            failed = Optional.of(Phase.ACTIVATE);
        }
        before.end();
        if (failed.isPresent()) {
            throw new ConfigRejectedException(server(), failed.get(), false, commands.output());
        }
        kept.remove(key);
        faults.effect("what was kept under " + key + " was forgotten");
        return true;
    }

    private boolean isForeign(FileChange change) {
        boolean there = tree.place(change.path()).flatMap(tree::at).isPresent();
        Optional<String> content = Node.text(tree.follow(change.path()).flatMap(tree::at));
        return change.owner().isPresent()
                && there
                && !content.orElse("").contains(change.owner().get().value());
    }

    private String outside(List<Containment> contained) {
        List<String> wrong = new ArrayList<>();
        for (Containment each : contained) {
            Optional<String> path = tree.follow(each.path()).filter(tree::isDirectory);
            Optional<String> within = tree.follow(each.within()).filter(tree::isDirectory);
            if (path.isEmpty() || within.isEmpty()) {
                wrong.add((path.isEmpty() ? each.path() : each.within()) + " is no directory");
            } else if (!HostPath.of(path.get()).isWithin(HostPath.of(within.get()))) {
                wrong.add(each.path() + " is really " + path.get() + ", which is not in " + within.get());
            }
        }
        return String.join("\n", wrong);
    }

    private Set<String> paths(List<FileChange> files) {
        return files.stream()
                .flatMap(change -> tree.place(change.path()).stream())
                .collect(Collectors.toSet());
    }

    private String server() {
        return host.server().value();
    }

    static Optional<Node> wanted(FileChange change) {
        return change instanceof FileChange.Write write
                ? Optional.of(Node.Regular.of(write.content(), write.mode(), write.account()))
                : Optional.empty();
    }

    /** A file that cannot be written. */
    private static final class WriteFailure extends Exception {
        private static final long serialVersionUID = 1L;
        private final String path;
        private final String why;

        WriteFailure(String path, String why) {
            this.path = path;
            this.why = why;
        }
    }

    /** The commands of one transaction and what they say. */
    private static final class Commands {
        private final FakeHost host;
        private final Set<String> paths;
        private final StringBuilder output = new StringBuilder();

        Commands(FakeHost host, Set<String> paths) {
            this.host = host;
            this.paths = paths;
        }

        boolean succeed(List<Command> commands, Execution.Use use) {
            for (Command command : commands) {
                CommandResult result = host.execute(command, Input.none(), use, paths);
                output.append(result.stdout()).append(result.stderr());
                host.faults().effect("\"" + command + "\" was run");
                if (!result.succeeded()) {
                    return false;
                }
            }
            return true;
        }

        String output() {
            return output.toString();
        }
    }
}
