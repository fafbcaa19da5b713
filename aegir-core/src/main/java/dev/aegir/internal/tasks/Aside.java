// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal.tasks;

import dev.aegir.host.Command;
import dev.aegir.host.Host;
import dev.aegir.host.Mounts;
import dev.aegir.model.HostPath;
import dev.aegir.model.Id;
import dev.aegir.model.Tree;
import java.time.Duration;
import java.util.stream.Stream;

/** Where the files of a site are while others take their place: in its home, so that they are switched by renaming. */
final class Aside {
    /**
     * What lies in the directories of a directory of root's goes two at a time: nobody can put a link in place of any directory
     * that leads there. Then all the rest goes, and is told when it does not.
     */
    private static final String REMOVE = """
            # remove a directory
            for each in "$@"; do
                [ -d "$each" ] && [ ! -L "$each" ] || continue
                find "$each" -xdev -mindepth 2 -maxdepth 2 -type d -print0 2>/dev/null |
                    xargs -0 -r -n 16 -P 2 rm -rf --one-file-system --preserve-root=all -- 2>/dev/null
            done
            exec rm -rf --one-file-system -- "$@"
            """;

    private Aside() {}

    /** What was brought from a backup. */
    static HostPath restored(Tree home, Id backup) {
        return home.directory().child(".restored-" + backup);
    }

    /** What the site had before. */
    static HostPath former(Tree home, Id backup) {
        return home.directory().child(".before-" + backup);
    }

    /** Never follows a link, nor goes into what is mounted. */
    static void remove(Host host, HostPath... directories) throws InterruptedException {
        Mounts.requireNone(host, directories);
        host.run(Command.of("sh", "-c", REMOVE, "aegir-remove")
                        .with(Stream.of(directories).map(HostPath::value).toArray(String[]::new))
                        .timeout(Duration.ofHours(1)))
                .orThrow();
    }
}
