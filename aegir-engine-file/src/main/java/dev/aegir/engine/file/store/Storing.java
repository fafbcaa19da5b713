// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.file.store;

import dev.aegir.engine.file.store.FileStoreException.Problem;
import dev.aegir.model.Tree;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** Finds what of a tree has changed, reads that, and writes the index of all. For one run of one step. */
final class Storing {
    private final Source source;
    private final Tree tree;
    private final Spool spool;
    private final Receiver.Present present;
    private final Instant now;
    private long toRead;

    /**
     * What was found.
     *
     * @param toRead how many files and links must be read
     * @param others how many entries no store keeps
     */
    record Found(long toRead, long others) {}

    /**
     * What is stored now.
     *
     * @param files how many files, directories and links
     * @param bytes the length of all files
     * @param written how often somebody wrote meanwhile
     * @param sum the checksum of the index
     */
    record Kept(long files, long bytes, long written, String sum) {}

    Storing(Source source, Tree tree, Spool spool, Receiver.Present present, Instant now) {
        this.source = source;
        this.tree = tree;
        this.spool = spool;
        this.present = present;
        this.now = now;
    }

    /** Compares what is there with what the store has. */
    Found look(boolean old) throws InterruptedException, IOException {
        long others;
        try (Draft.Writer draft = new Draft.Writer(spool.draft());
                OutputStream names = new BufferedOutputStream(Files.newOutputStream(spool.names()));
                Former former = new Former(old)) {
            others = source.list(entry -> {
                requireDirectory(entry);
                Optional<Entry> before = former.entry(entry.name());
                if (entry.type() == 'd') {
                    draft.note(entry, false);
                } else if (before.isPresent() && entry.looksAs(before.get()) && former.keep(before.get())) {
                    Entry same = entry.read(
                            entry.size(), before.get().sum(), before.get().target());
                    draft.note(same, false);
                    for (String sum : former.chunks()) {
                        draft.chunk(sum);
                    }
                } else {
                    draft.note(entry, true);
                    Source.told(entry.name(), names);
                    toRead++;
                }
            });
            draft.end();
        }
        return new Found(toRead, others);
    }

    /** A link in place of a directory of the site's leads nobody knows where; nothing of that is stored over what was. */
    private void requireDirectory(Entry entry) {
        if (entry.type() != 'd' && tree.paths().stream().map(Entry::bytes).anyMatch(entry.name()::equals)) {
            throw new FileStoreException(
                    Problem.UNREADABLE,
                    tree.server() + ": " + tree.directory() + "/" + entry.name() + " is no directory. See what it is.");
        }
    }

    /** What the store has, as far as one has come to it. */
    private final class Former implements AutoCloseable {
        private final Optional<IndexReader> reader;
        private Optional<Entry> next = Optional.empty();
        private final List<String> chunks = new ArrayList<>();

        Former(boolean old) throws IOException {
            reader = old ? Optional.of(IndexReader.open(spool.old(), tree.owner(), tree, Keys.NONE)) : Optional.empty();
            advance();
        }

        private void advance() throws IOException {
            next = reader.isPresent() ? reader.get().next() : Optional.empty();
        }

        /** Both are in the same order. */
        Optional<Entry> entry(String name) throws IOException {
            while (next.isPresent() && next.get().name().compareTo(name) < 0) {
                advance();
            }
            return next.filter(entry -> entry.name().equals(name));
        }

        /** Whether the store still has all of the entry that was found. */
        boolean keep(Entry entry) throws IOException {
            chunks.clear();
            while (reader.isPresent() && reader.get().hasChunk()) {
                chunks.add(reader.get().chunk());
            }
            return present.has(entry, chunks);
        }

        List<String> chunks() {
            return chunks;
        }

        @Override
        public void close() throws IOException {
            if (reader.isPresent()) {
                reader.get().close();
            }
        }
    }

