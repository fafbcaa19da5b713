// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;

/** Reads what clients print. Texts come in hexadecimal, so that nothing in them is taken for a column or a line. */
final class Rows {
    private Rows() {}

    static String text(String hex) {
        return new String(HexFormat.of().parseHex(hex), StandardCharsets.UTF_8);
    }

    static boolean yes(String column) {
        return column.equals("1") || column.equals("t");
    }

    /** The rows of a kind, which the first column says. */
    static List<List<String>> of(String kind, List<List<String>> rows) {
        return rows.stream().filter(row -> row.get(0).equals(kind)).toList();
    }

    /** The only column of the only row. */
    static String only(List<List<String>> rows) {
        return rows.isEmpty() ? "" : rows.get(0).get(0);
    }
}
