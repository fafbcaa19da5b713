// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Keys of large tables of MariaDB that are made after the rows: sorted once, rather than in as many places as there are rows. Only
 * keys that nothing depends on, of tables whose statement looks exactly as mariadb-dump writes it. For one thread.
 */
final class LateKeys {
    /** Tables with fewer rows are not worth it. */
    private static final long MANY = 20_000;

    private static final Pattern FIRST = Pattern.compile("\\s*CREATE TABLE `((?:[^`\n]|``)+)` \\(");
    private static final Pattern COLUMN = Pattern.compile("  `((?:[^`\n]|``)+)` [^\n]*");
    private static final Pattern LAST = Pattern.compile("\\) ENGINE=InnoDB [^\n]*;");
    private static final String KEY = "  KEY `";

    /** How many rows tables have, by their names in the bytes of the dump. */
    private final Map<String, Long> rows;

    private final List<Late> later = new ArrayList<>();

    /**
     * What is made later.
     *
     * @param rows of how many rows
     * @param statement the statement
     */
    private record Late(long rows, String statement) {}

    LateKeys(Map<String, Long> rows) {
        this.rows = Map.copyOf(rows);
    }

    /** The statement that makes a table, as it is made first. Characters are bytes. */
    String now(String create) {
        String[] lines = create.strip().split("\n", -1);
        Matcher first = FIRST.matcher(lines[0]);
        int last = lines.length - 1;
        if (!first.matches() || !LAST.matcher(lines[last]).matches()) {
            return create;
        }
        long many = rows.getOrDefault(first.group(1).replace("``", "`"), 0L);
        Optional<List<String>> kept = kept(lines);
        if (many < MANY || kept.isEmpty() || kept.get().size() == last - 1) {
            return create;
        }
        List<String> added = new ArrayList<>();
        for (int i = 1; i < last; i++) {
            if (lines[i].startsWith(KEY)) {
                added.add("ADD " + withoutComma(lines[i].strip()));
            }
        }
        later.add(new Late(
                many,
                "SET SQL_MODE='NO_AUTO_VALUE_ON_ZERO';\nALTER TABLE `" + first.group(1) + "` "
                        + String.join(", ", added) + ";\n"));
        return lines[0] + "\n" + String.join(",\n", kept.get()) + "\n" + lines[last] + "\n";
    }

    /** The lines that stay, without commas; nothing when one of the table is not understood. */
    private static Optional<List<String>> kept(String[] lines) {
        List<String> kept = new ArrayList<>();
        String counting = "";
        boolean counts = false;
        for (int i = 1; i < lines.length - 1; i++) {
            String line = withoutComma(lines[i]);
            Matcher column = COLUMN.matcher(line);
            boolean primary = line.startsWith("  PRIMARY KEY (");
            if (column.matches()) {
                counting = line.contains(" AUTO_INCREMENT") ? column.group(1) : counting;
            } else if (!primary && !line.startsWith("  UNIQUE KEY `") && !line.startsWith(KEY)) {
                return Optional.empty();
            }
            counts |= primary && line.startsWith("  PRIMARY KEY (`" + counting + "`");
            if (!line.startsWith(KEY)) {
                kept.add(line);
            }
        }
        return counting.isEmpty() || counts ? Optional.of(kept) : Optional.empty();
    }

    private static String withoutComma(String line) {
        return line.endsWith(",") ? line.substring(0, line.length() - 1) : line;
    }

    /** What is made when all rows are there, the longest first. */
    List<String> then() {
        return later.stream()
                .sorted(Comparator.comparingLong((Late late) -> -late.rows()))
                .map(Late::statement)
                .toList();
    }
}
