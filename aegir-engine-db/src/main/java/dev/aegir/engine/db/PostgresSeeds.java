// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import static dev.aegir.engine.db.PostgresText.identifier;
import static dev.aegir.engine.db.PostgresText.literal;
import static dev.aegir.engine.db.PostgresText.qualified;

import dev.aegir.host.Command;
import dev.aegir.host.HostUnreachableException;
import dev.aegir.host.RunningCommand;
import dev.aegir.model.Database;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Rows by COPY: of tables those ranges of their keys that differ, or all. Everything else is what pg_dump writes of it, and must be
 * what it was; otherwise the database is brought as a whole. The rows are put there as the site's own account, which owns its tables
 * but cannot bid the server not to check foreign keys: those that have to do with the rows go and come again, which checks them.
 */
final class PostgresSeeds implements Seeds {
    private static final Duration LIMIT = Duration.ofMinutes(10);

    /** Of schemas that are the site's. */
    static final String OURS = "n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_%'";

    /** As the client writes it when it dumps. */
    private static final String WRITING = """
            SET datestyle = 'ISO';
            SET intervalstyle = 'postgres';
            SET extra_float_digits = 3;
            SET bytea_output = 'hex';
            SET statement_timeout = 0;
            SET row_security = off;
            """;

    /** As dumps begin. */
    private static final String BEGIN = """
            SET statement_timeout = 0;
            SET client_encoding = 'UTF8';
            SET standard_conforming_strings = on;
            SELECT pg_catalog.set_config('search_path', '', false);
            SET xmloption = content;
            SET client_min_messages = warning;
            SET row_security = off;
            """;

    /** Rows of what is a view of other rows or is elsewhere, and rows that statements do not reach as they say. */
    @Override
    public Optional<String> obstacle(Conversation conversation, Database database) throws InterruptedException {
        String tables = " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE " + OURS;
        List<String> found = conversation
                .ask(
                        "SELECT count(*) || CASE c.relkind WHEN 'p' THEN ' partitioned tables' WHEN 'f' THEN ' foreign tables'"
                                + " ELSE ' materialised views' END" + tables
                                + " AND c.relkind IN ('p', 'f', 'm') GROUP BY c.relkind;\n"
                                + "SELECT count(*) || ' tables of which their owner sees some rows only'" + tables
                                + " AND c.relforcerowsecurity HAVING count(*) > 0;\n"
                                + "SELECT count(*) || ' rules of tables'" + tables
                                + " AND c.relkind = 'r' AND EXISTS (SELECT"
                                + " FROM pg_rewrite r WHERE r.ev_class = c.oid) HAVING count(*) > 0;\n"
                                + "SELECT count(*) || ' large objects' FROM pg_largeobject_metadata HAVING count(*) > 0;\n")
                .stream()
                .map(row -> row.get(0))
                .toList();
        return found.isEmpty() ? Optional.empty() : Optional.of("it has " + String.join(", ", found));
    }

    @Override
    public Map<String, Table> tables(Conversation conversation, Database database) throws InterruptedException {
        List<List<String>> listed = conversation.ask(new PostgresSums().listing());
        for (List<String> row : listed) {
            if (PostgresSums.isSequence(row)) {
                conversation.later("SELECT " + PostgresSums.STANDING + " FROM " + named(row) + ";\n");
            }
        }
        Map<String, Table> tables = new LinkedHashMap<>();
        for (List<String> row : listed) {
            tables.put(
                    PostgresSums.title(row),
                    PostgresSums.isSequence(row)
                            ? new Table("", Rows.only(conversation.answer()), Optional.empty(), true)
                            : new Table("", "", key(row).map(key -> new Ranges(key, false))));
        }
        return tables;
    }

    private static String named(List<String> row) {
        return qualified(Rows.text(row.get(1)), Rows.text(row.get(2)));
    }

    private static Optional<String> key(List<String> row) {
        return Optional.of(Rows.text(row.get(3))).filter(key -> !key.isEmpty());
    }

    @Override
    public String definitions(Session session, Database database) throws InterruptedException {
        Place place = session.place();
        Command client = new PostgresDumps().definitions(place, database).timeout(LIMIT);
        try (RunningCommand running = session.start(client)) {
            CompletableFuture<String> complaints = Streams.text(running.stderr());
            String hash = hash(running);
            OptionalInt exit = running.waitFor(LIMIT);
            if (exit.isEmpty() || exit.getAsInt() != 0) {
                String said = complaints.join().strip();
                throw DumpCheck.failed(
                        place,
                        database,
                        DumpFailedException.of(exit.orElse(124), said),
                        "without its rows failed: " + said);
            }
            return hash;
        } catch (IOException e) {
            throw new HostUnreachableException(place.server().value(), "the stream of a dump broke before its end");
        }
    }

