// SPDX-License-Identifier: Apache-2.0
package dev.aegir.testkit;

import dev.aegir.host.Applied;
import dev.aegir.host.DriftException;
import dev.aegir.host.DriftPolicy;
import dev.aegir.host.FileChange;
import dev.aegir.host.FileState;
import dev.aegir.host.FileTransaction;
import dev.aegir.host.HostFiles;
import dev.aegir.host.HostRefusedException;
import dev.aegir.model.HostPath;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The files of a fake host: transactions as {@link HostFiles} promises them. */
final class FakeFiles implements HostFiles {
    private final FakeHost host;
    private final FakeTree tree;
    private final Faults faults;
    private final Object lock;
    private final FakeTransactions transactions;

    FakeFiles(FakeHost host, FakeTree tree, Faults faults, Object lock) {
        this.host = host;
        this.tree = tree;
        this.faults = faults;
        this.lock = lock;
        transactions = new FakeTransactions(host, tree, faults);
    }

    /** What a crash has left half done is taken back before anything else is done. */
    void recover() {
        transactions.recover();
    }

    @Override
    public Optional<byte[]> read(HostPath path, int limit) throws InterruptedException {
        host.begin(Optional.empty());
        synchronized (lock) {
            Optional<byte[]> content = tree.follow(path).flatMap(tree::at).map(node -> contentOf(path, node));
            if (content.isPresent() && content.get().length > limit) {
                throw new HostRefusedException(server(), path + " is longer than " + limit + " bytes");
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
            List<FileState> states = states(transaction.files());
            List<FileState> drifted = states.stream().filter(FileState::drifted).toList();
            if (!drifted.isEmpty() && transaction.drift() == DriftPolicy.FAIL) {
                throw new DriftException(server(), drifted);
            }
            List<FileChange> changes = states.stream()
                    .filter(state -> !state.drifted() || transaction.drift() != DriftPolicy.KEEP)
                    .map(FileState::change)
                    .toList();
            String output = changes.isEmpty() ? "" : transactions.apply(key, transaction, changes);
            faults.answering(server());
            return new Applied(changes.stream().map(FileChange::path).toList(), drifted, output);
        }
    }

    @Override
    public boolean revert(String key, FileTransaction transaction) throws InterruptedException {
        FakeHost.checkKey(key);
        host.begin(Optional.empty());
        synchronized (lock) {
            boolean found = transactions.revert(key, transaction);
            faults.answering(server());
            return found;
        }
    }

    private List<FileState> states(List<FileChange> files) {
        List<FileState> out = new ArrayList<>();
        for (FileChange change : files) {
            Optional<String> real = tree.place(change.path());
            Optional<Node> present = real.flatMap(tree::at);
            Optional<Node> wanted = FakeTransactions.wanted(change);
            if (!present.equals(wanted)) {
                boolean attributesOnly = Node.text(present).equals(Node.text(wanted))
                        && Node.text(wanted).isPresent();
                Optional<String> last = real.flatMap(transactions::lastWritten);
                boolean ours = last.isPresent() && last.equals(Node.text(present));
                // What was never ours and shall go is not a change of ours by somebody else.
                boolean guarded = wanted.isPresent() || change.owner().isPresent();
                boolean drifted = guarded && present.isPresent() && !attributesOnly && !ours;
                out.add(new FileState(change, present.map(FakeFiles::shown), drifted, attributesOnly));
            }
        }
        return out;
    }

    private byte[] contentOf(HostPath path, Node node) {
        if (node instanceof Node.Regular file) {
            return file.bytes();
        }
        throw new HostRefusedException(server(), path + " cannot be read: it is a directory");
    }

    private String server() {
        return host.server().value();
    }

    private static String shown(Node node) {
        if (node instanceof Node.Regular file) {
            return file.text();
        }
        return node instanceof Node.Link link ? "symbolic link to " + link.target() : "";
    }
}
