// SPDX-License-Identifier: Apache-2.0
package dev.aegir.testkit;

import dev.aegir.host.Applied;
import dev.aegir.host.Command;
import dev.aegir.host.CommandFailedException;
import dev.aegir.host.CommandResult;
import dev.aegir.host.ConfigRejectedException;
import dev.aegir.host.ConfigRejectedException.Phase;
import dev.aegir.host.Containment;
import dev.aegir.host.DriftException;
import dev.aegir.host.DriftPolicy;
import dev.aegir.host.FileChange;
import dev.aegir.host.FileState;
import dev.aegir.host.FileTransaction;
import dev.aegir.host.HostFiles;
import dev.aegir.host.Input;
import dev.aegir.model.HostPath;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The files of a fake host: transactions as {@link HostFiles} promises them. */
final class FakeFiles implements HostFiles {
    private final FakeHost host;
    private final FakeTree tree;
    private final Faults faults;
    private final Object lock;
    private final Map<String, Node> written = new TreeMap<>();
    private final Map<String, Kept> kept = new TreeMap<>();

    FakeFiles(FakeHost host, FakeTree tree, Faults faults, Object lock) {
        this.host = host;
        this.tree = tree;
        this.faults = faults;
        this.lock = lock;
    }

    @Override
    public Optional<byte[]> read(HostPath path, int limit) throws InterruptedException {
        host.begin(Optional.empty());
        synchronized (lock) {
            Optional<byte[]> content = tree.follow(path).flatMap(tree::at).map(node -> contentOf(path, node));
            if (content.isPresent() && content.get().length > limit) {
                throw failed(Command.of("cat", path.value()), "longer than " + limit + " bytes");
            }
            faults.answering(server());
            return content;
        }
    }

    @Override
    public List<String> list(HostPath directory) throws InterruptedException {
        host.begin(Optional.empty());
        synchronized (lock) {
            List<String> names = tree.follow(directory)
                    .filter(tree::isDirectory)
                    .map(tree::children)
                    .orElse(List.of());
            faults.answering(server());
            return names;
        }
    }

    @Override
    public List<FileState> compare(List<FileChange> files) throws InterruptedException {
        host.begin(Optional.empty());
        synchronized (lock) {
            List<FileState> states = states(files);
            faults.answering(server());
            return states;
        }
    }

    @Override
    public Applied apply(String key, FileTransaction transaction) throws InterruptedException {
        FakeHost.checkKey(key);
        host.begin(Optional.empty());
        synchronized (lock) {
            recover();
            List<FileState> states = states(transaction.files());
            List<FileState> drifted = states.stream().filter(FileState::drifted).toList();
            if (!drifted.isEmpty() && transaction.drift() == DriftPolicy.FAIL) {
                throw new DriftException(server(), drifted);
            }
            List<FileChange> changes = states.stream()
                    .filter(state -> !state.drifted() || transaction.drift() == DriftPolicy.OVERWRITE)
                    .map(FileState::change)
                    .toList();
            String output = changes.isEmpty() ? "" : change(key, transaction, changes);
            faults.answering(server());
            return new Applied(changes.stream().map(FileChange::path).toList(), drifted, output);
        }
    }

    @Override
    public boolean revert(String key, FileTransaction transaction) throws InterruptedException {
        FakeHost.checkKey(key);
        host.begin(Optional.empty());
        synchronized (lock) {
            recover();
            boolean found = kept.containsKey(key);
            if (found) {
                kept.get(key).putBack(tree, written, faults);
                Commands commands = new Commands(host, paths(transaction.files()));
                if (!commands.succeed(transaction.checks(), Execution.Use.CHECK)) {
                    throw new ConfigRejectedException(server(), Phase.CHECK, false, commands.output());
                }
                if (!commands.succeed(transaction.activations(), Execution.Use.ACTIVATE)) {
                    throw new ConfigRejectedException(server(), Phase.ACTIVATE, false, commands.output());
                }
                kept.remove(key);
                faults.effect("what was kept under " + key + " was forgotten");
            }
            faults.answering(server());
            return found;
        }
    }

