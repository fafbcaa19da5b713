// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Lets a dump of one database of MariaDB or MySQL through, statement by statement, as a site's own account may run it. It reads
 * the text as the client and the server do: strings, quoted names, comments and delimiters, byte by byte, so that what is in a
 * row is data however it looks, and a row may be of any length: only the beginning of a statement is ever held.
 *
 * <p>Left out are whose views, triggers, routines and events are ({@code DEFINER}), the mark of the sandbox, comments, and what
 * {@link MariaDbStatement} says. Collations that the receiver does not know become the next that it does. What it does not know
 * is refused.
 */
final class MariaDbFilter {
    /** A setting is never longer than this, nor is what precedes the name of what is made. */
    private static final int HEAD = 64 * 1024;

    private final DumpReader in;
    private final DumpWriter out;
    private final MariaDbReceiver receiver;
    private final Consumer<String> report;
    private final ByteArrayOutputStream head = new ByteArrayOutputStream();
    private final ByteArrayOutputStream word = new ByteArrayOutputStream();
    private final List<String> words = new ArrayList<>();
    private byte[] delimiter = {';'};
    private long written;
    private boolean streaming;
    /** Within rows: words mean nothing there. */
    private boolean rows;

    private boolean executable;
    private boolean skipping;
    private boolean loading;
    private boolean defining;
    private int definerAt;
    private int definerEnd;
    private int definerWord;
    private int definerSaid;

    private MariaDbFilter(DumpReader in, DumpWriter out, MariaDbReceiver receiver, Consumer<String> report) {
        this.in = in;
        this.out = out;
        this.receiver = receiver;
        this.report = report;
    }

    /**
     * Reads a dump to its end.
     *
     * @param in the dump
     * @param statements who gets what is let through; flushed, not closed
     * @param receiver what server it is for
     * @param report told what was left out or changed
     * @throws UnsafeDumpException when it has what is refused; what came before has been let through
     * @throws UnloadableDumpException when a statement is too long for the receiver; what came before has been let through
     */
    static void filter(InputStream in, Statements statements, MariaDbReceiver receiver, Consumer<String> report)
            throws IOException {
        DumpWriter buffered = new DumpWriter(statements);
        new MariaDbFilter(new DumpReader(in), buffered, receiver, report).run();
        buffered.flush();
    }

