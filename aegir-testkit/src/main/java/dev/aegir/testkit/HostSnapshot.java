// SPDX-License-Identifier: Apache-2.0
package dev.aegir.testkit;

import dev.aegir.model.HostPath;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * A fake host as it was at one moment: every file, link and directory with its mode and account, and every fact of its
 * programs. Two are equal when all of that is. Immutable.
 */
public final class HostSnapshot {
    private final SortedMap<String, Node> nodes;
    private final SortedMap<String, String> facts;

    HostSnapshot(SortedMap<String, Node> nodes, Map<String, String> facts) {
        this.nodes = nodes;
        this.facts = Collections.unmodifiableSortedMap(new TreeMap<>(facts));
    }

    /**
     * The files and links there were; no directories.
     *
     * @return their paths, sorted
     */
    public List<HostPath> files() {
        return nodes.entrySet().stream()
                .filter(entry -> !(entry.getValue() instanceof Node.Directory))
                .map(entry -> HostPath.of(entry.getKey()))
                .toList();
    }

    /**
     * What a file said.
     *
     * @param path which file; links are not followed
     * @return its text, or nothing when there was no such file
     */
    public Optional<String> text(HostPath path) {
        return nodes.get(path.value()) instanceof Node.Regular file ? Optional.of(file.text()) : Optional.empty();
    }

    /**
     * What programs held beyond files, as tests said with {@link FakeHost#fact}.
     *
     * @return the facts by name
     */
    public Map<String, String> facts() {
        return facts;
    }

    /**
     * What became different later, for people.
     *
     * @param later the host afterwards
     * @return one text for each difference: what and how; empty when nothing is different
     */
    public List<String> differences(HostSnapshot later) {
        List<String> out = new ArrayList<>();
        for (String path : union(nodes, later.nodes)) {
            compare(path, text(nodes.get(path)), text(later.nodes.get(path))).ifPresent(out::add);
        }
        for (String name : union(facts, later.facts)) {
            compare("fact \"" + name + "\"", fact(facts, name), fact(later.facts, name))
                    .ifPresent(out::add);
        }
        return out;
    }

    /**
     * This snapshot without the directories that hold nothing, which a change may leave behind.
     *
     * @return a copy
     */
    public HostSnapshot withoutEmptyDirectories() {
        TreeMap<String, Node> kept = new TreeMap<>();
        nodes.forEach((path, node) -> {
            if (!(node instanceof Node.Directory) || holdsSomething(path)) {
                kept.put(path, node);
            }
        });
        return new HostSnapshot(Collections.unmodifiableSortedMap(kept), facts);
    }

    HostSnapshot withoutFacts(Set<String> names) {
        TreeMap<String, String> kept = new TreeMap<>(facts);
        kept.keySet().removeAll(names);
        return new HostSnapshot(nodes, kept);
    }

    Optional<Node> node(String path) {
        return Optional.ofNullable(nodes.get(path));
    }

    SortedMap<String, Node> nodes() {
        return nodes;
    }

    private boolean holdsSomething(String directory) {
        String prefix = directory.equals("/") ? "/" : directory + "/";
        return nodes.tailMap(prefix).entrySet().stream()
                .takeWhile(entry -> entry.getKey().startsWith(prefix))
                .anyMatch(entry -> !(entry.getValue() instanceof Node.Directory));
    }

    private static SortedSet<String> union(Map<String, ?> one, Map<String, ?> other) {
        SortedSet<String> all = new TreeSet<>(one.keySet());
        all.addAll(other.keySet());
        return all;
    }

    private static Optional<String> text(@org.jspecify.annotations.Nullable Node node) {
        return Optional.ofNullable(node).map(Node::shown);
    }

    private static Optional<String> fact(Map<String, String> facts, String name) {
        return Optional.ofNullable(facts.get(name)).map(value -> value + "\n");
    }

    private static Optional<String> compare(String what, Optional<String> before, Optional<String> after) {
        if (before.equals(after)) {
            return Optional.empty();
        }
        String verb = before.isEmpty() ? "new" : after.isEmpty() ? "gone" : "changed";
        return Optional.of(verb + ": " + what + "\n"
                + before.map(text -> marked("- ", text)).orElse("")
                + after.map(text -> marked("+ ", text)).orElse(""));
    }

    private static String marked(String mark, String text) {
        return text.lines().limit(40).map(line -> "    " + mark + line + "\n").collect(Collectors.joining());
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof HostSnapshot snapshot && nodes.equals(snapshot.nodes) && facts.equals(snapshot.facts);
    }

    @Override
    public int hashCode() {
        return nodes.hashCode() * 31 + facts.hashCode();
    }

    @Override
    public String toString() {
        return nodes.keySet() + (facts.isEmpty() ? "" : " " + facts);
    }
}