    /** A transaction that was begun and never ended is taken back before anything else is done. */
    private void recover() {
        kept.values().stream().filter(Kept::unfinished).forEach(each -> each.putBack(tree, written, faults));
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
        before.begin();
        Commands commands = new Commands(host, paths(transaction.files()));
        try {
            for (FileChange change : changes) {
                write(before, change);
            }
        } catch (WriteFailure e) {
            throw rejected(key, Phase.WRITE, List.of(), commands, e.path + ": " + e.why);
        }
        if (!commands.succeed(transaction.checks(), Execution.Use.CHECK)) {
            throw rejected(key, Phase.CHECK, List.of(), commands, "");
        }
        outside = outside(transaction.contained());
        if (!outside.isEmpty()) {
            throw rejected(key, Phase.CONTAINMENT, List.of(), commands, outside);
        }
        if (!commands.succeed(transaction.activations(), Execution.Use.ACTIVATE)) {
            throw rejected(key, Phase.ACTIVATE, transaction.activations(), commands, "");
        }
        if (!commands.succeed(transaction.confirmations(), Execution.Use.CONFIRM)) {
            throw rejected(key, Phase.CONFIRM, transaction.activations(), commands, "");
        }
        before.end();
        faults.effect("the transaction " + key + " was ended");
        return commands.output();
    }

    private ConfigRejectedException rejected(
            String key, Phase phase, List<Command> activations, Commands commands, String why) {
        Kept before = kept.get(key);
        before.putBack(tree, written, faults);
        String output = (why + "\n" + commands.output()).strip();
        boolean restored = commands.succeed(activations, Execution.Use.ACTIVATE);
        // What an earlier run under this key has changed is still to be taken back some day.
        if (restored && !before.hasEarlier()) {
            kept.remove(key);
        }
        return new ConfigRejectedException(server(), phase, restored, output);
    }

    private void write(Kept before, FileChange change) throws WriteFailure {
        String real = tree.place(change.path())
                .orElseThrow(() -> new WriteFailure(change.path().value(), "too many links"));
        if (change instanceof FileChange.Write) {
            for (String parent : tree.missingParents(real)) {
                change(before, parent, Optional.of(Node.Directory.PLAIN));
            }
        }
        if (tree.isDirectory(real)) {
            throw new WriteFailure(real, "is a directory");
        }
        change(before, real, wanted(change));
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

    private List<FileState> states(List<FileChange> files) {
        List<FileState> out = new ArrayList<>();
        for (FileChange change : files) {
            Optional<String> real = tree.place(change.path());
            Optional<Node> present = real.flatMap(tree::at);
            Optional<Node> wanted = wanted(change);
            if (!present.equals(wanted)) {
                boolean attributesOnly =
                        text(present).equals(text(wanted)) && text(wanted).isPresent();
                Optional<String> last = text(real.map(written::get));
                boolean ours = last.isPresent() && last.equals(text(present));
                boolean drifted = present.isPresent() && !attributesOnly && !ours;
                out.add(new FileState(change, present.map(FakeFiles::shown), drifted, attributesOnly));
            }
        }
        return out;
    }

    private boolean isForeign(FileChange change) {
        Optional<Node> present = tree.place(change.path()).flatMap(tree::at);
        return change.owner().isPresent()
                && present.isPresent()
                && !(present.get() instanceof Node.Regular file
                        && file.text().contains(change.owner().get().value()));
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

    private byte[] contentOf(HostPath path, Node node) {
        if (node instanceof Node.Regular file) {
            return file.bytes();
        }
        throw failed(Command.of("cat", path.value()), "it is a directory");
    }

    private CommandFailedException failed(Command command, String why) {
        byte[] stderr = why.getBytes(StandardCharsets.UTF_8);
        return new CommandFailedException(
                server(), command, new CommandResult(server(), command, 1, new byte[0], stderr, false));
    }

    private Set<String> paths(List<FileChange> files) {
        return files.stream()
                .flatMap(change -> tree.place(change.path()).stream())
                .collect(Collectors.toSet());
    }

    private String server() {
        return host.server().value();
    }

    private static Optional<Node> wanted(FileChange change) {
        return change instanceof FileChange.Write write
                ? Optional.of(Node.Regular.of(write.content(), write.mode(), write.account()))
                : Optional.empty();
    }

    private static Optional<String> text(Optional<Node> node) {
        return node.filter(Node.Regular.class::isInstance).map(file -> ((Node.Regular) file).text());
    }

    private static String shown(Node node) {
        return node instanceof Node.Regular file ? file.text() : node.shown();
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
