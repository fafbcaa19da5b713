// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.backup.restic;

import com.fasterxml.jackson.databind.JsonNode;
import dev.aegir.engine.backup.DamagedBackupException;
import dev.aegir.engine.backup.internal.Entry;
import dev.aegir.engine.backup.internal.Inspection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** What is in a snapshot, as it is listed. Not thread-safe. */
final class Listing {
    private static final char LOST = '\uFFFD';
    private static final Map<String, Character> TYPES =
            Map.of("file", '-', "dir", 'd', "symlink", 'l', "fifo", 'p', "dev", 'b', "chardev", 'c');

    private final Map<String, Count> counts = new TreeMap<>();
    private final Map<String, Inspection> inspections;
    private final Set<String> lostDirectories = new HashSet<>();
    private Optional<Snapshot> snapshot = Optional.empty();
    private long lost;

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

    /** With what looks at each entry of some parts. */
    Listing(Map<String, Inspection> inspections) {
        this.inspections = Map.copyOf(inspections);
    }

    static Listing of(Restic restic, String snapshot, Map<String, Inspection> inspections) throws InterruptedException {
        Listing listing = new Listing(inspections);
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
        if (path.length < 3 || type.equals("socket")) {
            return; // Nobody restores sockets.
        }
        long bytes = type.equals("file") ? node.path("size").asLong() : 0;
        if (Set.of("file", "dir", "symlink").contains(type)) {
            counts.merge(path[1], Count.NONE.and(bytes), (all, one) -> all.and(one.bytes()));
        }
        Optional.ofNullable(inspections.get(path[1]))
                .ifPresent(inspection -> inspect(inspection, path[2], type, bytes));
    }

    /** Names that are no UTF-8 are listed with what cannot be read replaced, and so may look the same. */
    private void inspect(Inspection inspection, String name, String type, long bytes) {
        boolean unclear = name.indexOf(LOST) >= 0;
        String one = name;
        if (unclear && type.equals("dir")) {
            if (!lostDirectories.add(name)) {
                return;
            }
        } else if (unclear) {
            one = name + LOST + lost++;
        }
        // Where links lead is not listed; that is looked at once they are there, before anybody could follow them.
        inspection.next(new Entry(
                TYPES.getOrDefault(type, '?'),
                "---------",
                bytes,
                one,
                type.equals("symlink") ? Optional.of(".") : Optional.empty(),
                true));
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