    /** Without the key that is another one in each dump, after which the client takes no commands. */
    private static String hash(RunningCommand running) throws IOException {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(running.stdout(), StandardCharsets.ISO_8859_1))) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            String key = "";
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (key.isEmpty() && line.startsWith("\\restrict ")) {
                    key = line.substring("\\restrict ".length());
                } else if (key.isEmpty() || !line.equals("\\unrestrict " + key)) {
                    digest.update((line + "\n").getBytes(StandardCharsets.ISO_8859_1));
                }
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // Every Java has it.
        }
    }

    /** Tables are held as dumps hold them, so that none is emptied or made anew meanwhile, which a snapshot would not show. */
    @Override
    public Reading begin(Conversation conversation) throws InterruptedException {
        String snapshot = Rows.only(
                conversation.ask("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;\nSELECT pg_export_snapshot();\n"));
        String tables = conversation.ask(new PostgresSums().listing()).stream()
                .filter(row -> !PostgresSums.isSequence(row))
                .map(PostgresSeeds::named)
                .collect(Collectors.joining(", ONLY "));
        if (!tables.isEmpty()) {
            conversation.ask("SET LOCAL lock_timeout = '60s';\nLOCK TABLE ONLY " + tables + " IN ACCESS SHARE MODE;\n");
        }
        return new Reading(true, Optional.of(snapshot));
    }

    /**
     * Whatever is not over now is at or behind it. In a conversation that sees one moment it is that moment's: whatever has a lower number
     * was over then, so that its rows are among those that were summed up, and those of transactions that were under way then are not
     * taken for old when they are over.
     */
    @Override
    public OptionalLong horizon(Conversation conversation) throws InterruptedException {
        return OptionalLong.of(
                Long.parseLong(Rows.only(conversation.ask("SELECT pg_snapshot_xmin(pg_current_snapshot());\n"))));
    }

    @Override
    public List<Part> parts(
            Conversation conversation,
            Place place,
            Database database,
            Rest rest,
            Map<String, Table> tables,
            Reading reading)
            throws InterruptedException {
        List<List<String>> listed = conversation.ask(new PostgresSums().listing());
        Map<String, String> names =
                listed.stream().collect(Collectors.toMap(PostgresSums::title, PostgresSeeds::named));
        Surroundings around = Surroundings.of(conversation, rest);
        StringBuilder told = new StringBuilder(new Postgres().preamble() + WRITING);
        // All of one moment, the one that was summed up: or foreign keys would lead to rows that are not brought.
        reading.snapshot()
                .ifPresent(snapshot -> told.append("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;\n")
                        .append(PostgresSums.seeing(snapshot)));
        said(told, BEGIN + around.before());
        Map<String, String> which = new LinkedHashMap<>();
        rest.whole().forEach(table -> which.put(table, ""));
        rest.ranges().forEach((table, ranges) -> which.put(table, " WHERE " + within(tables.get(table), ranges)));
        which.forEach((table, rows) -> said(
                told,
                rows.isEmpty()
                        ? "TRUNCATE ONLY " + names.get(table) + ";\n"
                        : "DELETE FROM ONLY " + names.get(table) + rows + ";\n"));
        which.forEach((table, rows) -> {
            String columns = around.columns(table);
            String list = columns.isEmpty() ? "" : " (" + columns + ")";
            said(told, "COPY " + names.get(table) + list + " FROM stdin;\n");
            told.append("COPY ")
                    .append(
                            rows.isEmpty()
                                    ? names.get(table) + list
                                    : "(SELECT " + columns + " FROM ONLY " + names.get(table) + rows + ")")
                    .append(" TO STDOUT;\n");
            said(told, "\\.\n\n");
        });
        StringBuilder end = new StringBuilder(around.after());
        rest.counters().forEach((sequence, standing) -> end.append(counting(names.get(sequence), standing)));
        said(told, end + "\n" + new PostgresDumps().end() + "\n");
        return List.of(new Part("", client(place, database), told.toString()));
    }

    /** The client writes it, with the end of its last line. */
    private static void said(StringBuilder told, String text) {
        told.append("SELECT ")
                .append(literal(text.substring(0, text.length() - 1)))
                .append(";\n");
    }

    private static String within(@org.jspecify.annotations.Nullable Table table, List<String> ranges) {
        if (table == null || table.ranges().isEmpty()) {
            throw new IllegalStateException("only tables with ranges are brought by them");
        }
        String key = identifier(table.ranges().get().key());
        return Sums.within(key, PostgresSums.range(key), ranges);
    }

    private static String counting(@org.jspecify.annotations.Nullable String sequence, String standing) {
        String[] words = standing.split(" ", 2);
        return "SELECT pg_catalog.setval(" + literal(String.valueOf(sequence)) + ", " + Long.parseLong(words[0]) + ", "
                + (words.length == 1) + ");\n";
    }

    /** The administrator's, in a program that writes what it says to a file. */
    private static List<String> client(Place place, Database database) {
        Command client =
                new Postgres().client(place, true, Optional.of(database.name())).command();
        List<String> words = new ArrayList<>();
        if (place.remote().isEmpty()) {
            words.addAll(List.of("runuser", "-u", "postgres", "--"));
        }
        words.add("env");
        client.environment().forEach((name, value) -> words.add(name + "=" + value));
        words.addAll(client.words());
        return words;
    }

    /**
     * What would see rows go and come, or prevent it.
     *
     * @param columns of each table, those that rows are written of, with commas between them
     * @param before what is said before
     * @param after what is said afterwards: all is as it was
     */
    private record Surroundings(Map<String, List<String>> columns, String before, String after) {
        private static final String LOOKING = "SELECT 'column', " + hex("n.nspname") + ", " + hex("c.relname") + ", "
                + hex("a.attname") + " FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n"
                + " ON n.oid = c.relnamespace WHERE " + OURS + " AND c.relkind = 'r' AND a.attnum > 0"
                + " AND NOT a.attisdropped AND a.attgenerated = '' ORDER BY n.nspname, c.relname, a.attnum;\n"
                + "SELECT 'trigger', " + hex("n.nspname") + ", " + hex("c.relname") + ", " + hex("t.tgname")
                + ", t.tgenabled FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n"
                + " ON n.oid = c.relnamespace WHERE " + OURS + " AND NOT t.tgisinternal ORDER BY 2, 3, 4;\n"
                + "SELECT 'key', " + hex("n.nspname") + ", " + hex("c.relname") + ", " + hex("k.conname") + ", "
                + hex("pg_get_constraintdef(k.oid)") + ", "
                + hex("COALESCE(obj_description(k.oid, 'pg_constraint'), '')") + ", " + hex("m.nspname") + ", "
                + hex("f.relname") + " FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n"
                + " ON n.oid = c.relnamespace JOIN pg_class f ON f.oid = k.confrelid JOIN pg_namespace m"
                + " ON m.oid = f.relnamespace WHERE " + OURS + " AND k.contype = 'f' ORDER BY 2, 3, 4;\n";

        private static String hex(String text) {
            return "encode(convert_to(" + text + "::text, 'UTF8'), 'hex')";
        }

        static Surroundings of(Conversation conversation, Rest rest) throws InterruptedException {
            List<List<String>> rows = conversation.ask(LOOKING);
            Predicate<String> touched =
                    table -> rest.whole().contains(table) || rest.ranges().containsKey(table);
            Map<String, List<String>> columns = new LinkedHashMap<>();
            Rows.of("column", rows)
                    .forEach(row -> columns.computeIfAbsent(title(row, 1), table -> new ArrayList<>())
                            .add(identifier(Rows.text(row.get(3)))));
            StringBuilder before = new StringBuilder();
            StringBuilder after = new StringBuilder();
            for (List<String> row : Rows.of("key", rows)) {
                if (touched.test(title(row, 1)) || touched.test(title(row, 6))) {
                    key(row, before, after);
                }
            }
            for (List<String> row : Rows.of("trigger", rows)) {
                if (touched.test(title(row, 1))) {
                    String trigger = " TRIGGER " + identifier(Rows.text(row.get(3))) + ";\n";
                    before.append("ALTER TABLE ")
                            .append(named(row))
                            .append(" DISABLE")
                            .append(trigger);
                    after.append("ALTER TABLE ")
                            .append(named(row))
                            .append(enabled(row.get(4)))
                            .append(trigger);
                }
            }
            return new Surroundings(columns, before.toString(), after.toString());
        }

        private static void key(List<String> row, StringBuilder before, StringBuilder after) {
            String name = identifier(Rows.text(row.get(3)));
            before.append("ALTER TABLE ")
                    .append(named(row))
                    .append(" DROP CONSTRAINT IF EXISTS ")
                    .append(name)
                    .append(";\n");
            after.append("ALTER TABLE ")
                    .append(named(row))
                    .append(" ADD CONSTRAINT ")
                    .append(name)
                    .append(' ')
                    .append(Rows.text(row.get(4)))
                    .append(";\n");
            String comment = Rows.text(row.get(5));
            if (!comment.isEmpty()) {
                after.append("COMMENT ON CONSTRAINT ")
                        .append(name)
                        .append(" ON ")
                        .append(named(row))
                        .append(" IS ")
                        .append(literal(comment))
                        .append(";\n");
            }
        }

        private static String title(List<String> row, int from) {
            return PostgresText.title(Rows.text(row.get(from)), Rows.text(row.get(from + 1)));
        }

        private static String enabled(String how) {
            return switch (how) {
                case "D" -> " DISABLE";
                case "R" -> " ENABLE REPLICA";
                case "A" -> " ENABLE ALWAYS";
                default -> " ENABLE";
            };
        }

        String columns(String table) {
            return String.join(", ", columns.getOrDefault(table, List.of()));
        }
    }
}
