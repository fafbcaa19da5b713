// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.file.store;

import dev.aegir.model.Tree;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * Writes what a store has of a tree: lines of ASCII, names in the order of their bytes, and at the end how many there are and the
 * checksum of all lines before. What it does not say is not there.
 *
 * <pre>
 * aegir-files 1
 * owner ID
 * title TITLE
 * time INSTANT
 * paths PATH ...
 * d MODE TIME PATH
 * f MODE TIME SEEN SIZE SHA256 PATH
 * c SHA256              once for each 8 MiB of a file that has more than 8 MiB
 * l TIME SEEN PATH TARGET
 * end ENTRIES SHA256
 * signed BASE64         when it is signed: of the line before
 * </pre>
 */
final class IndexWriter implements AutoCloseable {
    static final String BEGIN = "aegir-files 1";
    static final String SIGNED = "signed ";
    private static final String PLAIN = "-._~/+,=@:";
    private final OutputStream out;
    private final MessageDigest lines = Sums.begun();
    private final MessageDigest all = Sums.begun();
    private long entries;
    private long bytes;

    IndexWriter(Path file, Tree tree, Instant now) throws IOException {
        out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 16);
        line(BEGIN);
        line("owner " + tree.owner());
        line("title " + encoded(Entry.bytes(tree.title())));
        line("time " + now);
        line("paths "
                + tree.paths().stream()
                        .map(Entry::bytes)
                        .sorted()
                        .map(IndexWriter::encoded)
                        .collect(Collectors.joining(" ")));
    }

    void entry(Entry entry) throws IOException {
        entries++;
        String name = encoded(entry.name());
        line(
                switch (entry.type()) {
                    case 'd' -> "d " + entry.mode() + " " + entry.time() + " " + name;
                    case 'l' -> "l " + entry.time() + " " + entry.seen() + " " + name + " " + encoded(entry.target());
                    default ->
                        "f " + entry.mode() + " " + entry.time() + " " + entry.seen() + " " + entry.size() + " "
                                + entry.sum() + " " + name;
                });
        bytes += entry.type() == 'f' ? entry.size() : 0;
    }

    /** The next object of a file that has several. */
    void chunk(String sum) throws IOException {
        line("c " + sum);
    }

    /** Ends it, and gives the checksum of all of it. */
    String end(Optional<UnaryOperator<String>> signer) throws IOException {
        String end = "end " + entries + " " + Sums.hex(lines.digest());
        line(end);
        if (signer.isPresent()) {
            line(SIGNED + signer.get().apply(end));
        }
        out.flush();
        return Sums.hex(all.digest());
    }

    long entries() {
        return entries;
    }

    long bytes() {
        return bytes;
    }

    private void line(String text) throws IOException {
        byte[] line = (text + "\n").getBytes(StandardCharsets.US_ASCII);
        lines.update(line);
        all.update(line);
        out.write(line);
    }

    static String encoded(String name) {
        StringBuilder encoded = new StringBuilder();
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || PLAIN.indexOf(c) >= 0) {
                encoded.append(c);
            } else {
                encoded.append(String.format("%%%02X", (int) c));
            }
        }
        return encoded.toString();
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}
