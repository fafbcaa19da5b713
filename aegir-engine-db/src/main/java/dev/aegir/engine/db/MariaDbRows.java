// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import static dev.aegir.engine.db.MariaDbText.identifier;
import static dev.aegir.engine.db.MariaDbText.literal;

import dev.aegir.model.Database;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Rows as mariadb-dump has written them since 10.7, each on a line of its own, which {@code LOAD DATA} reads as they are: strings
 * are escaped as it wants them, {@code NULL} is a word, and bytes are hexadecimal. Only of tables all of whose columns are known to
 * arrive exactly so. The client may send one file to the server, and is told to send what comes on its standard input. It runs as
 * nobody who has a file: a server that asks for another gets none.
 */
final class MariaDbRows implements RowForm {
    private static final Set<String> PLAIN = Set.of(
            "tinyint",
            "smallint",
            "mediumint",
            "int",
            "bigint",
            "decimal",
            "float",
            "double",
            "year",
            "date",
            "datetime",
            "timestamp",
            "time");
    private static final Set<String> TEXTS =
            Set.of("char", "varchar", "tinytext", "text", "mediumtext", "longtext", "enum", "set");
    private static final Set<String> BYTES =
            Set.of("binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob");

    /** More does not fit into a word of a command. */
    private static final int LONGEST = 30_000;

    /**
     * Where a run of rows of one table begins and ends, and the statement that they belong to, which the run has many times. Whatever
     * else there is ends it.
     */
    static final String FIND = """
            LC_ALL=C grep -a -b -v '^(' -- "$1" | LC_ALL=C awk '
                { colon = index($0, ":"); at = substr($0, 1, colon - 1); text = substr($0, colon + 1) }
                run != "" && text == run { next }
                run != "" { print begin, at, run; run = "" }
                text ~ /^(INSERT|REPLACE) INTO `.*` VALUES$/ { begin = at; run = text }
            '
            """;

    private static final Pattern FOUND = Pattern.compile("(\\d+) (\\d+) (INSERT|REPLACE) INTO `((?:[^`]|``)+)` VALUES");

    /**
     * A row ends with a comma, or with a semicolon where a statement does. The account is one that Debian and systemd leave unused;
     * what it is given is made its own, so that it can be opened by name.
     */
    static final String TAKING = """
            LC_ALL=C sed -e '/^(/!d' -e 's/);$/),/' | {
                chown 65530 /proc/self/fd/0 /proc/self/fd/3
                exec setpriv --reuid=65530 --regid=65530 --clear-groups --no-new-privs -- "$@"
            }
            """;

    /** As all dumps begin that this program makes. */
    private static final String SETTINGS =
            "SET SESSION sql_mode='NO_AUTO_VALUE_ON_ZERO', time_zone='+00:00', unique_checks=0, foreign_key_checks=0; ";

    /**
     * Whether files are taken, and large transactions are welcome: in a cluster of Galera they are not. Where statements are written
     * to a log of changes as they are, each of these has a warning.
     */
    private static final String TAKES =
            "SELECT @@GLOBAL.local_infile AND NOT (@@GLOBAL.log_bin AND @@GLOBAL.binlog_format ="
                    + " 'STATEMENT') AND NOT EXISTS (SELECT 1 FROM information_schema.SYSTEM_VARIABLES WHERE VARIABLE_NAME = 'WSREP_ON'"
                    + " AND GLOBAL_VALUE = 'ON');\n";

    /** A file that is sent is taken as with {@code IGNORE}: what is not exact is a warning only. */
    private static final String ANSWER = "0 warnings";

    private final Session session;
    private final Database database;
    private final NavigableMap<Long, Run> runs = new TreeMap<>();

    /**
     * Rows of one table.
     *
     * @param table its name
     * @param replaces whether each comes in the place of another with the same key
     * @param length how many bytes they are, with the statements that they belong to
     */
    record Run(String table, boolean replaces, long length) {}

    private MariaDbRows(Session session, Database database) {
        this.session = session;
        this.database = database;
    }

    /** Nothing where the server takes no files, or is not the one whose socket is there. */
    static Optional<RowForm> of(Session session, Database database) throws InterruptedException {
        boolean here = session.place().remote().isEmpty();
        return here && Rows.yes(Rows.only(session.read(TAKES)))
                ? Optional.of(new MariaDbRows(session, database))
                : Optional.empty();
    }

    @Override
    public String find() {
        return FIND;
    }

