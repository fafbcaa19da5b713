// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.app;

import java.util.List;
import java.util.Locale;

/**
 * What a build has brought.
 *
 * @param revision what exactly
 * @param files how many files
 * @param bytes how big they are together
 * @param notes what people should know about it
 */
record Brought(String revision, long files, long bytes, List<String> notes) {
    static Brought read(String said) {
        String revision = "";
        long files = 0;
        long bytes = 0;
        for (String line : said.lines().toList()) {
            if (line.startsWith("revision ")) {
                revision = line.substring(9);
            } else if (line.startsWith("files ")) {
                files = Long.parseLong(line.substring(6));
            } else if (line.startsWith("bytes ")) {
                bytes = Long.parseLong(line.substring(6));
            }
        }
        List<String> notes = said.lines()
                .filter(line -> line.startsWith("note "))
                .map(line -> line.substring(5))
                .toList();
        return new Brought(revision, files, bytes, notes);
    }

    @Override
    public String toString() {
        return revision + ": " + files + " files, " + String.format(Locale.ROOT, "%.1f MB", bytes / 1e6);
    }
}
