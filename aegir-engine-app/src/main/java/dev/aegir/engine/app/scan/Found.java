// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.app.scan;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the program that scans has said.
 *
 * @param files what is needed of each file, by its path below the top of the codebase
 * @param directories the paths of composer's packages that are there
 */
record Found(Map<String, String> files, Set<String> directories) {
    /** Reads it; what is unknown is ignored. */
    static Found read(String said) {
        Map<String, StringBuilder> files = new LinkedHashMap<>();
        Set<String> directories = new LinkedHashSet<>();
        StringBuilder into = new StringBuilder();
        for (String line : said.split("\n", -1)) {
            if (line.startsWith("F\t")) {
                into = new StringBuilder();
                files.put(plain(line.substring(2)), into);
            } else if (line.startsWith("D\t")) {
                directories.add(line.substring(2));
            } else if (line.startsWith(" ")) {
                into.append(line, 1, line.length()).append('\n');
            }
        }
        Map<String, String> texts = new LinkedHashMap<>();
        files.forEach((path, text) -> texts.put(path, text.toString()));
        return new Found(texts, directories);
    }

    /** Without what the web root's being the top leaves in it. */
    private static String plain(String path) {
        return path.startsWith("./") ? path.substring(2) : path;
    }

    /** The last part of a path. */
    static String name(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    /** The rest of a path, without the last part. */
    static String above(String path) {
        int slash = path.lastIndexOf('/');
        return slash < 0 ? "" : path.substring(0, slash);
    }

    /** The lines of a file; none when it is not there. */
    List<String> lines(String path) {
        return files.getOrDefault(path, "").lines().toList();
    }
}
