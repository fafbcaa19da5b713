// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.backup.restic;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/**
 * A snapshot.
 *
 * @param id the checksum of the file that restic keeps it as; that has the checksum of all directories and files in it
 * @param tags its tags
 */
record Snapshot(String id, List<String> tags) {
    static Snapshot of(JsonNode node) {
        List<String> tags = new ArrayList<>();
        node.path("tags").forEach(tag -> tags.add(tag.asText()));
        return new Snapshot(node.path("id").asText(), tags);
    }

    /** All of a list. */
    static List<Snapshot> all(JsonNode list) {
        List<Snapshot> all = new ArrayList<>();
        list.forEach(each -> all.add(of(each)));
        return all;
    }
}
