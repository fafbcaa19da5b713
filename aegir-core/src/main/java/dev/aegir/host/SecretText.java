// SPDX-License-Identifier: Apache-2.0
package dev.aegir.host;

import dev.aegir.model.InvalidValueException;
import dev.aegir.model.SecretRef;

/**
 * A secret as it stands in a file of a certain language.
 *
 * @param secret which
 * @param encoding how it is written there
 */
public record SecretText(SecretRef secret, Encoding encoding) {
    /** How a secret is written. */
    public enum Encoding {
        /** As it is; it must be one line. */
        PLAIN,
        /** As a string literal of PHP, quotes included (PHP manual, "Strings", single quoted). */
        PHP,
        /** As a string of JSON, quotes included (RFC 8259). */
        JSON
    }

    /** Makes it. */
    public SecretText {}

    /**
     * A secret as a literal of PHP.
     *
     * @param secret which
     * @return the text
     */
    public static SecretText php(SecretRef secret) {
        return new SecretText(secret, Encoding.PHP);
    }

    /**
     * A secret as a string of JSON.
     *
     * @param secret which
     * @return the text
     */
    public static SecretText json(SecretRef secret) {
        return new SecretText(secret, Encoding.JSON);
    }

    /** The secret, written so. */
    String text(Secret value) {
        String plain = value.reveal();
        if (encoding == Encoding.PHP) {
            return "'" + plain.replace("\\", "\\\\").replace("'", "\\'") + "'";
        }
        if (encoding == Encoding.JSON) {
            return json(plain);
        }
        if (plain.chars().anyMatch(Character::isISOControl)) {
            throw new InvalidValueException("secret", secret.name(), "it has control characters and is no single line");
        }
        return plain;
    }

    private static String json(String plain) {
        StringBuilder out = new StringBuilder("\"");
        for (int i = 0; i < plain.length(); i++) {
            char c = plain.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c < ' ') {
                out.append("\\u00").append(Character.forDigit(c >> 4, 16)).append(Character.forDigit(c & 15, 16));
            } else {
                out.append(c);
            }
        }
        return out.append('"').toString();
    }
}
