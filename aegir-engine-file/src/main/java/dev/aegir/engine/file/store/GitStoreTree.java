// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.file.store;

import dev.aegir.model.Tree;
import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * A repository has a commit with what a tree has. Nothing of it is there until all of it is; what was sent of one that broke off is no
 * part of anything. Not taken back: the commits before are still there.
 *
 * @param name the step's name
 * @param place the store
 * @param tree the tree
 */
record GitStoreTree(String name, GitPlace place, Tree tree) implements Step {
    private static final int TIME = 3;

    @Override
    public List<Change> preview(StepContext context) {
        return List.of(new Change(
                Change.Kind.CHANGE,
                place.service().toString(),
                "files of " + tree.title(),
                "as they are in " + tree + ": a commit with what has changed since they were stored last"));
    }

    @Override
    public void run(StepContext context) throws InterruptedException {
        try (Spool spool = new Spool();
                GitCommits commits = GitCommits.of(place, tree.owner(), "store-" + tree.owner(), spool, context)) {
            GitRepository repository = commits.repository();
            Optional<String> parent = commits.ready();
            GitPresent present = new GitPresent(repository.partial());
            boolean old = false;
            if (parent.isPresent()) {
                repository.list(parent.get(), present::put);
                old = commits.index(parent.get())
                        && StoreTree.whole(spool, tree, place.keys(), place.toString(), context);
            }
            Storing storing =
                    new Storing(new Source(context.host(tree.server()), tree), tree, spool, present, context.now());
            Storing.Found found = storing.look(old);
            if (found.others() > 0) {
                context.log(found.others() + " pipes, sockets or devices are left out");
            }
            sent(repository, parent, old, present, storing, found, spool, context);
            context.results(Map.of("stored.version", commits.publish(parent).orElse("")));
        } catch (IOException e) {
            throw StoreTree.here(e);
        }
    }

    private void sent(
            GitRepository repository,
            Optional<String> parent,
            boolean old,
            GitPresent present,
            Storing storing,
            Storing.Found found,
            Spool spool,
            StepContext context)
            throws InterruptedException {
        repository.take(git -> {
            try (GitUploads uploads = new GitUploads(git, spool, present, place.bandwidth())) {
                Storing.Kept kept = storing.store(uploads, place.keys().signer(context));
                context.log(uploads.sent() + " files sent, " + uploads.bytes() + " bytes");
                if (kept.written() > 0) {
                    context.log(kept.written() + " files were written or deleted while they were read");
                }
                StoreTree.requireReadable(spool.index(), tree, place.keys());
                if (old && same(spool.old(), spool.index())) {
                    context.log("nothing has changed: there is no new commit");
                } else {
                    commit(repository, parent, uploads, kept, spool, context);
                }
                uploads.done();
                context.results(Map.of(
                        "stored.files", String.valueOf(kept.files()),
                        "stored.bytes", String.valueOf(kept.bytes()),
                        "stored.read.files", String.valueOf(found.toRead()),
                        "stored.sent.bytes", String.valueOf(uploads.bytes())));
            } catch (GitStreamException e) {
                // What git has said of it counts.
                throw e.broken();
            }
        });
    }

    private void commit(
            GitRepository repository,
            Optional<String> parent,
            GitUploads uploads,
            Storing.Kept kept,
            Spool spool,
            StepContext context)
            throws IOException, InterruptedException {
        String message = tree.title() + "\n\n" + kept.files() + " files, directories and links, " + kept.bytes()
                + " bytes, as they were on " + tree.server() + "\n";
        uploads.commit(parent, message, context.now());
        if (parent.isPresent()) {
            repository.list(parent.get(), each -> {
                if (!each.path().equals(GitNames.INDEX) && !uploads.uses(each.path())) {
                    uploads.gone(each.path());
                }
            });
        }
        uploads.changes(spool.index());
    }

    /** Whether two indexes say the same, whenever they were written. */
    private static boolean same(Path one, Path other) throws IOException {
        try (BufferedReader first = Files.newBufferedReader(one, StandardCharsets.US_ASCII);
                BufferedReader second = Files.newBufferedReader(other, StandardCharsets.US_ASCII)) {
            for (int number = 0; ; number++) {
                Optional<String> a = Optional.ofNullable(first.readLine());
                Optional<String> b = Optional.ofNullable(second.readLine());
                boolean ends = a.isEmpty() || a.get().startsWith("end ");
                if (ends || number != TIME && !a.equals(b)) {
                    // One that is signed is another.
                    return ends
                            && b.filter(line -> line.startsWith("end ")).isPresent()
                            && Objects.isNull(first.readLine()) == Objects.isNull(second.readLine());
                }
            }
        }
    }
}
