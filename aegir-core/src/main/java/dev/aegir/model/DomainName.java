// SPDX-License-Identifier: Apache-2.0
package dev.aegir.model;

import java.net.IDN;
import java.util.Locale;

/**
 * A fully qualified domain name in its one canonical form: ASCII (internationalised labels as punycode), lower case,
 * without the trailing dot. Two names that mean the same host are equal.
 *
 * <p>Refused: a single label, {@code localhost} and everything below it, an IP address, a wildcard, an empty label, a
 * label of more than 63 or a name of more than 253 characters, and every character that RFC 1123 does not allow in a
 * host name.
 *
 * @param value the canonical form
 * @see <a href="https://www.rfc-editor.org/rfc/rfc1123#section-2.1">RFC 1123, section 2.1</a>
 * @see <a href="https://www.rfc-editor.org/rfc/rfc5891">RFC 5891 (IDNA)</a>
 */
public record DomainName(String value) implements Comparable<DomainName> {
    /** Canonicalises and validates. */
    public DomainName {
        value = canonical(value);
    }

    /**
     * Makes a domain name.
     *
     * @param text what a person wrote: any case, Unicode or punycode, with or without one trailing dot
     * @return the canonical name
     * @throws InvalidValueException when it is none
     */
    public static DomainName of(String text) {
        return new DomainName(text);
    }

    private static String canonical(String text) {
        if (text.length() > 1024) {
            throw refused(text, "it is far too long");
        }
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean ascii =
                    c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '.';
            // Compatibility characters (full-width letters, other dots) would be mapped to ASCII silently: refused.
            if (!ascii && (c < 0x80 || !Character.isLetterOrDigit(c) && !Character.isSurrogate(c) && !isMark(c))) {
                throw refused(text, "a character is not allowed in a host name");
            }
        }
        String dotless = text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
        String ascii;
        try {
            ascii = IDN.toASCII(dotless, IDN.USE_STD3_ASCII_RULES).toLowerCase(Locale.ROOT);
        } catch (IllegalArgumentException e) {
            throw refused(text, "not a host name (empty, overlong or malformed label)");
        }
        if (ascii.length() > 253) {
            throw refused(text, "longer than 253 characters");
        }
        String[] labels = ascii.split("\\.", -1);
        if (labels.length < 2) {
            throw refused(text, "a fully qualified name has at least two labels");
        }
        for (String label : labels) {
            checkLabel(text, label);
        }
        String last = labels[labels.length - 1];
        if (last.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw refused(text, "an IP address is not a domain name");
        }
        if (last.equals("localhost")) {
            throw refused(text, "localhost is not a public name");
        }
        return ascii;
    }

    private static void checkLabel(String text, String label) {
        if (label.isEmpty()) {
            throw refused(text, "a label is empty");
        }
        if (label.length() > 63) {
            throw refused(text, "a label is longer than 63 characters");
        }
        if (label.startsWith("-") || label.endsWith("-")) {
            throw refused(text, "a label begins or ends with a hyphen");
        }
        for (int i = 0; i < label.length(); i++) {
            char c = label.charAt(i);
            if (!(c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-')) {
                throw refused(text, "a character is not allowed in a host name");
            }
        }
        if (label.startsWith("xn--")) {
            String unicode = IDN.toUnicode(label);
            boolean roundTrip;
            try {
                roundTrip = IDN.toASCII(unicode).equalsIgnoreCase(label) && !unicode.equals(label);
            } catch (IllegalArgumentException e) {
                roundTrip = false;
            }
            if (!roundTrip) {
                throw refused(text, "a label is not valid punycode");
            }
        }
    }

    private static boolean isMark(char c) {
        int type = Character.getType(c);
        return type == Character.NON_SPACING_MARK || type == Character.COMBINING_SPACING_MARK;
    }

    private static InvalidValueException refused(String text, String why) {
        return new InvalidValueException("domain name", text, why);
    }

    /**
     * The name with {@code www.} before it, or without it when it has it: the twin people type by habit.
     *
     * @return the twin
     * @throws InvalidValueException when the twin would be no valid name
     */
    public DomainName wwwTwin() {
        return of(value.startsWith("www.") ? value.substring(4) : "www." + value);
    }

    /**
     * The name as people read it.
     *
     * @return the name with its labels in Unicode
     */
    public String unicode() {
        return IDN.toUnicode(value);
    }

    @Override
    public int compareTo(DomainName other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
