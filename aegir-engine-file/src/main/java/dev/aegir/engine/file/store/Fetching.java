// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.file.store;

import dev.aegir.engine.file.store.FileStoreException.Problem;
import dev.aegir.model.Id;
import dev.aegir.model.Tree;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Looks at all of an index, then brings what is missing. For one run of one step. */
final class Fetching {
    private static final int MOST_TOLD = 20;
    private final String store;
    private final Id owner;
    private final Source target;
    private final Tree tree;
    private final Spool spool;
    private final Keys keys;

    /**
     * What was found.
     *
     * @param leftOut some links that are not brought, for people
     * @param moreLeftOut how many more there are of those
     */
    record Found(List<String> leftOut, long moreLeftOut) {
        Found {
            leftOut = List.copyOf(leftOut);
        }
    }

    /**
     * What was brought.
     *
     * @param files how many files
     * @param bytes how long they are
     */
    record Brought(long files, long bytes) {}

    /** From a store of that name. */
    Fetching(String store, Id owner, Source target, Tree tree, Spool spool, Keys keys) {
        this.keys = keys;
        this.store = store;
        this.owner = owner;
        this.target = target;
        this.tree = tree;
        this.spool = spool;
    }

    /** All of the index stays within the tree; what is in the tree and not in the index is gone. */
    Found look() throws InterruptedException, IOException {
        List<String> leftOut = new ArrayList<>();
        long more = 0;
        try (IndexReader index = open()) {
            for (Optional<Entry> next = index.next(); next.isPresent(); next = index.next()) {
                if (next.get().type() == 'l' && next.get().leadsOut(tree.paths())) {
                    if (leftOut.size() < MOST_TOLD) {
                        leftOut.add(Entry.shown(next.get().name()));
                    } else {
                        more++;
                    }
                }
            }
        }
        compare();
        return new Found(leftOut, more);
    }

    private IndexReader open() throws IOException {
        return IndexReader.open(spool.old(), owner, tree, keys);
    }

    /** Both are in the same order. */
    private void compare() throws InterruptedException, IOException {
        long[] tooMuch = {0};
        try (IndexReader index = open();
                Draft.Writer draft = new Draft.Writer(spool.draft());
                OutputStream wrong = new BufferedOutputStream(Files.newOutputStream(spool.names()))) {
            Wanted wanted = new Wanted(index, draft);
            target.list(there -> {
                if (!wanted.here(there)) {
                    Source.told(there.name(), wrong);
                    tooMuch[0]++;
                }
            });
            wanted.rest();
            draft.end();
        }
        if (tooMuch[0] > 0) {
            target.delete(spool.names());
        }
    }

    /** What the index wants, with what of it must be brought. */
    private final class Wanted {
        private final IndexReader index;
        private final Draft.Writer draft;
        private Optional<Entry> next;

        Wanted(IndexReader index, Draft.Writer draft) throws IOException {
            this.index = index;
            this.draft = draft;
            this.next = index.next();
        }

        /** Whether what is there may stay. */
        boolean here(Entry there) throws IOException {
            while (next.isPresent() && next.get().name().compareTo(there.name()) < 0) {
                note(true);
            }
            if (next.filter(entry -> entry.name().equals(there.name())).isEmpty()) {
                return false;
            }
            Entry entry = next.get();
            boolean same = entry.type() == there.type()
                    && (entry.type() == 'd'
                            || entry.type() == 'f'
                                    && entry.size() == there.size()
                                    && entry.time().equals(there.time())
                                    && entry.mode().equals(there.mode()));
            note(!same || entry.type() == 'd');
            return same;
        }

        void rest() throws IOException {
            while (next.isPresent()) {
                note(true);
            }
        }

        private void note(boolean bring) throws IOException {
            Entry entry = next.orElseThrow();
            boolean out = entry.type() == 'l' && entry.leadsOut(tree.paths());
            if (bring && !out) {
                draft.note(entry, true);
                while (index.hasChunk()) {
                    draft.chunk(index.chunk());
                }
            }
            next = index.next();
        }
    }

    /** Brings what is missing. */
    Brought bring(Contents contents) throws InterruptedException, IOException {
        long[] brought = {0, 0};
        try (Draft.Reader draft = new Draft.Reader(spool.draft())) {
            target.write(out -> {
                TarWriter tar = new TarWriter(out);
                for (Optional<Draft.Noted> next = draft.next(); next.isPresent(); next = draft.next()) {
                    Entry entry = next.get().entry();
                    tar.entry(entry);
                    if (entry.type() == 'f') {
                        content(entry, draft, contents, tar);
                        brought[0]++;
                        brought[1] += entry.size();
                    }
                }
                tar.end();
            });
        }
        return new Brought(brought[0], brought[1]);
    }

    /** Nothing is written that was not compared with what was stored. */
    private void content(Entry entry, Draft.Reader draft, Contents contents, TarWriter tar)
            throws IOException, InterruptedException {
        MessageDigest all = Sums.begun();
        for (long i = 0; i < entry.chunks(); i++) {
            part(entry, i, draft.chunk(), contents, all, tar);
        }
        if (!Sums.hex(all.digest()).equals(entry.sum())) {
            throw new FileStoreException(
                    Problem.DAMAGED,
                    "What the store " + store + " has of " + Entry.shown(entry.name())
                            + " is not what was stored. Nothing of it is used.");
        }
    }

    /** By itself, so that it is not in memory any more while the next is waited for. */
    private static void part(Entry entry, long number, String sum, Contents contents, MessageDigest all, TarWriter tar)
            throws IOException, InterruptedException {
        int size = (int) Math.min(entry.size() - number * Entry.CHUNK, Entry.CHUNK);
        byte[] content = contents.next(entry, sum, size);
        all.update(content);
        tar.write(content);
    }
}
