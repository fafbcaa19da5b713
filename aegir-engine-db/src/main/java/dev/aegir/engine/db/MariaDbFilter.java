// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PushbackInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Lets a dump of one database of MariaDB or MySQL through, statement by statement, as a site's own account may run it. It reads
 * the text as the client and the server do: strings, quoted names, comments and delimiters, byte by byte, so that what is in a
 * row is data however it looks, and a row may be of any length: only the beginning of a statement is ever held.
 *
 * <p>Left out: whose views, triggers, routines and events are ({@code DEFINER}), the mark of the sandbox, comments, and settings
 * of the whole server. Refused: everything else but what dumps are made of.
 */
final class MariaDbFilter {
    private static final Set<String> ALLOWED = Set.of(
            "CREATE",
            "DROP",
            "ALTER",
            "INSERT",
            "REPLACE",
            "LOCK",
            "UNLOCK",
            "SET",
            "COMMIT",
            "START",
            "UPDATE",
            "DELETE",
            "TRUNCATE",
            "DELIMITER");
    private static final Set<String> OBJECTS = Set.of(
            "TABLE",
            "VIEW",
            "PROCEDURE",
            "FUNCTION",
            "TRIGGER",
            "EVENT",
            "INDEX",
            "SEQUENCE",
            "PACKAGE",
            "TEMPORARY",
            "UNIQUE",
            "FULLTEXT",
            "SPATIAL");
    /** Words of {@code CREATE} before it says what. */
    private static final Set<String> BEFORE = Set.of(
            "CREATE",
            "ALTER",
            "DROP",
            "OR",
            "REPLACE",
            "IF",
            "NOT",
            "EXISTS",
            "ALGORITHM",
            "=",
            "UNDEFINED",
            "MERGE",
            "TEMPTABLE",
            "SQL",
            "SECURITY",
            "DEFINER",
            "INVOKER",
            "AGGREGATE",
            "ONLINE",
            "IGNORE",
            "OFFLINE");

    private static final Set<String> OF_THE_SERVER =
            Set.of("GLOBAL", "PERSIST", "PERSIST_ONLY", "GTID_PURGED", "SQL_LOG_BIN", "GTID_SLAVE_POS");

    /** A setting is never longer than this, nor is what precedes the name of what is made. */
    private static final int HEAD = 64 * 1024;

    private final PushbackInputStream in;
    private final OutputStream out;
    private final Consumer<String> report;
    private final ByteArrayOutputStream head = new ByteArrayOutputStream();
    private final ByteArrayOutputStream word = new ByteArrayOutputStream();
    private final List<String> words = new ArrayList<>();
    private byte[] delimiter = {';'};
    private long offset;
    private boolean streaming;
    private boolean executable;
    private boolean skipping;
    private boolean loading;
    private boolean defining;
    private int definerAt;
    private int definerEnd;
    private int definerWord;
    private int definerSaid;

    private MariaDbFilter(InputStream in, OutputStream out, Consumer<String> report) {
        this.in = new PushbackInputStream(in, 16);
        this.out = out;
        this.report = report;
    }

    /**
     * Reads a dump to its end.
     *
     * @param in the dump
     * @param out where what is let through goes; flushed, not closed
     * @param report told what was left out
     * @throws UnsafeDumpException when it has what is refused; what came before has been let through
     */
    static void filter(InputStream in, OutputStream out, Consumer<String> report) throws IOException {
        BufferedOutputStream buffered = new BufferedOutputStream(out, 1 << 16);
        new MariaDbFilter(new java.io.BufferedInputStream(in, 1 << 16), buffered, report).run();
        buffered.flush();
    }

    private void run() throws IOException {
        for (int c = next(); c >= 0; c = next()) {
            if (isWord(c)) {
                word.write(c);
                continue;
            }
            endWord();
            if (words.size() == 1 && words.get(0).equals("DELIMITER")) {
                delimiter(c);
            } else if (c == delimiter[0] && follows(delimiter, 1)) {
                endStatement();
            } else {
                other(c);
            }
        }
        endWord();
        if (!words.isEmpty() || streaming) {
            endStatement();
        }
    }

