// SPDX-License-Identifier: Apache-2.0
package dev.aegir.testkit;

import dev.aegir.model.HostPath;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** The file tree of a fake host, by real path. Not thread-safe: its host guards it. */
final class FakeTree {
    private static final int MAX_LINKS = 40;
    private final TreeMap<String, Node> nodes = new TreeMap<>();

    FakeTree() {
        nodes.put("/", Node.Directory.PLAIN);
    }

    SortedMap<String, Node> copy() {
        return Collections.unmodifiableSortedMap(new TreeMap<>(nodes));
    }

    Optional<Node> at(String real) {
        return Optional.ofNullable(nodes.get(real));
    }

    boolean isDirectory(String real) {
        return nodes.get(real) instanceof Node.Directory;
    }

    void put(String real, Node node) {
        nodes.put(real, node);
    }

    void putWithParents(String real, Node node) {
        missingParents(real).forEach(parent -> nodes.put(parent, Node.Directory.PLAIN));
        nodes.put(real, node);
    }

    void remove(String real) {
        nodes.remove(real);
    }

    /** The names directly below a directory. */
    List<String> children(String real) {
        String prefix = real.equals("/") ? "/" : real + "/";
        List<String> names = new ArrayList<>();
        for (String path : nodes.tailMap(prefix, false).keySet()) {
            if (!path.startsWith(prefix)) {
                break;
            }
            String rest = path.substring(prefix.length());
            if (rest.indexOf('/') < 0) {
                names.add(rest);
            }
        }
        return names;
    }

    /** Where a path leads when every link is followed; nothing when it leads nowhere. */
    Optional<String> follow(HostPath path) {
        return walk(path, true).filter(nodes::containsKey);
    }

    /**
     * Where an entry is or would be: links above it are followed, it itself is not. Missing directories above it count as
     * directories.
     */
    Optional<String> place(HostPath path) {
        return walk(path, false);
    }

    /** The directories that are missing above an entry, top down. */
    List<String> missingParents(String real) {
        List<String> missing = new ArrayList<>();
        for (String parent = parent(real); !nodes.containsKey(parent); parent = parent(parent)) {
            missing.add(0, parent);
        }
        return missing;
    }

    static String parent(String real) {
        int slash = real.lastIndexOf('/');
        return slash <= 0 ? "/" : real.substring(0, slash);
    }

    private Optional<String> walk(HostPath path, boolean followLast) {
        Deque<String> left = new ArrayDeque<>(path.components());
        String at = "/";
        int links = 0;
        while (!left.isEmpty()) {
            String name = left.removeFirst();
            if (name.isEmpty() || name.equals(".")) {
                continue;
            }
            if (name.equals("..")) {
                at = parent(at);
                continue;
            }
            String next = at.equals("/") ? "/" + name : at + "/" + name;
            if (nodes.get(next) instanceof Node.Link link && (followLast || !left.isEmpty())) {
                if (++links > MAX_LINKS) {
                    return Optional.empty();
                }
                List<String> target = List.of(link.target().split("/"));
                for (int i = target.size() - 1; i >= 0; i--) {
                    left.addFirst(target.get(i));
                }
                at = link.target().startsWith("/") ? "/" : at;
            } else {
                at = next;
            }
        }
        return Optional.of(at);
    }
}
