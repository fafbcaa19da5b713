// SPDX-License-Identifier: Apache-2.0
package dev.aegir.model;

import java.util.List;

/** Text in columns, as wide as what is in them. What moves cursors is shown as a question mark. */
final class TextTable {
    private TextTable() {}

    /** One line for each row, all of which have as many cells; without spaces at the ends of lines. */
    static String of(List<List<String>> said) {
        List<List<String>> rows = said.stream()
                .map(row -> row.stream()
                        .map(cell -> cell.replaceAll("[\\p{Cc}\\p{Cf}]", "?"))
                        .toList())
                .toList();
        int[] widths = new int[rows.isEmpty() ? 0 : rows.get(0).size()];
        for (List<String> row : rows) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        StringBuilder table = new StringBuilder();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < widths.length; i++) {
                line.append(row.get(i)).append(" ".repeat(widths[i] - row.get(i).length() + 2));
            }
            table.append(line.toString().stripTrailing()).append('\n');
        }
        return table.toString();
    }
}
