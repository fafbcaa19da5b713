// SPDX-License-Identifier: Apache-2.0
package dev.aegir.model;

/** A value was refused because it can never be right; the message quotes it and says what is wrong with it. */
public final class InvalidValueException extends AegirException {
    private static final long serialVersionUID = 1L;

    /**
     * Refuses a value.
     *
     * @param what what the value was meant to be, such as {@code "domain name"}
     * @param value the value itself; control characters in it are escaped in the message
     * @param why what is wrong with it
     */
    public InvalidValueException(String what, String value, String why) {
        super(what + " \"" + printable(value) + "\": " + why);
    }

    private static String printable(String value) {
        StringBuilder out = new StringBuilder();
        int shown = Math.min(value.length(), 200);
        for (int i = 0; i < shown; i++) {
            char c = value.charAt(i);
            if (unprintable(c)) {
                out.append(String.format("\\u%04x", (int) c));
            } else {
                out.append(c);
            }
        }
        return shown < value.length() ? out + "..." : out.toString();
    }

    /** Controls, and what changes how the text around it is shown, such as marks that turn its direction. */
    private static boolean unprintable(char c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL, Character.FORMAT, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> true;
            default -> false;
        };
    }
}
