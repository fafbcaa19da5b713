// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.backup.restic;

import dev.aegir.model.Id;
import java.util.List;

/** What the snapshots of a backup are tagged with. */
final class Tags {
    private Tags() {}

    /** All of them. */
    static List<String> of(Repository repository, Id owner, Id backup) {
        return List.of(repository.tag(), "aegir-owner-" + owner, backup(backup));
    }

    /** The one that says which backup it is. */
    static String backup(Id backup) {
        return "aegir-backup-" + backup;
    }

    /** As restic wants to be told of several at once. */
    static String joined(List<String> tags) {
        return String.join(",", tags);
    }

    /** The ids of the snapshots of a backup. */
    static List<String> find(Restic restic, List<String> tags, boolean killed) throws InterruptedException {
        return Json.lines(restic.run("find", List.of(joined(tags), killed ? "killed" : ""))
                        .output())
                .stream()
                .flatMap(list -> Snapshot.all(list).stream())
                .filter(snapshot -> snapshot.tags().containsAll(tags))
                .map(Snapshot::id)
                .toList();
    }
}
