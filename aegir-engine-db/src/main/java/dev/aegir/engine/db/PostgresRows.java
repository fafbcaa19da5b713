// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import dev.aegir.model.Database;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/** Rows of {@code COPY}: lines, of which none is what ends them. */
record PostgresRows(Place place, Database database) implements RowForm {
    private static final String END = "\\.";

    @Override
    public String find() {
        return "LC_ALL=C grep -a -b -x -e 'COPY .* FROM stdin;' -e '\\\\[.]' -- \"$1\" || [ $? -eq 1 ]";
    }

    /** What looks like a beginning within rows is a row. */
    @Override
    public NavigableMap<Long, Long> blocks(String found) {
        NavigableMap<Long, Long> blocks = new TreeMap<>();
        long begin = -1;
        for (String line : found.split("\n")) {
            int colon = line.indexOf(':');
            if (colon < 1) {
                continue;
            }
            long offset = Long.parseLong(line.substring(0, colon));
            String text = line.substring(colon + 1);
            if (!text.equals(END)) {
                begin = begin < 0 ? offset + text.getBytes(StandardCharsets.UTF_8).length + 1 : begin;
            } else if (begin >= 0) {
                if (offset - begin >= LARGE) {
                    blocks.put(begin, offset - begin);
                }
                begin = -1;
            }
        }
        return blocks;
    }

    @Override
    public Optional<Taker> taker(String statement, long offset) {
        return Optional.of(new Taker(
                new PostgresDumps()
                        .telling(
                                place,
                                database,
                                List.of("--command=SET xmloption = content", "--command=" + statement)),
                true,
                ""));
    }

    @Override
    public String taking() {
        return "\"$@\"";
    }
}
