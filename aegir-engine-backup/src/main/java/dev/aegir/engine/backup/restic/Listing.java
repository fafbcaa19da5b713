// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.backup.restic;

import com.fasterxml.jackson.databind.JsonNode;
import dev.aegir.engine.backup.DamagedBackupException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** What is in a snapshot, as it is listed. Not thread-safe. */
final class Listing {
    private final Map<String, Count> counts = new TreeMap<>();
    private Optional<Snapshot> snapshot = Optional.empty();

    /**
     * How much of a part there is.
     *
     * @param entries how many files, directories and links
     * @param bytes the length of all files
     */
    record Count(long entries, long bytes) {
        static final Count NONE = new Count(0, 0);

        Count and(long more) {
            return new Count(entries + 1, bytes + more);
        }

        @Override
        public String toString() {
            return entries + " entries, " + bytes + " bytes";
        }
    }

    private Listing() {}

    static Listing of(Restic restic, String snapshot) throws InterruptedException {
        Listing listing = new Listing();
        var ended = restic.stream("ls", List.of(snapshot), listing::next);
        if (ended.exit() != 0 && ended.complaints().contains("ciphertext verification failed")) {
            throw new DamagedBackupException(
                    restic.host().server() + ": the snapshot " + snapshot + " cannot be read: " + ended.why());
        }
        restic.checked(ended);
        return listing;
    }

    private boolean next(String line) {
        JsonNode node = Json.line(line);
        switch (node.path("struct_type").asText()) {
            case "snapshot" -> snapshot = Optional.of(Snapshot.of(node));
            case "node" -> entry(node);
            default -> {}
        }
        return true;
    }

    private void entry(JsonNode node) {
        String type = node.path("type").asText();
        String[] path = node.path("path").asText().split("/", 3); // Empty, the part, what is below it.
        if (path.length == 3 && Set.of("file", "dir", "symlink").contains(type)) {
            long bytes = type.equals("file") ? node.path("size").asLong() : 0;
            counts.merge(path[1], Count.NONE.and(bytes), (all, one) -> all.and(one.bytes()));
        }
    }

    /** Which it is; absent when there is none of this id. */
    Optional<Snapshot> snapshot() {
        return snapshot;
    }

    /** How much of a part there is. */
    Count count(String part) {
        return counts.getOrDefault(part, Count.NONE);
    }
}
