// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.backup.internal;

import dev.aegir.engine.backup.UnsafeArchiveException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Looks at an archive entry by entry before anything of it is unpacked. What could reach beyond the directories it is for is
 * refused, whoever made the archive. Of archives that came from elsewhere nothing peculiar is let in at all; of our own, what a
 * site's account can make and nobody needs restored (FIFOs, links that lead out) is left out and named.
 *
 * <p>For one archive; not thread-safe.
 */
public final class Inspection {
    private static final int MOST_LEFT_OUT = 1000;
    private static final int LONGEST_LEFT_OUT = 200_000;

    private final boolean strict;
    private final boolean foreign;
    private final List<String> paths;
    private final Limits limits;
    private final Map<Long, Character> seen = new HashMap<>();
    private final MessageDigest digest = digest();
    private String directory = "";
    private final List<String> leftOut = new ArrayList<>();
    private final List<String> reasons = new ArrayList<>();
    private long entries;
    private long bytes;
    private long longest;
    private int leftOutLength;

    /**
     * What an archive may come to.
     *
     * @param entries how many files, directories and links
     * @param bytes how many bytes all files together
     */
    public record Limits(long entries, long bytes) {
        /** For what was read from a site a moment ago. */
        public static final Limits NONE = new Limits(Integer.MAX_VALUE, Long.MAX_VALUE);
    }

    /**
     * For an archive.
     *
     * @param strict whether it came from elsewhere
     * @param paths the directories it is for; an empty path for any
     * @param limits what it may come to
     */
    public Inspection(boolean strict, List<String> paths, Limits limits) {
        this(strict, false, paths, limits);
    }

    private Inspection(boolean strict, boolean foreign, List<String> paths, Limits limits) {
        this.strict = strict;
        this.foreign = foreign;
        this.paths = List.copyOf(paths);
        this.limits = limits;
    }

    /**
     * For an archive that another program has made: strict, but for directories that give their group to what is made in them,
     * or are sticky. Other programs make such, and those bits are not unpacked.
     */
    public static Inspection foreign(List<String> paths, Limits limits) {
        return new Inspection(true, true, paths, limits);
    }

    /**
     * What is in an archive.
     *
     * @param entry the entry
     * @param path its name without the beginning and end that say nothing; empty for the directory of all
     */
    public record Seen(Entry entry, String path) {}

    /**
     * Looks at the next line.
     *
     * @param line what tar says
     * @return what it is
     * @throws UnsafeArchiveException when nothing of the archive may be unpacked
     */
    public Seen next(String line) {
        return next(Entry.of(line)
                .orElseThrow(() -> refused("an entry of an unknown kind, or with extended attributes", shown(line))));
    }

    /**
     * Looks at the next entry.
     *
     * @param entry what is in the archive
     * @return what it is
     * @throws UnsafeArchiveException when nothing of the archive may be unpacked
     */
    public Seen next(Entry entry) {
        entries++;
        bytes += entry.bytes();
        longest = Math.max(longest, entry.bytes());
        if (entries > limits.entries() || bytes > limits.bytes() || bytes < 0) {
            throw refused(
                    "more in it than it should have (" + limits.entries() + " entries, " + limits.bytes() + " bytes)",
                    shown(entry.name()));
        }
        String path = path(entry);
        place(entry, path);
        if (strict && entry.special() && !(foreign && entry.type() == 'd')) {
            throw refused("a file that would run as somebody else, or is sticky", shown(entry.name()));
        }
        if (strict && entry.name().chars().anyMatch(Character::isISOControl)) {
            throw refused("a name with control characters", shown(entry.name()));
        }
        switch (entry.type()) {
            case '-', 'd' -> {}
            case 'l' -> link(entry, path.isEmpty() ? List.of() : List.of(path.split("/")));
            case 'p' -> leaveOut(entry, "a FIFO");
            default -> throw refused("a hard link, a device or something else that is no file", shown(entry.name()));
        }
        return new Seen(entry, path);
    }

    /** The path without the beginning and end that say nothing. */
    private String path(Entry entry) {
        String name = entry.name();
        if (name.startsWith("/")) {
            throw refused("an absolute name", shown(name));
        }
        String path = name.startsWith("./") ? name.substring(2) : name.equals(".") ? "" : name;
        path = path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
        for (int from = 0, to; from < path.length(); from = to + 1) {
            to = path.indexOf('/', from);
            to = to < 0 ? path.length() : to;
            boolean dots =
                    path.charAt(from) == '.' && (to - from == 1 || to - from == 2 && path.charAt(from + 1) == '.');
            if (to == from || dots || to == path.length() - 1) {
                throw refused("a name that would lead elsewhere", shown(name));
            }
        }
        if (!allowed(path)) {
            throw refused("something that is not below " + paths, shown(name));
        }
        return path;
    }

