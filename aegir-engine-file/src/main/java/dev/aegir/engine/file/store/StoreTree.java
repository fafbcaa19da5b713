// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.file.store;

import dev.aegir.engine.file.store.FileStoreException.Problem;
import dev.aegir.engine.file.store.IndexReader.BadIndexException;
import dev.aegir.model.Tree;
import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A store has what a tree has. What has changed since the last time is sent, and then the index, by which it counts. Not taken back:
 * whatever was sent is no part of anything until the index says so, and is there when it is tried again.
 *
 * @param name the step's name
 * @param place the store
 * @param tree the tree
 */
record StoreTree(String name, Place place, Tree tree) implements Step {
    @Override
    public List<Change> preview(StepContext context) {
        return List.of(new Change(
                Change.Kind.CHANGE,
                place.service().toString(),
                "files of " + tree.title(),
                "as they are in " + tree + ": what has changed since they were stored last"));
    }

    @Override
    public void run(StepContext context) throws InterruptedException {
        Owned names = new Owned(tree.owner());
        try (ObjectStore objects = Stores.open(place, context);
                Spool spool = new Spool()) {
            KeySet present = new KeySet();
            objects.list(names.objects(), (object, size) -> {
                if (names.unfinished(object)) {
                    // It takes room, and nobody else is at work there.
                    objects.delete(object);
                } else if (size >= 0 && size <= Entry.CHUNK) {
                    names.sum(object).ifPresent(sum -> present.sum(sum, (int) size));
                }
            });
            boolean old = objects.get(names.index(), spool.old(), IndexReader.LONGEST)
                    && whole(spool, tree, place.keys(), place.toString(), context);
            Storing storing = new Storing(
                    new Source(context.host(tree.server()), tree),
                    tree,
                    spool,
                    (entry, sums) -> all(present, entry, sums),
                    context.now());
            Storing.Found found = storing.look(old);
            if (found.others() > 0) {
                context.log(found.others() + " pipes, sockets or devices are left out");
            }
            Storing.Kept kept;
            long sent;
            KeySet used;
            try (Uploads uploads = new Uploads(objects, names, present, place.limits())) {
                kept = storing.store(uploads, place.keys().signer(context));
                sent = uploads.bytes();
                used = uploads.used();
                context.log(uploads.sent() + " objects sent, " + sent + " bytes");
            }
            if (kept.written() > 0) {
                context.log(kept.written() + " files were written or deleted while they were read");
            }
            requireReadable(spool.index(), tree, place.keys());
            objects.put(names.index(), spool.index(), kept.sum());
            context.results(Map.of(
                    "stored.files", String.valueOf(kept.files()),
                    "stored.bytes", String.valueOf(kept.bytes()),
                    "stored.read.files", String.valueOf(found.toRead()),
                    "stored.sent.bytes", String.valueOf(sent)));
            clear(objects, names, used, context);
        } catch (IOException e) {
            throw here(e);
        }
    }

    /** No index takes the place of another that could not be read afterwards, such as for a path too long for any program. */
    static void requireReadable(Path index, Tree tree, Keys keys) throws IOException {
        try (IndexReader reader = IndexReader.open(index, tree.owner(), tree, keys)) {
            while (reader.next().isPresent()) {
                // To its end, where its checksum is.
            }
        } catch (BadIndexException e) {
            throw new FileStoreException(
                    Problem.UNREADABLE,
                    "The files of " + tree + " cannot be stored: of their list, " + e.getMessage()
                            + ". See what is there, then try again.",
                    e);
        }
    }

    private static boolean all(KeySet present, Entry entry, List<String> sums) {
        long left = entry.size();
        for (String sum : sums) {
            if (!present.hasSum(sum, (int) Math.min(left, Entry.CHUNK))) {
                return false;
            }
            left -= Entry.CHUNK;
        }
        return true;
    }

    /** Whether the index there can be built on; if not, everything is read, and what is there is not sent again. */
    static boolean whole(Spool spool, Tree tree, Keys keys, String place, StepContext context) throws IOException {
        try (IndexReader reader = IndexReader.open(spool.old(), tree.owner(), tree, keys)) {
            while (reader.next().isPresent()) {
                // To its end, where its checksum is.
            }
            return true;
        } catch (BadIndexException e) {
            context.log(
                    "the index in " + place + " cannot be used, " + e.getMessage() + ": all of " + tree + " is read");
            return false;
        }
    }

    /** What no index names goes; what could not be deleted goes the next time. */
    private void clear(ObjectStore objects, Owned names, KeySet used, StepContext context) throws InterruptedException {
        long[] deleted = {0};
        try {
            objects.list(names.objects(), (object, size) -> {
                if (names.sum(object).filter(sum -> !used.hasSum(sum)).isPresent()) {
                    objects.delete(object);
                    deleted[0]++;
                }
            });
        } catch (FileStoreException e) {
            context.log("the files are stored, and what is not needed any more is still there: " + e.getMessage());
        }
        if (deleted[0] > 0) {
            context.log(deleted[0] + " objects that are not needed any more were deleted");
        }
    }

    /** This machine keeps lists while it is at work. */
    static FileStoreException here(IOException e) {
        return new FileStoreException(
                Problem.FULL,
                "The machine that this program runs on cannot keep the lists of files it works with, in its directory for"
                        + " temporary files: " + e.getMessage() + ". Make room there, then try again.",
                e);
    }
}