    private void other(int c) throws IOException {
        switch (c) {
            case '\'', '"', '`' -> quoted(c);
            case '#' -> line("#");
            case '-' -> {
                int second = peek();
                if (second == '-') {
                    next();
                    int third = peek();
                    if (third < 0 || third <= ' ') {
                        line("--");
                    } else {
                        put('-');
                        put('-');
                    }
                } else {
                    put(c);
                }
            }
            case '/' -> {
                if (peek() == '*') {
                    next();
                    comment();
                } else {
                    put(c);
                }
            }
            case '*' -> {
                if (executable && peek() == '/') {
                    next();
                    executable = false;
                    put('*');
                    put('/');
                } else {
                    put(c);
                }
            }
            case '\\' -> throw refused("a command for the client (\\" + (char) Math.max(peek(), ' ') + ")");
            default -> {
                if (!Character.isWhitespace(c) && !streaming) {
                    words.add(String.valueOf((char) c));
                }
                put(c);
                decide();
            }
        }
    }

    /** A string or a quoted name, as it is. */
    private void quoted(int quote) throws IOException {
        put(quote);
        for (int c = next(); ; c = next()) {
            if (c < 0) {
                throw refused("a string without an end");
            }
            put(c);
            if (c == '\\' && quote != '`') {
                put(Math.max(next(), 0));
            } else if (c == quote) {
                if (peek() != quote) {
                    break;
                }
                put(next());
            }
        }
        if (!streaming) {
            words.add("`");
            decide();
        }
    }

    /** A comment to the end of its line: left out, but within a routine. */
    private void line(String begin) throws IOException {
        boolean kept = streaming;
        for (byte b : begin.getBytes(StandardCharsets.US_ASCII)) {
            putIf(kept, b);
        }
        for (int c = next(); c >= 0 && c != '\n'; c = next()) {
            putIf(kept, c);
        }
        put('\n');
    }

    /** A comment: left out, but within a routine; one that is executed is a part of its statement. */
    private void comment() throws IOException {
        boolean mariaDb = peek() == 'M';
        if (mariaDb) {
            next();
        }
        if (peek() != '!') {
            through(streaming, mariaDb ? "/*M" : "/*");
            return;
        }
        next();
        StringBuilder version = new StringBuilder();
        while (peek() >= '0' && peek() <= '9' && version.length() < 6) {
            version.append((char) next());
        }
        if (version.toString().equals("999999")) {
            report.accept("the mark of the sandbox");
            through(false, "");
            return;
        }
        if (executable) {
            throw refused("an executed comment within another");
        }
        executable = true;
        for (byte b : ("/*" + (mariaDb ? "M" : "") + "!" + version).getBytes(StandardCharsets.US_ASCII)) {
            put(b);
        }
    }

    /** To the end of a comment. */
    private void through(boolean kept, String begin) throws IOException {
        for (byte b : begin.getBytes(StandardCharsets.US_ASCII)) {
            putIf(kept, b);
        }
        int last = 0;
        for (int c = next(); c >= 0; c = next()) {
            putIf(kept, c);
            if (last == '*' && c == '/') {
                put(' ');
                return;
            }
            last = c;
        }
        throw refused("a comment without an end");
    }

    private void putIf(boolean kept, int c) throws IOException {
        if (kept) {
            put(c);
        }
    }

    private void endWord() throws IOException {
        if (word.size() == 0) {
            return;
        }
        byte[] bytes = word.toByteArray();
        word.reset();
        if (!streaming) {
            words.add(new String(bytes, StandardCharsets.ISO_8859_1).toUpperCase(Locale.ROOT));
        }
        if (loading && new String(bytes, StandardCharsets.ISO_8859_1).equalsIgnoreCase("SONAME")) {
            throw refused("a function from a library");
        }
        for (byte b : bytes) {
            put(b);
        }
        decide();
    }

    /** Judges a statement as soon as enough of it is known. */
    private void decide() throws IOException {
        if (streaming || words.isEmpty()) {
            return;
        }
        String first = words.get(0);
        if (!ALLOWED.contains(first)) {
            throw refused("the statement " + printable(first));
        }
        switch (first) {
            case "SET", "DELIMITER" -> {
                // A setting is judged as a whole.
            }
            case "CREATE", "ALTER", "DROP" -> object();
            default -> stream();
        }
    }

    private void object() throws IOException {
        String last = words.get(words.size() - 1);
        if (defining) {
            definer();
        } else if (last.equals("DEFINER") && !words.get(words.size() - 2).equals("SECURITY")) {
            defining = true;
            definerSaid = 0;
            definerAt = head.size() - "DEFINER".length();
            definerWord = words.size() - 1;
        } else if (OBJECTS.contains(last)) {
            if (!last.matches("TEMPORARY|UNIQUE|FULLTEXT|SPATIAL")) {
                loading = last.equals("FUNCTION");
                stream();
            }
        } else if (words.get(0).equals("ALTER") && last.matches("DATABASE|SCHEMA")) {
            // Dumps have it around routines, for how text is compared; of whichever database, it is not theirs to say.
            report.accept("a setting of the database");
            skipping = true;
            stream();
        } else if (!BEFORE.contains(last)) {
            throw refused("the statement " + printable(String.join(" ", words.subList(0, Math.min(words.size(), 6)))));
        }
    }

