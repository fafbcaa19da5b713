// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.backup.restic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.aegir.engine.backup.DamagedBackupException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * What is known of a snapshot without starting restic once more, which takes it half a second for its password alone: every file
 * that the repository has got was read and has the checksum that is its name; and nobody has written the trees for a while, so that
 * what is in them is what is in the snapshot, of which restic has counted the same.
 *
 * @param snapshot its id
 * @param entries how many files, directories and links, by part
 * @param bytes the length of all files, by part
 */
record ReadBack(String snapshot, Map<String, Long> entries, Map<String, Long> bytes) {
    /** What the script has found; nothing when restic has to say it. */
    static Optional<ReadBack> of(List<JsonNode> said, Repository repository, Set<String> parts) {
        JsonNode found = message(said, "aegir");
        String damaged = found.path("damaged").asText().strip();
        if (!damaged.isEmpty()) {
            throw new DamagedBackupException("The repository " + repository + " was written, and what is there now is"
                    + " something else: " + damaged + ". Find out what happens to this disk.");
        }
        JsonNode summary = message(said, "summary");
        String snapshot = found.path("snapshot").asText();
        Map<String, Long> entries = new TreeMap<>();
        Map<String, Long> bytes = new TreeMap<>();
        for (String part : parts) {
            JsonNode counted = found.path("parts").path(part);
            entries.put(part, counted.path("entries").asLong(-1));
            bytes.put(part, counted.path("bytes").asLong(-1));
        }
        boolean known = found.path("still").asBoolean(false)
                && snapshot.matches("[0-9a-f]{64}")
                && !entries.containsValue(-1L)
                && !bytes.containsValue(-1L);
        boolean same = found.path("files").asLong(-1)
                        == summary.path("total_files_processed").asLong(-2)
                && bytes.values().stream().mapToLong(Long::longValue).sum()
                        == summary.path("total_bytes_processed").asLong(-2);
        return known && same ? Optional.of(new ReadBack(snapshot, entries, bytes)) : Optional.empty();
    }

    private static JsonNode message(List<JsonNode> said, String type) {
        return said.stream()
                .filter(line -> line.path("message_type").asText().equals(type))
                .reduce((first, last) -> last)
                .orElse(MissingNode.getInstance());
    }
}
