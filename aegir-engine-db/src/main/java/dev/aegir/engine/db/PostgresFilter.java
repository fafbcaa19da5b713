// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * Lets a plain dump of one PostgreSQL database through, statement by statement, as a site's own account may run it. It reads the
 * text as psql does: strings, quoted names, dollar quotes, comments, bodies of routines and the rows of {@code COPY}, byte by
 * byte, so that what is in a row is data however it looks, and a row may be of any length.
 *
 * <p>Left out are comments and what {@link PostgresStatement} says. What it does not know is refused.
 */
final class PostgresFilter {
    /** What is judged as a whole is never longer than this. */
    private static final int HEAD = 1 << 20;

    /** How many bytes of rows are one statement, about. */
    private static final int PIECE = 1 << 20;

    private static final byte[] BEGIN_OF_ROWS = {';', '\n'};
    private static final byte[] END_OF_ROWS = {'\\', '.', '\n'};

    private final DumpReader in;
    private final DumpWriter out;
    private final Consumer<String> report;
    private final ByteArrayOutputStream head = new ByteArrayOutputStream();
    private final ByteArrayOutputStream word = new ByteArrayOutputStream();
    private final List<String> words = new ArrayList<>();
    private PostgresStatement.Verdict verdict = PostgresStatement.Verdict.OPEN;
    private boolean routine;
    private int parentheses;
    private int blocks;

    private PostgresFilter(DumpReader in, DumpWriter out, Consumer<String> report) {
        this.in = in;
        this.out = out;
        this.report = report;
    }

    /**
     * Reads a dump to its end.
     *
     * @param in the dump
     * @param statements who gets what is let through; flushed, not closed
     * @param report told what was left out
     * @throws UnsafeDumpException when it has what is refused; what came before has been let through
     */
    static void filter(InputStream in, Statements statements, Consumer<String> report) throws IOException {
        DumpWriter buffered = new DumpWriter(statements);
        new PostgresFilter(new DumpReader(in), buffered, report).run();
        buffered.flush();
    }

    private void run() throws IOException {
        for (int c = in.next(); c >= 0; c = in.next()) {
            if (isWord(c) || c == '$' && word.size() > 0) {
                word.write(c);
                if (word.size() > HEAD) {
                    throw refused("a word without an end");
                }
                continue;
            }
            boolean escapes = word.size() == 1 && (word.toByteArray()[0] | 0x20) == 'e';
            endWord();
            other(c, escapes);
        }
        endWord();
        if (!words.isEmpty()) {
            throw refused("a statement without an end");
        }
    }

    private void other(int c, boolean escapes) throws IOException {
        switch (c) {
            case '\'' -> quoted(c, escapes);
            case '"' -> quoted(c, false);
            case '$' -> dollar();
            case '\\' -> command();
            case ';' -> {
                if (parentheses == 0 && blocks == 0) {
                    endStatement();
                } else {
                    put(c);
                }
            }
            case '-' -> {
                if (in.peek() == '-') {
                    line();
                } else {
                    token(c);
                }
            }
            case '/' -> {
                if (in.peek() == '*') {
                    in.next();
                    comment();
                } else {
                    token(c);
                }
            }
            default -> {
                parentheses = Math.max(0, parentheses + (c == '(' ? 1 : c == ')' ? -1 : 0));
                token(c);
            }
        }
    }

    private void token(int c) throws IOException {
        if (c > ' ') {
            said(String.valueOf((char) c));
        }
        if (c > ' ' || !words.isEmpty()) {
            put(c);
        }
    }

    private void quoted(int quote, boolean escapes) throws IOException {
        said(String.valueOf((char) quote));
        put(quote);
        for (int c = in.next(); ; c = in.next()) {
            if (c < 0) {
                throw refused("a string without an end");
            }
            put(c);
            if (c == '\\' && escapes) {
                put(Math.max(in.next(), ' '));
            } else if (c == quote) {
                if (in.peek() != quote) {
                    return;
                }
                put(in.next());
            }
        }
    }

    /** {@code $tag$ ... $tag$}, or a dollar alone. */
    private void dollar() throws IOException {
        ByteArrayOutputStream begin = new ByteArrayOutputStream();
        begin.write('$');
        while (isWord(in.peek())
                && !(begin.size() == 1 && in.peek() >= '0' && in.peek() <= '9')
                && begin.size() < 100) {
            begin.write(in.next());
        }
        said("$");
        for (byte b : begin.toByteArray()) {
            put(b);
        }
        if (in.peek() != '$') {
            return;
        }
        put(in.next());
        begin.write('$');
        byte[] tag = begin.toByteArray();
        // A tag has a dollar at its ends only: what is no end may be the beginning of another.
        int same = 0;
        while (same < tag.length) {
            int c = in.next();
            if (c < 0) {
                throw refused("a string without an end");
            }
            put(c);
            same = c == (tag[same] & 0xff) ? same + 1 : c == '$' ? 1 : 0;
        }
    }

    /** A command for the client: pg_dump writes two, against such commands. */
    private void command() throws IOException {
        StringBuilder text = new StringBuilder("\\");
        for (int c = in.next(); c >= 0 && c != '\n'; c = in.next()) {
            if (text.length() < 200) {
                text.append((char) c);
            }
        }
        if (!words.isEmpty() || !text.toString().strip().matches("\\\\(un)?restrict [0-9A-Za-z]{1,100}")) {
            throw refused("a command for the client ("
                    + text.substring(0, Math.min(text.length(), 2)).replaceAll("[^\\x20-\\x7e]", "?") + ")");
        }
    }

