// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.file.store;

import dev.aegir.model.Id;
import dev.aegir.model.Tree;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads what {@link IndexWriter} has written, and trusts nothing of it: whoever can write the store can write anything. An entry that
 * would not stay below the tree's paths, lies below what is no directory, comes twice or is not in order is refused, and so is an index
 * without its end. What was read counts when {@link #next} has found the end, and not before.
 */
final class IndexReader implements AutoCloseable {
    /** What an index may come to. */
    static final long LONGEST = 16L << 30;

    private static final int LONGEST_LINE = 32 * 1024;
    private static final int LONGEST_NAME = 4095;
    private static final int LONGEST_COMPONENT = 255;
    private static final String TIME = "(-?[0-9]{1,15}\\.[0-9]{9})";
    private static final String SEEN = "([0-9.:-]{1,80})";
    private static final String SUM = "([0-9a-f]{64})";
    private static final String NAME = "([A-Za-z0-9%._~/+,=@:-]+)";
    private static final Pattern FILE =
            Pattern.compile("f ([0-7]{3}) " + TIME + " " + SEEN + " ([0-9]{1,18}) " + SUM + " " + NAME);
    private static final Pattern DIRECTORY = Pattern.compile("d ([0-7]{3}) " + TIME + " " + NAME);
    private static final Pattern LINK = Pattern.compile("l " + TIME + " " + SEEN + " " + NAME + " " + NAME);
    private static final Pattern PART = Pattern.compile("c " + SUM);
    private static final Pattern END = Pattern.compile("end ([0-9]{1,18}) " + SUM);

    private final InputStream in;
    private final List<String> paths;
    private final Keys keys;
    private final MessageDigest lines = Sums.begun();
    private final KeySet directories = new KeySet();
    private byte[] former = {};
    private String last = "";
    private long entries;
    private long number;
    private long chunks;
    private Optional<String> only = Optional.empty();

    private IndexReader(InputStream in, List<String> paths, Keys keys) {
        this.keys = keys;
        this.in = in;
        this.paths = paths.stream().map(Entry::bytes).sorted().toList();
    }

    /**
     * Begins to read.
     *
     * @param file where it is
     * @param owner whose files it must be of
     * @param tree what it must be of
     * @param keys who must have made it
     * @throws BadIndexException when it is of something else
     */
    static IndexReader open(Path file, Id owner, Tree tree, Keys keys) throws IOException {
        IndexReader reader =
                new IndexReader(new BufferedInputStream(Files.newInputStream(file), 1 << 16), tree.paths(), keys);
        try {
            reader.begin(owner);
            return reader;
        } catch (IOException | BadIndexException e) {
            reader.close();
            throw e;
        }
    }

    /** An index that is not one of ours, or not any more. */
    static final class BadIndexException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        BadIndexException(String message) {
            super(message);
        }
    }

    /** Whom an index says that it is of, whatever else is in it; absent when it is no index. */
    static Optional<String> owner(Path file) throws IOException {
        try (IndexReader reader =
                new IndexReader(new BufferedInputStream(Files.newInputStream(file)), List.of(), Keys.NONE)) {
            String whose = reader.line().equals(IndexWriter.BEGIN) ? reader.line() : "";
            return whose.startsWith("owner ") ? Optional.of(whose.substring("owner ".length())) : Optional.empty();
        } catch (BadIndexException e) {
            return Optional.empty();
        }
    }

    private void begin(Id owner) throws IOException {
        if (!line().equals(IndexWriter.BEGIN)) {
            throw new BadIndexException("it is no index that this version knows");
        }
        String whose = line();
        if (!whose.equals("owner " + owner)) {
            throw new BadIndexException("it is not of " + owner + ": " + Entry.shown(whose));
        }
        String title = line();
        String time = line();
        if (!title.startsWith("title ") || !time.startsWith("time ")) {
            throw new BadIndexException("its beginning is not whole");
        }
        String of = line();
        if (!of.startsWith("paths ")) {
            throw new BadIndexException("its beginning is not whole");
        }
        List<String> has = new ArrayList<>();
        for (String each : of.substring("paths ".length()).split(" ", -1)) {
            has.add(decoded(each));
        }
        if (!has.equals(paths)) {
            throw new BadIndexException("it has the directories " + has + ", and " + paths + " are wanted");
        }
    }

    /** The next entry; absent when all were read, and are what was written. */
    Optional<Entry> next() throws IOException {
        while (hasChunk()) {
            chunk();
        }
        String line = line();
        Matcher end = END.matcher(line);
        if (end.matches()) {
            if (!end.group(1).equals(String.valueOf(entries)) || !end.group(2).equals(Sums.hex(lines.digest()))) {
                throw new BadIndexException("its end does not fit");
            }
            requireSigned(line);
            for (String path : paths) {
                if (!directories.hasName(path)) {
                    throw new BadIndexException("it lacks " + Entry.shown(path));
                }
            }
            return Optional.empty();
        }
        entries++;
        Entry entry = entry(line);
        place(entry);
        chunks = entry.chunks();
        number = 0;
        only = chunks == 1 ? Optional.of(entry.sum()) : Optional.empty();
        return Optional.of(entry);
    }

    private void requireSigned(String end) throws IOException {
        in.mark(1);
        String signed = "";
        if (in.read() >= 0) {
            in.reset();
            signed = line();
        }
        if (!signed.isEmpty() && !signed.startsWith(IndexWriter.SIGNED) || in.read() >= 0) {
            throw new BadIndexException("its end does not fit");
        } else if (!keys.accepts(end, signed.isEmpty() ? "" : signed.substring(IndexWriter.SIGNED.length()))) {
            throw new BadIndexException("none of the keys in the setting signed-by has signed it");
        }
    }

    /** Whether the file that was read last has more objects. */
    boolean hasChunk() {
        return number < chunks;
    }

    /** The next of its objects. */
    String chunk() throws IOException {
        number++;
        if (only.isPresent()) {
            return only.get();
        }
        Matcher part = PART.matcher(line());
        if (!part.matches()) {
            throw new BadIndexException("it lacks a part of " + Entry.shown(last));
        }
        return part.group(1);
    }

    private Entry entry(String line) {
        Matcher file = FILE.matcher(line);
        if (file.matches()) {
            return new Entry(
                    'f',
                    decoded(file.group(6)),
                    file.group(1),
                    file.group(2),
                    file.group(3),
                    Long.parseLong(file.group(4)),
                    file.group(5),
                    "");
        }
        Matcher directory = DIRECTORY.matcher(line);
        if (directory.matches()) {
            return new Entry(
                    'd', decoded(directory.group(3)), directory.group(1), directory.group(2), Entry.UNSURE, 0, "", "");
        }
        Matcher link = LINK.matcher(line);
        if (link.matches()) {
            return new Entry(
                    'l', decoded(link.group(3)), "777", link.group(1), link.group(2), 0, "", decoded(link.group(4)));
        }
        throw new BadIndexException("it has a line that is none: " + Entry.shown(line));
    }

    /** Every name once, in order, below one of the paths and in a directory. */
    private void place(Entry entry) {
        String name = entry.name();
        if (name.length() > LONGEST_NAME || entry.target().length() > LONGEST_NAME) {
            throw new BadIndexException("a name is too long: " + Entry.shown(name));
        }
        for (String component : name.split("/", -1)) {
            if (component.isEmpty()
                    || component.equals(".")
                    || component.equals("..")
                    || component.length() > LONGEST_COMPONENT) {
                throw new BadIndexException("a name would lead elsewhere: " + Entry.shown(name));
            }
        }
        if (name.compareTo(last) <= 0) {
            throw new BadIndexException("a name comes twice, or not in order: " + Entry.shown(name));
        }
        boolean top = paths.contains(name);
        int slash = name.lastIndexOf('/');
        boolean below = slash > 0 && directories.hasName(name.substring(0, slash));
        if (top && entry.type() != 'd' || !top && !below) {
            throw new BadIndexException("something lies below what is no directory of it: " + Entry.shown(name));
        }
        if (entry.type() == 'd') {
            directories.name(name);
        }
        last = name;
    }

    private static String decoded(String encoded) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < encoded.length(); i++) {
            char c = encoded.charAt(i);
            if (c == '%') {
                int high = i + 2 < encoded.length() ? Character.digit(encoded.charAt(i + 1), 16) : -1;
                int low = i + 2 < encoded.length() ? Character.digit(encoded.charAt(i + 2), 16) : -1;
                if (high < 0 || low < 0 || high == 0 && low == 0) {
                    throw new BadIndexException("a name is not written as names are: " + Entry.shown(encoded));
                }
                c = (char) (high * 16 + low);
                i += 2;
            }
            out.append(c);
        }
        return out.toString();
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new BadIndexException("it ends before its end");
            } else if (line.length() == LONGEST_LINE || next < ' ' || next > '~') {
                throw new BadIndexException("it has a line that is none");
            }
            line.append((char) next);
        }
        // The last line says the checksum of those before it.
        lines.update(former);
        former = (line + "\n").getBytes(StandardCharsets.US_ASCII);
        return line.toString();
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
