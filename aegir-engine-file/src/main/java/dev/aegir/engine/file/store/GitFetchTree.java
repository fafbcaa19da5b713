// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.file.store;

import dev.aegir.engine.file.store.FileStoreException.Problem;
import dev.aegir.model.Id;
import dev.aegir.model.Tree;
import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Optional;

/**
 * A tree has what a commit has. Run again it goes on: what is there as long and as old as it shall be was written from content that
 * was proved. Not taken back: the directories were made for this.
 *
 * @param name the step's name
 * @param place the store
 * @param owner whose files they are
 * @param version which commit; absent for the newest
 * @param tree where they go
 */
record GitFetchTree(String name, GitPlace place, Id owner, Optional<String> version, Tree tree) implements Step {
    @Override
    public List<Change> preview(StepContext context) {
        return List.of(new Change(
                Change.Kind.CREATE,
                tree.server().value(),
                "files in " + tree.directory(),
                "of " + owner + " from " + place.service()
                        + version.map(each -> " as they were in " + each).orElse("")));
    }

    @Override
    public void run(StepContext context) throws InterruptedException {
        try (Spool spool = new Spool();
                GitCommits commits =
                        GitCommits.of(place, owner, "fetch-" + owner + "-" + tree.owner(), spool, context)) {
            GitRepository repository = commits.repository();
            String commit = commit(commits);
            if (!commits.index(commit)) {
                throw new FileStoreException(
                        Problem.DAMAGED,
                        "The store " + place + " has no index of " + owner + " in " + commit
                                + ". Fetch another version, or take the files from a backup.");
            }
            Fetching fetching = new Fetching(
                    place.toString(), owner, new Source(context.host(tree.server()), tree), tree, spool, place.keys());
            FetchTree.look(fetching, owner, place.toString(), context);
            GitObjects objects = objects(repository, commit, spool);
            Piped.Work<OutputStream> asked = out -> asked(spool, entry -> {
                String object = objects.get(GitNames.path(entry.name())).orElseThrow();
                out.write(GitNames.bytes(object + "\n"));
            });
            commits.bring(commit, asked);
            repository.give(asked, in -> {
                try {
                    FetchTree.say(fetching.bring(new GitDownloads(place.toString(), in, place.bandwidth())), context);
                } catch (GitStreamException e) {
                    // What git has said of it counts.
                    throw e.broken();
                }
            });
        } catch (IOException e) {
            throw StoreTree.here(e);
        }
    }

    private String commit(GitCommits commits) throws InterruptedException {
        Optional<String> commit = commits.newest();
        if (commit.isEmpty()) {
            throw new FileStoreException(
                    Problem.NOTHING,
                    "The store " + place + " has no files of " + owner
                            + ". Store them first, or name the store that has them.");
        }
        if (version.isPresent() && !commits.has(version.get())) {
            throw new FileStoreException(
                    Problem.NOTHING,
                    "The store " + place + " has no version " + version.get() + " of the files of " + owner
                            + ". See which there are: " + commits.log());
        }
        return version.orElse(commit.get());
    }

    private interface Each {
        void file(Entry entry) throws IOException;
    }

    /** All files that must be brought and are not empty. */
    private static void asked(Spool spool, Each each) throws IOException {
        try (Draft.Reader draft = new Draft.Reader(spool.draft())) {
            for (Optional<Draft.Noted> next = draft.next(); next.isPresent(); next = draft.next()) {
                Entry entry = next.get().entry();
                for (long i = 0; i < entry.chunks(); i++) {
                    draft.chunk();
                }
                if (entry.chunks() > 0) {
                    each.file(entry);
                }
            }
        }
    }

    /** Where the content of files is; before anything lands, all of it is there. */
    private GitObjects objects(GitRepository repository, String commit, Spool spool)
            throws InterruptedException, IOException {
        GitObjects objects = new GitObjects();
        KeySet sizes = new KeySet();
        repository.list(commit, each -> {
            objects.put(each.path(), each.object());
            sizes.name(each.size() + " " + each.path());
        });
        asked(spool, entry -> {
            // What is not here yet is measured when it comes.
            long size = repository.partial() ? -1 : entry.size();
            if (!sizes.hasName(size + " " + GitNames.path(entry.name()))) {
                throw GitDownloads.damaged(place.toString(), entry, "is not there, or not as long as it was");
            }
        });
        return objects;
    }
}
