// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal.tasks;

import dev.aegir.host.Command;
import dev.aegir.host.Host;
import dev.aegir.host.Mounts;
import dev.aegir.model.HostPath;
import dev.aegir.model.Id;
import dev.aegir.model.Tree;
import java.time.Duration;

/** Where the files of a site are while others take their place: in its home, so that they are switched by renaming. */
final class Aside {
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
    static void remove(Host host, HostPath directory) throws InterruptedException {
        Mounts.requireNone(host, directory);
        host.run(Command.of("rm", "-rf", "--one-file-system", "--", directory.value())
                        .timeout(Duration.ofHours(1)))
                .orThrow();
    }
}