    /** {@code DEFINER = user [@ host]}, or {@code CURRENT_USER [()]}: known to be over by the word that follows. */
    private void definer() throws IOException {
        List<String> said = words.subList(definerWord + 1, words.size());
        if (said.size() == definerSaid) {
            return; // only a space or the end of a comment has come since
        }
        definerSaid = said.size();
        String last = said.get(said.size() - 1);
        int size = said.size();
        boolean isPart = size == 1 && last.equals("=")
                || size == 2
                || size > 2
                        && (last.equals("@")
                                || last.equals("(")
                                || last.equals(")")
                                || said.get(size - 2).equals("@"));
        if (isPart) {
            definerEnd = head.size();
            return;
        }
        byte[] bytes = head.toByteArray();
        head.reset();
        head.write(bytes, 0, definerAt);
        head.write(bytes, definerEnd, bytes.length - definerEnd);
        report.accept("whose it is");
        String following = last;
        words.subList(definerWord, words.size()).clear();
        words.add(following);
        defining = false;
        object();
    }

    private void stream() throws IOException {
        if (!skipping) {
            out.write(head.toByteArray());
        }
        head.reset();
        streaming = true;
    }

    private void endStatement() throws IOException {
        if (defining) {
            throw refused("a definer of nothing");
        }
        if (!streaming && !words.isEmpty()) {
            if (!words.get(0).equals("SET")) {
                throw refused("the statement " + printable(String.join(" ", words)));
            }
            if (setting()) {
                stream();
            }
        }
        if (executable) {
            // Of a routine, whose whole text is in one, the client too looks for its end there.
            throw refused("a statement that ends within an executed comment");
        }
        if (streaming && !skipping) {
            out.write(delimiter);
            out.write('\n');
        }
        head.reset();
        words.clear();
        streaming = false;
        skipping = false;
        loading = false;
    }

    /** Whether it is a setting of the session only. */
    private boolean setting() {
        if (words.size() > 1 && Set.of("PASSWORD", "ROLE", "DEFAULT").contains(words.get(1))) {
            throw refused("the statement SET " + words.get(1));
        }
        if (words.stream().anyMatch(OF_THE_SERVER::contains)) {
            report.accept("a setting of the server");
            return false;
        }
        return true;
    }

    private void delimiter(int c) throws IOException {
        StringBuilder text = new StringBuilder();
        int at = c;
        while (at == ' ' || at == '\t') {
            at = next();
        }
        while (at >= 0 && at != '\n' && at != '\r' && text.length() <= 8) {
            text.append((char) at);
            at = next();
        }
        String wanted = text.toString().strip();
        if (!wanted.matches("[;$/|]{1,4}")) {
            throw refused("the delimiter " + printable(wanted));
        }
        delimiter = wanted.getBytes(StandardCharsets.US_ASCII);
        out.write(("DELIMITER " + wanted + "\n").getBytes(StandardCharsets.US_ASCII));
        head.reset();
        words.clear();
    }

    private boolean follows(byte[] expected, int from) throws IOException {
        byte[] read = new byte[expected.length - from];
        int length = 0;
        while (length < read.length) {
            int c = in.read();
            if (c < 0) {
                break;
            }
            read[length++] = (byte) c;
            if (read[length - 1] != expected[from + length - 1]) {
                break;
            }
        }
        boolean same = length == read.length && (length == 0 || read[length - 1] == expected[expected.length - 1]);
        if (!same) {
            in.unread(read, 0, length);
        } else {
            offset += length;
        }
        return same;
    }

    private void put(int c) throws IOException {
        if (streaming) {
            if (!skipping) {
                out.write(c);
            }
            return;
        }
        head.write(c);
        if (head.size() > HEAD) {
            throw refused("a statement that does not say what it is");
        }
    }

    private int next() throws IOException {
        int c = in.read();
        offset += c < 0 ? 0 : 1;
        return c;
    }

    private int peek() throws IOException {
        int c = in.read();
        if (c >= 0) {
            in.unread(c);
        }
        return c;
    }

    private static boolean isWord(int c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c >= 0x80;
    }

    private static String printable(String text) {
        String shown = text.length() > 60 ? text.substring(0, 60) + "..." : text;
        return shown.replaceAll("[^\\x20-\\x7e]", "?");
    }

    private UnsafeDumpException refused(String what) {
        return new UnsafeDumpException(what, offset);
    }
}