    private void run() throws IOException {
        for (int c = in.next(); c >= 0; c = in.next()) {
            if (isWord(c)) {
                if (rows) {
                    put(c);
                } else {
                    word.write(c);
                }
                continue;
            }
            endWord();
            if (words.size() == 1 && words.get(0).equals("DELIMITER")) {
                delimiter(c);
            } else if (c == delimiter[0] && in.follows(delimiter, 1)) {
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
                int second = in.peek();
                if (second == '-') {
                    in.next();
                    int third = in.peek();
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
                if (in.peek() == '*') {
                    in.next();
                    comment();
                } else {
                    put(c);
                }
            }
            case '*' -> {
                if (executable && in.peek() == '/') {
                    in.next();
                    executable = false;
                    put('*');
                    put('/');
                } else {
                    put(c);
                }
            }
            case '\\' -> throw refused("a command for the client (\\" + (char) Math.max(in.peek(), ' ') + ")");
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
        while (true) {
            if (streaming && !skipping) {
                written += in.copy(quote, '\\', out);
                fits();
            }
            int c = in.next();
            if (c < 0) {
                throw refused("a string without an end");
            }
            put(c);
            if (c == '\\' && quote != '`') {
                put(Math.max(in.next(), 0));
            } else if (c == quote) {
                if (in.peek() != quote) {
                    break;
                }
                put(in.next());
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
        for (int c = in.next(); c >= 0 && c != '\n'; c = in.next()) {
            putIf(kept, c);
        }
        put('\n');
    }

    /** A comment: left out, but within a routine; one that is executed is a part of its statement. */
    private void comment() throws IOException {
        boolean mariaDb = in.peek() == 'M';
        if (mariaDb) {
            in.next();
        }
        if (in.peek() != '!') {
            through(streaming, mariaDb ? "/*M" : "/*");
            return;
        }
        in.next();
        StringBuilder version = new StringBuilder();
        while (in.peek() >= '0' && in.peek() <= '9' && version.length() < 6) {
            version.append((char) in.next());
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
        for (int c = in.next(); c >= 0; c = in.next()) {
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
        String text = word.toString(StandardCharsets.ISO_8859_1);
        word.reset();
        if (!streaming) {
            words.add(text.toUpperCase(Locale.ROOT));
        }
        if (loading && text.equalsIgnoreCase("SONAME")) {
            throw refused("a function from a library");
        }
        Optional<String> instead = receiver.instead(text);
        instead.ifPresent(other -> report.accept("the collation " + text + ", instead of which there is " + other));
        for (byte b : instead.orElse(text).getBytes(StandardCharsets.ISO_8859_1)) {
            put(b);
        }
        decide();
    }

    /** Judges a statement as soon as enough of it is known. */
    private void decide() throws IOException {
        if (streaming || words.isEmpty()) {
            return;
        }
        if (defining) {
            definer();
            return;
        }
        MariaDbStatement judged = judged(MariaDbStatement.begun(words));
        switch (judged.verdict()) {
            case DEFINER -> {
                defining = true;
                definerSaid = 0;
                definerAt = head.size() - "DEFINER".length();
                definerWord = words.size() - 1;
            }
            case STREAM -> {
                loading = words.get(words.size() - 1).equals("FUNCTION");
                rows = words.size() == 1 && words.get(0).matches("INSERT|REPLACE");
                stream();
            }
            case SKIP -> {
                skipping = true;
                stream();
            }
            default -> {
                // Not known yet.
            }
        }
    }

    private MariaDbStatement judged(MariaDbStatement judgement) {
        if (judgement.verdict() == MariaDbStatement.Verdict.REFUSE) {
            throw refused(judgement.what());
        } else if (judgement.verdict() == MariaDbStatement.Verdict.SKIP) {
            report.accept(judgement.what());
        }
        return judgement;
    }

    /** Known to be over by the word that follows. */
    private void definer() throws IOException {
        List<String> said = words.subList(definerWord + 1, words.size());
        if (said.size() == definerSaid) {
            return; // only a space or the end of a comment has come since
        }
        definerSaid = said.size();
        if (MariaDbStatement.isOfDefiner(said)) {
            definerEnd = head.size();
            return;
        }
        byte[] bytes = head.toByteArray();
        head.reset();
        head.write(bytes, 0, definerAt);
        head.write(bytes, definerEnd, bytes.length - definerEnd);
        report.accept("whose it is");
        String following = said.get(said.size() - 1);
        words.subList(definerWord, words.size()).clear();
        words.add(following);
        defining = false;
        decide();
    }

    private void stream() throws IOException {
        if (!skipping) {
            out.begin(words);
            out.write(head.toByteArray());
        }
        written = head.size();
        head.reset();
        streaming = true;
    }

    private void endStatement() throws IOException {
        if (defining) {
            throw refused("a definer of nothing");
        }
        if (!streaming && !words.isEmpty()) {
            if (judged(MariaDbStatement.whole(words)).verdict() == MariaDbStatement.Verdict.STREAM) {
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
        rows = false;
        skipping = false;
        loading = false;
        beside();
    }

    /** Rows of our own dumps begin on a line behind a statement, and may not need to come through. */
    private void beside() throws IOException {
        if (out.oneByOne() && delimiter[0] == ';' && in.peek() == '\n') {
            put(in.next());
            long length = out.beside("", in.offset());
            if (length > 0) {
                in.leaveOut(length);
            }
        }
    }

    private void delimiter(int c) throws IOException {
        StringBuilder text = new StringBuilder();
        int at = c;
        while (at == ' ' || at == '\t') {
            at = in.next();
        }
        while (at >= 0 && at != '\n' && at != '\r' && text.length() <= 8) {
            text.append((char) at);
            at = in.next();
        }
        String wanted = text.toString().strip();
        if (!wanted.matches("[;$/|]{1,4}")) {
            throw refused("the delimiter " + MariaDbStatement.printable(wanted));
        }
        delimiter = wanted.getBytes(StandardCharsets.US_ASCII);
        out.begin(List.of("DELIMITER", wanted));
        out.write(("DELIMITER " + wanted + "\n").getBytes(StandardCharsets.US_ASCII));
        head.reset();
        words.clear();
    }

    private void put(int c) throws IOException {
        if (streaming) {
            if (!skipping) {
                out.write(c);
                written++;
                fits();
            }
            return;
        }
        head.write(c);
        if (head.size() > HEAD) {
            throw refused("a statement that does not say what it is");
        }
    }

    private void fits() {
        if (written >= receiver.longest()) {
            throw new UnloadableDumpException(receiver.longest(), in.offset() - written);
        }
    }

    private static boolean isWord(int c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c >= 0x80;
    }

    private UnsafeDumpException refused(String what) {
        return new UnsafeDumpException(what, in.offset());
    }
}
