// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.file.store;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A file, a directory or a link of a tree. Names are bytes: of every {@code char} there is one.
 *
 * @param type {@code f}, {@code d} or {@code l}
 * @param name its path, relative to the tree's directory
 * @param mode its rights, three octal digits
 * @param time when it was written: seconds and nanoseconds
 * @param seen how else it looked, to tell whether it has changed; {@link #UNSURE} when that cannot tell
 * @param size a file's length
 * @param sum a file's checksum; empty for what is not a file, or not known yet
 * @param target where a link leads
 */
record Entry(char type, String name, String mode, String time, String seen, long size, String sum, String target) {
    static final String UNSURE = "-";

    /** How much of a file is an object: it is in memory at once. */
    static final int CHUNK = 8 << 20;

    /** How many objects a file is. */
    long chunks() {
        return type == 'f' ? (size + CHUNK - 1) / CHUNK : 0;
    }

    /** With what was read. */
    Entry read(long length, String checksum, String leadsTo) {
        return new Entry(type, name, mode, time, seen, length, checksum, leadsTo);
    }

    /** Whether this is what was there before, as far as can be told without reading it. */
    boolean looksAs(Entry before) {
        return type == before.type
                && !before.seen.equals(UNSURE)
                && seen.equals(before.seen)
                && time.equals(before.time)
                && size == before.size;
    }

    /** Whether a link leads out of the tree. Going up is for its beginning only: what is in the middle could itself be a link. */
    boolean leadsOut(List<String> paths) {
        List<String> components = List.of(name.split("/"));
        int depth = components.size() - 1;
        boolean inside = !target.isEmpty() && !target.startsWith("/");
        boolean rising = true;
        for (String component : target.split("/")) {
            if (component.equals("..")) {
                inside &= rising;
                depth--;
            } else if (!component.isEmpty() && !component.equals(".")) {
                rising = false;
            }
        }
        int root = paths.stream()
                .filter(path -> (name + "/").startsWith(path + "/"))
                .mapToInt(path -> path.split("/").length)
                .findFirst()
                .orElse(components.size());
        return !inside || depth < root;
    }

    /** A name for people. */
    static String shown(String name) {
        String text = new String(name.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
        StringBuilder out = new StringBuilder("\"");
        text.codePoints().limit(200).forEach(c -> {
            if (Character.isISOControl(c)) {
                out.append(String.format("\\x%02x", c));
            } else {
                out.appendCodePoint(c);
            }
        });
        return out.append(text.length() > 200 ? "...\"" : "\"").toString();
    }

    /** Text as bytes, of which each is a {@code char}. */
    static String bytes(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }
}
