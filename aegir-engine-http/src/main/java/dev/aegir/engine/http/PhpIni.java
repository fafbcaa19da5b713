// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.http;

import dev.aegir.model.InvalidValueException;

/**
 * The language of php-fpm's configuration, which is PHP's own INI: a value in quotes means itself but for a few characters,
 * a bare one may be a constant, an expression or the end of the line. A value of ours is therefore always in quotes.
 */
final class PhpIni {
    private PhpIni() {}

    /**
     * A value as php-fpm reads it.
     *
     * @throws InvalidValueException when there is no way to write it: control characters, which end lines, the dollar sign,
     *     which php-fpm takes for a variable of its own environment or the pool's name even in quotes, and both kinds of
     *     quotes in one text
     */
    static String value(String what, String text) {
        if (text.chars().anyMatch(Character::isISOControl)) {
            throw new InvalidValueException(what, text, "control characters cannot stand in php-fpm's configuration");
        }
        if (text.indexOf('$') >= 0) {
            throw new InvalidValueException(
                    what, text, "a $ begins a variable in php-fpm's configuration, even in quotes");
        }
        if (text.indexOf('\'') < 0) {
            return '\'' + text + '\'';
        }
        if (text.indexOf('"') >= 0 || text.indexOf('\\') >= 0) {
            throw new InvalidValueException(
                    what, text, "php-fpm's configuration cannot have a ' together with a \" or a backslash");
        }
        return '"' + text + '"';
    }

    /** A comment, which ends with its line. */
    static String comment(String text) {
        if (text.chars().anyMatch(Character::isISOControl)) {
            throw new InvalidValueException(
                    "title", text, "control characters cannot stand in php-fpm's configuration");
        }
        return "; " + text + "\n";
    }

    /** A directive whose value comes from outside. */
    static String line(String name, String text) {
        return name + " = " + value(name, text) + "\n";
    }

    /** A directive all of which is ours. */
    static String fixed(String name, String value) {
        return name + " = " + value + "\n";
    }

    /** A directive of a list, such as {@code env[TMPDIR]}; in quotes, or the key would be looked up as a constant. */
    static String entry(String list, String key, String text) {
        if (!key.matches("[A-Za-z_][A-Za-z0-9_.]*")) {
            throw new InvalidValueException(list, key, "a name has letters, digits, _ and .");
        }
        return list + "['" + key + "'] = " + value(list + " " + key, text) + "\n";
    }
}