    @Override
    public NavigableMap<Long, Long> blocks(String found) {
        runs.putAll(runs(found));
        NavigableMap<Long, Long> blocks = new TreeMap<>();
        runs.forEach((begin, run) -> blocks.put(begin, run.length()));
        return blocks;
    }

    /** Large ones, by where they begin. */
    static NavigableMap<Long, Run> runs(String found) {
        NavigableMap<Long, Run> runs = new TreeMap<>();
        for (String line : found.split("\n")) {
            Matcher said = FOUND.matcher(line);
            if (said.matches()) {
                long begin = Long.parseLong(said.group(1));
                long length = Long.parseLong(said.group(2)) - begin;
                if (length >= LARGE) {
                    boolean replaces = said.group(3).equals("REPLACE");
                    runs.put(begin, new Run(said.group(4).replace("``", "`"), replaces, length));
                }
            }
        }
        return runs;
    }

    @Override
    public Optional<Taker> taker(String statement, long offset) throws InterruptedException {
        Run run = runs.get(offset);
        return run == null ? Optional.empty() : taker(run);
    }

    private Optional<Taker> taker(Run run) throws InterruptedException {
        String table = run.table();
        List<List<String>> columns = session.read("SELECT HEX(COLUMN_NAME), DATA_TYPE, COALESCE(COLLATION_NAME, ''),"
                + " EXTRA LIKE '%auto_increment%', COALESCE(GENERATION_EXPRESSION, '') = ''"
                + " AND EXTRA NOT LIKE '%GENERATED%' AND EXTRA NOT LIKE '%INVISIBLE%' FROM"
                + " information_schema.COLUMNS WHERE TABLE_SCHEMA = " + literal(database.name())
                + " AND BINARY TABLE_SCHEMA = " + literal(database.name()) + " AND TABLE_NAME = " + literal(table)
                + " AND BINARY TABLE_NAME = " + literal(table) + " ORDER BY ORDINAL_POSITION;\n");
        if (columns.isEmpty() || !columns.stream().allMatch(MariaDbRows::isExact)) {
            return Optional.empty();
        }
        String load = SETTINGS + loading(run, columns) + "; SELECT CONCAT(@@warning_count, ' warnings');";
        // Whoever writes a number that counts keeps the others from it to the end of the statement.
        boolean together = columns.stream().noneMatch(row -> Rows.yes(row.get(3)));
        return load.length() > LONGEST
                ? Optional.empty()
                : Optional.of(new Taker(new MariaDbDumps().sending(database, load), together, ANSWER));
    }

    /** Whether what dumps say of a column is what it becomes. Bits, shapes, addresses and whatever comes later are not known to be. */
    private static boolean isExact(List<String> row) {
        boolean text = TEXTS.contains(row.get(1)) && !row.get(2).isEmpty();
        return Rows.yes(row.get(4)) && (text || PLAIN.contains(row.get(1)) || BYTES.contains(row.get(1)));
    }

    private static String loading(Run run, List<List<String>> columns) {
        List<String> read = new ArrayList<>();
        List<String> set = new ArrayList<>();
        boolean bytes = columns.stream().anyMatch(row -> BYTES.contains(row.get(1)));
        for (List<String> row : columns) {
            String name = identifier(Rows.text(row.get(0)));
            String variable = "@b" + read.size();
            if (BYTES.contains(row.get(1))) {
                read.add(variable);
                // 0x and digits, or an empty string, or nothing.
                set.add(name + " = UNHEX(SUBSTR(" + variable + ", 3))");
            } else if (bytes && Rows.yes(row.get(3))) {
                // Where anything is set, only what is set may be the number 0 and not the next one (seen in 10.11).
                read.add(variable);
                set.add(name + " = " + variable);
            } else {
                read.add(name);
            }
        }
        return "LOAD DATA LOCAL INFILE '/dev/stdin'" + (run.replaces() ? " REPLACE" : "") + " INTO TABLE "
                + identifier(run.table()) + " CHARACTER SET utf8mb4"
                + " FIELDS TERMINATED BY ',' OPTIONALLY ENCLOSED BY '\\'' ESCAPED BY '\\\\'"
                + " LINES STARTING BY '(' TERMINATED BY '),\\n' (" + String.join(", ", read) + ")"
                + (set.isEmpty() ? "" : " SET " + String.join(", ", set));
    }

    @Override
    public String taking() {
        return TAKING;
    }
}
