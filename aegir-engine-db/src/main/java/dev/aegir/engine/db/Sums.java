// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import java.util.List;
import java.util.Map;

/** How databases are summed up, which is different between database servers. Stateless. */
interface Sums {
    /** How many values of a key are a range: few enough to travel quickly when one of them has changed. */
    int RANGE = 5_000;

    /** Into how many sums the ranges of a table go at most. */
    int MOST = 512;

    static Sums of(Software software) {
        return software == Software.MARIADB ? new MariaDbSums() : new PostgresSums();
    }

    /** What a session begins with, so that values are written alike wherever they are. */
    String preamble();

    /** The statement that lists what {@link #statements} needs to know. */
    String listing();

    /** The statements that sum up, by table: each answers rows of a range, rows and sum. */
    Map<String, String> statements(List<List<String>> listed);

    /** About how many bytes each table has, by the same names. */
    Map<String, Long> sizes(List<List<String>> listed);
}