    private void line() throws IOException {
        for (int c = in.next(); c >= 0 && c != '\n'; c = in.next()) {
            // left out
        }
        put('\n');
    }

    private void comment() throws IOException {
        int depth = 1;
        int last = 0;
        while (depth > 0) {
            int c = in.next();
            if (c < 0) {
                throw refused("a comment without an end");
            }
            boolean begins = last == '/' && c == '*';
            boolean ends = last == '*' && c == '/';
            depth += begins ? 1 : ends ? -1 : 0;
            last = begins || ends ? 0 : c;
        }
        put(' ');
    }

    private void endWord() throws IOException {
        if (word.size() == 0) {
            return;
        }
        byte[] bytes = word.toByteArray();
        word.reset();
        String text = new String(bytes, StandardCharsets.ISO_8859_1).toUpperCase(Locale.ROOT);
        if (routine && parentheses == 0) {
            boolean begins = text.equals("BEGIN") || text.equals("CASE") && blocks > 0;
            blocks = Math.max(0, blocks + (begins ? 1 : text.equals("END") ? -1 : 0));
        }
        said(text);
        for (byte b : bytes) {
            put(b);
        }
    }

    /** Judges a statement as soon as enough of it is known. */
    private void said(String text) throws IOException {
        if (verdict != PostgresStatement.Verdict.OPEN) {
            return;
        }
        words.add(text);
        verdict = judged(PostgresStatement.begun(words));
        if (verdict == PostgresStatement.Verdict.STREAM) {
            routine = text.equals("FUNCTION") || text.equals("PROCEDURE");
            out.begin(words);
            out.write(head.toByteArray());
        }
        if (verdict != PostgresStatement.Verdict.OPEN) {
            head.reset();
        }
    }

    private PostgresStatement.Verdict judged(PostgresStatement judgement) {
        if (judgement.verdict() == PostgresStatement.Verdict.REFUSE) {
            throw refused(judgement.what());
        }
        if (judgement.verdict() == PostgresStatement.Verdict.SKIP) {
            report.accept(judgement.what());
        }
        return judgement.verdict();
    }

    private void endStatement() throws IOException {
        List<String> begun = List.copyOf(words);
        if (verdict == PostgresStatement.Verdict.OPEN && !words.isEmpty()) {
            String text = head.toString(StandardCharsets.ISO_8859_1);
            verdict = judged(PostgresStatement.whole(words, text));
            if (verdict == PostgresStatement.Verdict.STREAM && words.get(0).equals("COPY")) {
                byte[] copy = head.toByteArray();
                over();
                copied(begun, copy);
                return;
            }
            if (verdict == PostgresStatement.Verdict.STREAM) {
                out.begin(words);
                out.write(head.toByteArray());
            }
        }
        if (verdict == PostgresStatement.Verdict.STREAM) {
            out.write(BEGIN_OF_ROWS);
        }
        over();
    }

    private void over() {
        head.reset();
        words.clear();
        verdict = PostgresStatement.Verdict.OPEN;
        routine = false;
    }

    /** What follows goes another way, or comes through. */
    private void copied(List<String> begun, byte[] copy) throws IOException {
        for (int c = in.next(); c != '\n'; c = in.next()) {
            if (c < 0 || c > ' ') {
                throw refused("rows without a beginning");
            }
        }
        long beside = out.beside(new String(copy, StandardCharsets.UTF_8), in.offset());
        if (beside > 0) {
            in.leaveOut(beside);
            if (!in.follows(END_OF_ROWS, 0)) {
                throw refused("rows without an end");
            }
            return;
        }
        out.begin(begun);
        out.write(copy);
        out.write(BEGIN_OF_ROWS);
        rows(begun, copy);
    }

    /** What follows {@code COPY}, to the line that ends it. Many rows are more than one statement. */
    private void rows(List<String> begun, byte[] copy) throws IOException {
        StringBuilder begin = new StringBuilder();
        long from = in.offset();
        while (true) {
            if (begin.length() == 0 && in.offset() - from > PIECE && in.peek() != '\\') {
                out.write(END_OF_ROWS);
                out.begin(begun);
                out.write(copy);
                out.write(BEGIN_OF_ROWS);
                from = in.offset();
            }
            if (begin.length() > 3) {
                in.copy('\n', '\n', out);
            }
            int c = in.next();
            if (c < 0) {
                throw refused("rows without an end");
            }
            out.write(c);
            if (c != '\n') {
                begin.append((char) c);
                continue;
            }
            String first = begin.toString();
            if (first.equals("\\.") || first.equals("\\.\r")) {
                return;
            }
            begin.setLength(0);
        }
    }

    private void put(int c) throws IOException {
        if (verdict == PostgresStatement.Verdict.STREAM) {
            out.write(c);
        } else if (verdict == PostgresStatement.Verdict.OPEN) {
            head.write(c);
            if (head.size() > HEAD) {
                throw refused("a statement that is too long for its kind");
            }
        }
    }

    private static boolean isWord(int c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c >= 0x80;
    }

    private UnsafeDumpException refused(String what) {
        return new UnsafeDumpException(what, in.offset());
    }
}
