// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** How databases are summed up, which is different between database servers. Stateless. */
interface Sums {
    /** How many values of a key are a range: few enough to travel quickly when one of them has changed. */
    int RANGE = 5_000;

    /** Into how many sums the ranges of a table go at most. */
    int MOST = 512;

    /**
     * How that is done.
     *
     * @param quick by the hash that only some servers know, see {@link Seeds#quick}
     */
    static Sums of(Software software, boolean quick) {
        return software.speaksMySql() ? new MariaDbSums(quick) : new PostgresSums();
    }

    /** What a session begins with, so that values are written alike wherever they are. */
    String preamble();

    /** The statement that lists what {@link #statements} needs to know. */
    String listing();

    /**
     * The statements that ask for the least and the greatest value of the keys of these tables: each answers the table's name in
     * hexadecimal and both, which are empty where there are no rows. Only of tables whose rows are stored in the order of that key, so that a piece is read by itself.
     */
    default String bounds(List<List<String>> listed, Collection<String> tables) {
        return "";
    }

    /**
     * The statements that sum up, by table: each answers rows of a range, rows and sum. What several say of a range is added up.
     *
     * @param only of some tables, the ranges that are summed up and no others; all rows of them are counted too, as
     *     {@link DatabaseSums#COUNTED}
     * @param cuts of some that have {@link #bounds}, values of the key at which they are cut into pieces, a statement for each
     */
    Map<String, List<String>> statements(
            List<List<String>> listed, Map<String, List<String>> only, Map<String, List<Long>> cuts);

    /**
     * The statements that count, by table: each answers rows of a range, how many there are, and how many of them may have been written
     * since a horizon. Nothing of tables of which the server does not tell.
     */
    default Map<String, String> newer(List<List<String>> listed, long horizon) {
        return Map.of();
    }

    /** What holds for the rows of some ranges: they are found by the key, but for keys beyond those that have a range of their own. */
    static String within(String key, String range, Collection<String> ranges) {
        String near = ranges.stream()
                .mapToLong(Long::parseLong)
                .filter(each -> each >= 0)
                .mapToObj(each -> key + " BETWEEN " + each * RANGE + " AND " + (each * RANGE + RANGE - 1))
                .collect(Collectors.joining(" OR "));
        return "(" + near + (near.isEmpty() ? "" : " OR ") + key + " < 0 OR " + key + " >= " + (long) RANGE * MOST
                + ") AND " + range + " IN ("
                + ranges.stream()
                        .map(each -> String.valueOf(Long.parseLong(each)))
                        .collect(Collectors.joining(", "))
                + ")";
    }

    /** What holds for the rows of each piece: of every row for one of them, whatever its key. */
    static List<String> pieces(String key, List<Long> cuts) {
        List<String> pieces = new ArrayList<>();
        for (int i = 0; i <= cuts.size(); i++) {
            String from = i == 0 ? "" : key + " >= " + cuts.get(i - 1);
            String to = i == cuts.size() ? "" : key + " < " + cuts.get(i);
            pieces.add(from + (from.isEmpty() || to.isEmpty() ? "" : " AND ") + to);
        }
        return pieces;
    }

    /** About how many bytes each table has, by the same names. */
    Map<String, Long> sizes(List<List<String>> listed);
}
