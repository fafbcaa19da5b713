// SPDX-License-Identifier: Apache-2.0
package dev.aegir.testkit;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a transaction found before it changed anything, so that it can be put back: entries as they were, and what had been
 * written there last.
 */
final class Kept {
    private record Before(Optional<Node> node, Optional<Node> written) {}

    /** What finished runs under the same key have found; the first one's word counts. */
    private final Map<String, Before> earlier = new LinkedHashMap<>();

    private final Map<String, Before> current = new LinkedHashMap<>();
    private boolean unfinished;

    void begin() {
        unfinished = true;
    }

    void keep(String real, Optional<Node> node, Optional<Node> written) {
        current.putIfAbsent(real, new Before(node, written));
    }

    void end() {
        current.forEach(earlier::putIfAbsent);
        current.clear();
        unfinished = false;
    }

    boolean unfinished() {
        return unfinished;
    }

    boolean hasEarlier() {
        return !earlier.isEmpty();
    }

    /** Puts back what the run under way has changed, or, when none is, what all runs have changed. */
    void putBack(FakeTree tree, Map<String, Node> written, Faults faults) {
        Map<String, Before> from = unfinished ? current : earlier;
        List<String> reverse = new ArrayList<>(from.keySet());
        java.util.Collections.reverse(reverse);
        for (String real : reverse) {
            Before before = from.get(real);
            Optional<Node> now = tree.at(real);
            if (before.node().isEmpty() && now.isPresent() && tree.isDirectory(real)) {
                if (tree.children(real).isEmpty()) {
                    tree.remove(real);
                }
            } else {
                before.node().ifPresentOrElse(node -> tree.put(real, node), () -> tree.remove(real));
            }
            before.written().ifPresentOrElse(node -> written.put(real, node), () -> written.remove(real));
            faults.effect(real + " was put back");
        }
        if (unfinished) {
            current.clear();
            unfinished = false;
        }
    }
}
