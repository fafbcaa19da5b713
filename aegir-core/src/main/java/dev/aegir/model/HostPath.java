// SPDX-License-Identifier: Apache-2.0
package dev.aegir.model;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * An absolute path on a POSIX host in its one normal form: no empty, {@code .} or {@code ..} component, no trailing
 * slash, no control character, no backslash. Whether one path is below another is decided component by component, so
 * {@code /srv/ab} is never below {@code /srv/a}.
 *
 * @param value the path
 */
public record HostPath(String value) implements Comparable<HostPath> {
    private static final int PATH_MAX = 4095;
    private static final int NAME_MAX = 255;

    /** Validates. */
    public HostPath {
        if (!value.startsWith("/")) {
            throw refused(value, "it is not absolute");
        }
        if (value.getBytes(StandardCharsets.UTF_8).length > PATH_MAX) {
            throw refused(value, "longer than " + PATH_MAX + " bytes");
        }
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (Character.isISOControl(c) || c == '\\') {
                throw refused(value, "control characters and backslashes are not allowed");
            }
            if (Character.isSurrogate(c) && !validPair(value, i)) {
                throw refused(value, "it is not valid Unicode");
            }
        }
        if (value.length() > 1) {
            for (String part : value.substring(1).split("/", -1)) {
                if (part.isEmpty() || part.equals(".") || part.equals("..")) {
                    throw refused(value, "empty, . and .. components are not allowed");
                }
                if (part.getBytes(StandardCharsets.UTF_8).length > NAME_MAX) {
                    throw refused(value, "a component is longer than " + NAME_MAX + " bytes");
                }
            }
        }
    }

    /**
     * Makes a path.
     *
     * @param value the text
     * @return the path
     * @throws InvalidValueException when it is none
     */
    public static HostPath of(String value) {
        return new HostPath(value);
    }

    /**
     * A path directly below this one.
     *
     * @param name one component
     * @return the path
     * @throws InvalidValueException when the name is empty, has a slash, or is {@code .} or {@code ..}
     */
    public HostPath child(String name) {
        if (name.indexOf('/') >= 0) {
            throw refused(name, "a single component has no slash");
        }
        return new HostPath(value.equals("/") ? "/" + name : value + "/" + name);
    }

    /**
     * A path some levels below this one.
     *
     * @param relative components separated by single slashes; empty for this path itself
     * @return the path
     * @throws InvalidValueException when it would leave this path or is no path
     */
    public HostPath resolve(String relative) {
        if (relative.isEmpty()) {
            return this;
        }
        if (relative.startsWith("/")) {
            throw refused(relative, "it is not relative");
        }
        return new HostPath(value.equals("/") ? "/" + relative : value + "/" + relative);
    }

    /**
     * The directory this path is in.
     *
     * @return the parent; the root's parent is the root
     */
    public HostPath parent() {
        int slash = value.lastIndexOf('/');
        return slash == 0 ? new HostPath("/") : new HostPath(value.substring(0, slash));
    }

    /**
     * The last component.
     *
     * @return the name; empty for the root
     */
    public String name() {
        return value.substring(value.lastIndexOf('/') + 1);
    }

    /**
     * The components.
     *
     * @return the names from the root down; empty for the root
     */
    public List<String> components() {
        return value.equals("/") ? List.of() : List.of(value.substring(1).split("/"));
    }

    /**
     * Whether this path is the given one or below it, compared component by component.
     *
     * @param ancestor the other path
     * @return whether this path is inside
     */
    public boolean isWithin(HostPath ancestor) {
        return ancestor.value.equals("/") || value.equals(ancestor.value) || value.startsWith(ancestor.value + "/");
    }

    private static boolean validPair(String text, int i) {
        return Character.isHighSurrogate(text.charAt(i))
                ? i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))
                : i > 0 && Character.isHighSurrogate(text.charAt(i - 1));
    }

    private static InvalidValueException refused(String value, String why) {
        return new InvalidValueException("path", value, why);
    }

    @Override
    public int compareTo(HostPath other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
