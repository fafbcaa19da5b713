// SPDX-License-Identifier: Apache-2.0
package dev.aegir.model;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A fully qualified domain name in its one canonical form: ASCII (internationalised labels as punycode), lower case,
 * without the trailing dot. Two names that mean the same host are equal.
 *
 * <p>Refused: a single label, {@code localhost} and everything below it, an IP address, a wildcard, an empty label, a
 * label of more than 63 or a name of more than 253 characters, and every character that RFC 1123 does not allow in a
 * host name. Internationalised labels have letters, digits and marks, as IDNA 2008 has them: {@code ß} and {@code ς} are
 * letters of their own and never become others, and look-alikes that other programs would silently map (full-width
 * letters, ligatures, invisible characters) are refused.
 *
 * @param value the canonical form
 * @see <a href="https://www.rfc-editor.org/rfc/rfc1123#section-2.1">RFC 1123, section 2.1</a>
 * @see <a href="https://www.rfc-editor.org/rfc/rfc5891">RFC 5891 (IDNA)</a>
 */
public record DomainName(String value) implements Comparable<DomainName> {
    private static final String ACE = "xn--";

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
        String dotless = text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
        List<String> labels = new ArrayList<>();
        for (String label : dotless.split("\\.", -1)) {
            labels.add(label(text, label));
        }
        if (labels.size() < 2) {
            throw refused(text, "a fully qualified name has at least two labels");
        }
        String last = labels.get(labels.size() - 1);
        if (last.matches("[0-9]+|0x[0-9a-f]*")) {
            throw refused(text, "an IP address is not a domain name");
        }
        if (last.equals("localhost")) {
            throw refused(text, "localhost is not a public name");
        }
        String name = String.join(".", labels);
        if (name.length() > 253) {
            throw refused(text, "longer than 253 characters");
        }
        return name;
    }

    private static String label(String text, String written) {
        boolean plain = written.chars().allMatch(c -> c < 0x80);
        String label = plain ? written.toLowerCase(Locale.ROOT) : encoded(text, written);
        if (label.isEmpty()) {
            throw refused(text, "a label is empty");
        }
        if (label.length() > 63) {
            throw refused(text, "a label is longer than 63 characters");
        }
        for (int i = 0; i < label.length(); i++) {
            char c = label.charAt(i);
            if (!(c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-')) {
                throw refused(text, "a character is not allowed in a host name");
            }
        }
        if (label.startsWith("-") || label.endsWith("-")) {
            throw refused(text, "a label begins or ends with a hyphen");
        }
        if (plain && label.startsWith(ACE)) {
            Optional<String> meant = Punycode.decode(label.substring(ACE.length()));
            if (meant.isEmpty()
                    || meant.get().chars().allMatch(c -> c < 0x80)
                    || !encoded(text, meant.get()).equals(label)) {
                throw refused(text, "a label is not valid punycode");
            }
        }
        return label;
    }

    /** A label with characters beyond ASCII; every way to write the same label gives the same. */
    private static String encoded(String text, String written) {
        // By itself a capital sigma is no final one, wherever it stands.
        String lower = Normalizer.normalize(written, Normalizer.Form.NFC)
                .replace('\u03a3', '\u03c3')
                .toLowerCase(Locale.ROOT);
        String label = Normalizer.normalize(lower, Normalizer.Form.NFC);
        if (label.length() > 63) {
            throw refused(text, "a label is longer than 63 characters");
        }
        boolean allowed = label.codePoints().allMatch(DomainName::allowed)
                && label.equals(Normalizer.normalize(label, Normalizer.Form.NFKC))
                && !(label.startsWith(ACE) || !label.isEmpty() && mark(label.codePointAt(0)));
        if (!allowed) {
            throw refused(text, "a character is not allowed in a host name");
        }
        return label.chars().allMatch(c -> c < 0x80) ? label : ACE + Punycode.encode(label);
    }

    private static boolean allowed(int point) {
        return point < 0x80
                ? point >= 'a' && point <= 'z' || point >= '0' && point <= '9' || point == '-'
                : (Character.isLetterOrDigit(point) || mark(point)) && !invisible(point);
    }

    private static boolean mark(int point) {
        int type = Character.getType(point);
        return type == Character.NON_SPACING_MARK || type == Character.COMBINING_SPACING_MARK;
    }

    /** Letters and marks that nobody sees. */
    private static boolean invisible(int point) {
        return point == 0x034F
                || point == 0x115F
                || point == 0x1160
                || point == 0x17B4
                || point == 0x17B5
                || point >= 0x180B && point <= 0x180F
                || point == 0x3164
                || point >= 0xFE00 && point <= 0xFE0F
                || point == 0xFFA0
                || point >= 0xE0000 && point <= 0xE0FFF;
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
        return Stream.of(value.split("\\."))
                .map(label -> label.startsWith(ACE)
                        ? Punycode.decode(label.substring(ACE.length())).orElse(label)
                        : label)
                .collect(Collectors.joining("."));
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
