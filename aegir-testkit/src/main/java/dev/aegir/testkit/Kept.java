// SPDX-License-Identifier: Apache-2.0
package dev.aegir.testkit;

import dev.aegir.host.FileTransaction;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What was there before anything was changed under a key: entries as they were, what had been written there last, and the
 * directories that were made.
 */
final class Kept {
    private record Before(Optional<Node> node, Optional<Node> written) {}

    private final Map<String, Before> before = new LinkedHashMap<>();
    private final List<String> directories = new ArrayList<>();
    private Optional<FileTransaction> underWay = Optional.empty();
    private boolean activating;

    /** A transaction begins; what an earlier one under the same key has found stays what counts. */
    void begin(FileTransaction transaction) {
        underWay = Optional.of(transaction);
        activating = false;
    }

    void keep(String real, Optional<Node> node, Optional<Node> written) {
        before.putIfAbsent(real, new Before(node, written));
    }

    void made(String directory) {
        directories.add(directory);
    }

    void activating() {
        activating = true;
    }

    boolean isActivating() {
        return activating;
    }

    void end() {
        underWay = Optional.empty();
    }

    /** The transaction that was begun and has not ended. */
    Optional<FileTransaction> underWay() {
        return underWay;
    }

    /** Puts everything back; may be repeated. Says whether that could be done. */
    boolean putBack(FakeTree tree, Map<String, Node> written, Faults faults) {
        boolean done = true;
        for (Map.Entry<String, Before> entry : before.entrySet()) {
            String real = entry.getKey();
            Before was = entry.getValue();
            if (tree.isDirectory(real)) {
                done = false;
                continue;
            }
            was.node().ifPresentOrElse(node -> tree.putWithParents(real, node), () -> tree.remove(real));
            was.written().ifPresentOrElse(node -> written.put(real, node), () -> written.remove(real));
            faults.effect(real + " was put back");
        }
        List<String> deepestFirst = new ArrayList<>(directories);
        Collections.reverse(deepestFirst);
        for (String directory : deepestFirst) {
            // One that somebody else uses by now stays.
            if (tree.isDirectory(directory) && tree.children(directory).isEmpty()) {
                tree.remove(directory);
                faults.effect(directory + " was removed again");
            }
        }
        return done;
    }
}
