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
        PHP
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

    /** The secret, written so. */
    String text(Secret value) {
        String plain = value.reveal();
        if (encoding == Encoding.PHP) {
            return "'" + plain.replace("\\", "\\\\").replace("'", "\\'") + "'";
        }
        if (plain.chars().anyMatch(Character::isISOControl)) {
            throw new InvalidValueException("secret", secret.name(), "it has control characters and is no single line");
        }
        return plain;
    }
}