    /** Reads what must be read, and writes the index. */
    Kept store(Receiver receiver, Optional<UnaryOperator<String>> signer) throws InterruptedException, IOException {
        long[] missing = {0};
        try (Draft.Reader draft = new Draft.Reader(spool.draft());
                IndexWriter index = new IndexWriter(spool.index(), tree, now)) {
            long written = 0;
            if (toRead == 0) {
                write(draft, index, Optional.empty(), receiver);
            } else {
                Piped.Ended ended = source.read(
                        spool.names(),
                        in -> missing[0] = write(draft, index, Optional.of(new TarReader(in)), in, receiver));
                boolean well = ended.exit() == 0 || ended.lines() > 0 && (ended.exit() == 1 || ended.exit() == 2);
                if (!well || !ended.whole() || !ended.said().isEmpty()) {
                    throw new FileStoreException(
                            Problem.UNREADABLE,
                            "Not everything of " + tree + " could be read: " + ended.why()
                                    + ". Mend its rights, then try again: what was sent is not sent twice.");
                }
                written = Math.max(missing[0], ended.lines());
            }
            receiver.finish();
            String sum = index.end(signer);
            return new Kept(index.entries(), index.bytes(), written, sum);
        }
    }

    private long write(
            Draft.Reader draft, IndexWriter index, Optional<TarReader> tar, InputStream in, Receiver receiver)
            throws IOException, InterruptedException {
        long missing = write(draft, index, tar, receiver);
        // What is behind the end of a tar is padding.
        in.transferTo(OutputStream.nullOutputStream());
        return missing;
    }

    /** Everything that was noted, with what was read of it; gives how much of it was not there any more. */
    private long write(Draft.Reader draft, IndexWriter index, Optional<TarReader> tar, Receiver receiver)
            throws IOException, InterruptedException {
        long missing = 0;
        Optional<TarReader.Header> read = tar.isPresent() ? tar.get().next() : Optional.empty();
        for (Optional<Draft.Noted> next = draft.next(); next.isPresent(); next = draft.next()) {
            Entry entry = next.get().entry();
            if (!next.get().read()) {
                index.entry(entry);
                for (long i = 0; i < entry.chunks(); i++) {
                    named(draft.chunk(), entry, index, receiver);
                }
                receiver.entry(entry, false);
            } else if (read.isPresent() && read.get().name().equals(entry.name())) {
                content(entry, read.get(), tar.orElseThrow(), index, receiver);
                read = tar.orElseThrow().next();
            } else {
                // Tar tells everything in the order it was told of it: this is gone.
                missing++;
            }
        }
        if (read.isPresent()) {
            throw new FileStoreException(
                    Problem.UNREADABLE,
                    tree.server() + ": tar reads something it was not told of: "
                            + Entry.shown(read.get().name()) + ". See which program it is: command -v tar");
        }
        return missing;
    }

    private static void content(
            Entry entry, TarReader.Header header, TarReader tar, IndexWriter index, Receiver receiver)
            throws IOException, InterruptedException {
        if (entry.type() == 'l' && header.type() == '2') {
            Entry link = entry.read(0, "", header.target());
            index.entry(link);
            receiver.entry(link, true);
        } else if (entry.type() == 'f' && (header.type() == '0' || header.type() == '7')) {
            MessageDigest all = Sums.begun();
            List<String> sums = new ArrayList<>();
            receiver.file(entry, header.size());
            for (long left = header.size(); left > 0; left -= Entry.CHUNK) {
                byte[] content = tar.read(Entry.CHUNK);
                all.update(content);
                sums.add(receiver.part(content));
            }
            Entry whole = entry.read(header.size(), Sums.hex(all.digest()), "");
            index.entry(whole);
            for (String sum : sums) {
                named(sum, whole, index, receiver);
            }
            receiver.entry(whole, true);
        }
        // What has become something else meanwhile is stored the next time.
    }

    /** An object of a file; one that is all of it is called as the file's content is. */
    private static void named(String sum, Entry entry, IndexWriter index, Receiver receiver) throws IOException {
        receiver.named(sum);
        if (entry.chunks() > 1) {
            index.chunk(sum);
        }
    }
}
