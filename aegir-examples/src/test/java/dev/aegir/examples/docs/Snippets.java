// SPDX-License-Identifier: Apache-2.0
package dev.aegir.examples.docs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Cuts the snippets of the documentation from the code. A snippet is a {@code java} block below a line that says where it is
 * from: {@code <!-- snippet: path/of/File.java#name -->}; in the code it lies between {@code // tag::name[]} and
 * {@code // end::name[]}, and without a name it is the whole file. Also a program of its own, which writes what it cuts: see
 * {@code bin/docs}.
 */
final class Snippets {
    private static final Pattern MARKER = Pattern.compile("<!-- snippet: ([^#\\s]+)(?:#(\\S+))? -->");
    private static final Pattern ANY_TAG = Pattern.compile("\\s*// (tag|end)::[^\\[]+\\[]");

    private final Path root;

    Snippets(Path root) {
        this.root = root;
    }

    /**
     * Writes the snippets of all documentation anew, and prints which files it changed.
     *
     * @param arguments the directory of the project
     * @throws IOException when a file cannot be read or written
     */
    public static void main(String[] arguments) throws IOException {
        Snippets snippets = new Snippets(Path.of(arguments[0]));
        for (Path document : snippets.documents()) {
            String before = Files.readString(document);
            String after = snippets.rewritten(document);
            if (!before.equals(after)) {
                Files.writeString(document, after);
                System.out.println("rewrote " + snippets.root.relativize(document));
            }
        }
    }

    /** README.md and everything in docs. */
    List<Path> documents() throws IOException {
        try (Stream<Path> docs = Files.list(root.resolve("docs"))) {
            return Stream.concat(Stream.of(root.resolve("README.md")), docs)
                    .filter(path -> path.toString().endsWith(".md") && Files.exists(path))
                    .sorted()
                    .toList();
        }
    }

    /** A document with its snippets as the code has them now. */
    String rewritten(Path document) throws IOException {
        List<String> lines = Files.readAllLines(document);
        List<String> out = new ArrayList<>();
        boolean inBlock = false;
        for (int i = 0; i < lines.size(); i++) {
            String where = root.relativize(document) + ":" + (i + 1) + ": ";
            Matcher marker = MARKER.matcher(lines.get(i).strip());
            out.add(lines.get(i));
            if (!inBlock && marker.matches()) {
                int end = endOfBlock(lines, i + 1, where);
                out.add("```java");
                out.addAll(cut(marker.group(1), marker.group(2), where));
                out.add("```");
                i = end;
            } else if (!inBlock && lines.get(i).startsWith("```java")) {
                throw new IllegalArgumentException(
                        where + "a java block without a line above it that says which code it"
                                + " is: <!-- snippet: path/of/File.java#name -->");
            } else if (lines.get(i).startsWith("```")) {
                inBlock = !inBlock;
            }
        }
        return String.join("\n", out) + "\n";
    }

    private static int endOfBlock(List<String> lines, int begin, String where) {
        if (begin < lines.size() && lines.get(begin).equals("```java")) {
            for (int i = begin + 1; i < lines.size(); i++) {
                if (lines.get(i).equals("```")) {
                    return i;
                }
            }
        }
        throw new IllegalArgumentException(where + "no java block, begun and ended with ```, follows this line");
    }

    private List<String> cut(String path, String tag, String where) throws IOException {
        Path file = root.resolve(path).normalize();
        if (!file.startsWith(root) || !Files.exists(file)) {
            throw new IllegalArgumentException(where + "there is no " + path);
        }
        List<String> kept = new ArrayList<>();
        boolean found = tag == null;
        boolean inside = tag == null;
        for (String line : Files.readAllLines(file)) {
            if (line.strip().equals("// tag::" + tag + "[]")) {
                inside = true;
                found = true;
            } else if (line.strip().equals("// end::" + tag + "[]")) {
                inside = false;
            } else if (inside && !ANY_TAG.matcher(line).matches()) {
                kept.add(line);
            }
        }
        if (!found || inside != (tag == null)) {
            throw new IllegalArgumentException(where + path + (found ? " never ends the tag " : " has no tag ") + tag
                    + "; write // tag::" + tag + "[] and // end::" + tag + "[] around the code");
        }
        return dedented(kept);
    }

    private static List<String> dedented(List<String> lines) {
        // The last line counts when the indent is measured, so it must not be an empty one.
        return String.join("\n", lines)
                .stripTrailing()
                .stripIndent()
                .strip()
                .lines()
                .toList();
    }
}
