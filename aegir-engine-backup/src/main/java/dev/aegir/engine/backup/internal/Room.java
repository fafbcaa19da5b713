// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.backup.internal;

import dev.aegir.host.CommandResult;
import dev.aegir.host.Host;
import dev.aegir.model.RefusedException;
import dev.aegir.model.Tree;
import java.util.ArrayList;
import java.util.List;

/** Where parts of a backup are wanted: directories that are missing or empty, and are so again when it is taken back. */
public final class Room {
    private Room() {}

    /** Whether the directory is missing. Refused when there is something in it that would be unpacked over. */
    public static boolean missing(Host host, Tree tree) throws InterruptedException {
        return run(host, tree, "look").startsWith("+");
    }

    /** The directory is there. */
    public static void make(Host host, Tree tree) throws InterruptedException {
        run(host, tree, "make");
    }

    /** What was unpacked is gone, and the directory too if it was missing. */
    public static void clear(Host host, Tree tree, boolean wasMissing) throws InterruptedException {
        run(host, tree, wasMissing ? "gone" : "undo");
    }

    /** Paths as scripts want them: none can be taken for an option. */
    public static List<String> paths(List<String> paths) {
        return paths.stream().map(path -> path.isEmpty() ? "." : "./" + path).toList();
    }

    private static String run(Host host, Tree tree, String verb) throws InterruptedException {
        List<String> words = new ArrayList<>(
                List.of(verb, tree.account().orElse(""), tree.directory().value()));
        words.addAll(paths(tree.paths()));
        CommandResult result = host.run(Scripts.command(Room.class, "backup", List.of("room"), words));
        if (!result.succeeded()) {
            throw new RefusedException(host.server() + ": " + result.stderr().strip());
        }
        return result.stdout();
    }
}
