// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.backup.internal;

import dev.aegir.host.CommandResult;
import dev.aegir.host.Host;
import dev.aegir.model.HostPath;
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

    /**
     * A directory beside the paths of a tree, in which what they will have waits until it may be used. Nobody but the tree's account
     * writes there, and nobody at all any more when it is looked at and renamed.
     *
     * @param host where
     * @param wanted the tree; none of its paths is the whole directory
     * @param name what it is called
     */
    public record Beside(Host host, Tree wanted, String name) {
        /** The tree in it. */
        public Tree tree() {
            return wanted.at(wanted.server(), directory(), wanted.account());
        }

        private HostPath directory() {
            return wanted.directory().child(name);
        }

        /** It is there, and empty. */
        public void make() throws InterruptedException {
            beside("make");
        }

        /** What is in it has taken the place of the tree's paths, which are empty. */
        public void accept() throws InterruptedException {
            beside("accept");
        }

        /** It is gone. */
        public void clear() throws InterruptedException {
            beside("clear");
        }

        private void beside(String verb) throws InterruptedException {
            List<String> words = new ArrayList<>(
                    List.of(verb, wanted.account().orElse(""), directory().value()));
            words.addAll(paths(wanted.paths()));
            Room.run(host, "beside", words);
        }
    }

    /** Paths as scripts want them: none can be taken for an option. */
    public static List<String> paths(List<String> paths) {
        return paths.stream().map(path -> path.isEmpty() ? "." : "./" + path).toList();
    }

    private static String run(Host host, Tree tree, String verb) throws InterruptedException {
        List<String> words = new ArrayList<>(
                List.of(verb, tree.account().orElse(""), tree.directory().value()));
        words.addAll(paths(tree.paths()));
        return run(host, "room", words);
    }

    private static String run(Host host, String script, List<String> words) throws InterruptedException {
        CommandResult result = host.run(Scripts.command(Room.class, "backup", List.of(script), words));
        if (!result.succeeded()) {
            throw new RefusedException(host.server() + ": " + result.stderr().strip());
        }
        return result.stdout();
    }
}