    private boolean allowed(String path) {
        for (String allowed : paths) {
            boolean below = path.startsWith(allowed)
                    && (path.length() == allowed.length() || path.charAt(allowed.length()) == '/');
            if (allowed.isEmpty() || below) {
                return true;
            }
        }
        return false;
    }

    /** Every name once, and below directories only. */
    private void place(Entry entry, String path) {
        String above = path.substring(0, Math.max(0, path.lastIndexOf('/')));
        // What is a directory stays one, and most entries are where the one before them is.
        if (!above.equals(directory)) {
            for (int end = above.isEmpty() ? -1 : above.indexOf('/');
                    !above.isEmpty();
                    end = above.indexOf('/', end + 1)) {
                String each = end < 0 ? above : above.substring(0, end);
                char there = seen.computeIfAbsent(key(digest, each), absent -> '/');
                if (there != 'd' && there != '/') {
                    throw refused("something below what is no directory", shown(entry.name()));
                }
                if (end < 0) {
                    break;
                }
            }
            directory = above;
        }
        Character before = seen.put(key(digest, path), entry.type());
        if (before != null && !(before == '/' && entry.type() == 'd')) {
            throw refused("a name twice", shown(entry.name()));
        }
    }

    /**
     * A link may lead to what is in the same directory of the archive. Going up is for its beginning only: what is in the
     * middle could itself be a link.
     */
    private void link(Entry entry, List<String> components) {
        String target = entry.target().orElse("");
        int depth = components.size() - 1;
        boolean inside = !target.isEmpty() && !target.startsWith("/") && !components.isEmpty();
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
                .filter(path -> path.isEmpty() || (String.join("/", components) + "/").startsWith(path + "/"))
                .mapToInt(path -> path.isEmpty() ? 0 : path.split("/").length)
                .findFirst()
                .orElse(0);
        if (!inside || depth < root) {
            leaveOut(entry, "a link that leads out, to " + shown(target));
        }
    }

    private void leaveOut(Entry entry, String what) {
        if (strict) {
            throw refused(what, shown(entry.name()));
        }
        leftOutLength += entry.name().length();
        if (!entry.text() || leftOut.size() == MOST_LEFT_OUT || leftOutLength > LONGEST_LEFT_OUT) {
            throw refused(what + ", which cannot be left out", shown(entry.name()));
        }
        leftOut.add(entry.name());
        reasons.add(shown(entry.name()) + ": " + what);
    }

    /** The names that must not be unpacked, as they stand in the archive. */
    public List<String> leftOut() {
        return List.copyOf(leftOut);
    }

    /** Why those must not be. */
    public List<String> reasons() {
        return List.copyOf(reasons);
    }

    public long entries() {
        return entries;
    }

    public long bytes() {
        return bytes;
    }

    /** The length of the longest file. */
    public long longest() {
        return longest;
    }

    /** Names are many and long; an eighth of a checksum of each is enough to know one again. */
    public static long key(String path) {
        return key(digest(), path);
    }

    private static long key(MessageDigest digest, String path) {
        byte[] sum = digest.digest(path.getBytes(StandardCharsets.UTF_8));
        long key = 0;
        for (int i = 0; i < Long.BYTES; i++) {
            key = key << 8 | sum[i] & 0xff;
        }
        return key;
    }

    private static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    public static UnsafeArchiveException refused(String what, String which) {
        return new UnsafeArchiveException("the archive has " + what + ": " + which + ". Nothing was unpacked.");
    }

    public static String shown(String name) {
        StringBuilder out = new StringBuilder("\"");
        name.chars()
                .limit(200)
                .forEach(c -> out.append(Character.isISOControl(c) ? String.format("\\x%02x", c) : (char) c));
        return out.append(name.length() > 200 ? "...\"" : "\"").toString();
    }

    /** What was found, if something was left out. */
    public Optional<String> summary() {
        return leftOut.isEmpty()
                ? Optional.empty()
                : Optional.of(leftOut.size() + " entries are left out: "
                        + String.join("; ", reasons.subList(0, Math.min(20, reasons.size()))));
    }
}
