// SPDX-License-Identifier: Apache-2.0
package dev.aegir.host;

import dev.aegir.model.HostPath;
import dev.aegir.model.RefusedException;

/**
 * What is mounted within a tree, before that is removed: {@code rm --one-file-system} goes on into a directory of the same file
 * system that is mounted a second time, and so would remove what somebody else has elsewhere.
 */
public final class Mounts {
    private static final int POINT = 4;

    private Mounts() {}

    /**
     * Refuses trees at which, or within which, something is mounted.
     *
     * @param host where they are
     * @param trees the trees
     * @throws RefusedException when something is mounted there; it says where
     * @throws InterruptedException when the caller is interrupted
     */
    public static void requireNone(Host host, HostPath... trees) throws InterruptedException {
        String all =
                host.run(Command.of("cat", "/proc/self/mountinfo")).orThrow().stdout();
        for (String line : all.split("\n")) {
            String[] fields = line.split(" ");
            for (HostPath tree : trees) {
                if (fields.length > POINT && (plain(fields[POINT]) + "/").startsWith(tree + "/")) {
                    throw new RefusedException(host.server() + ": " + plain(fields[POINT]) + " is mounted within "
                            + tree + ", which is to be removed: unmount it, then go on with the task.");
                }
            }
        }
    }

    /** The kernel writes what would end a field in octal. */
    private static String plain(String point) {
        return point.replace("\\040", " ")
                .replace("\\011", "\t")
                .replace("\\012", "\n")
                .replace("\\134", "\\");
    }
}
