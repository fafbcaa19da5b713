// SPDX-License-Identifier: Apache-2.0
package dev.aegir.model;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The processes that run a site's code, under an account of its own that no other site has.
 *
 * @param owner the site's id
 * @param title how people call the site
 * @param account the POSIX account
 * @param home the site's own directory; it bears the owner's mark
 * @param code the release it runs, which it can read and not write
 * @param writable directories below {@code home} that it can write, such as {@code files}
 * @param environment variables the code finds; no secrets
 * @param settings limits and settings of the language, by the names the engine documents, such as {@code memory}
 * @param cron what is run regularly
 */
public record Pool(
        Id owner,
        String title,
        String account,
        HostPath home,
        HostPath code,
        List<String> writable,
        Map<String, String> environment,
        Settings settings,
        Optional<Cron> cron)
        implements Resource {
    /**
     * What is run regularly, as the site's account; never twice at the same time.
     *
     * @param words the program and its arguments
     * @param minutes the time between two runs, 1 to 1440; sites are spread over it
     */
    public record Cron(List<String> words, int minutes) {
        /** Validates and copies. */
        public Cron {
            words = List.copyOf(words);
            if (words.isEmpty() || !words.get(0).startsWith("/")) {
                throw new InvalidValueException("cron", String.join(" ", words), "name the program by its whole path");
            }
            for (String word : words) {
                if (word.chars().anyMatch(Character::isISOControl)) {
                    throw new InvalidValueException("cron", word, "control characters are not allowed");
                }
            }
            if (minutes < 1 || minutes > 1440) {
                throw new InvalidValueException("cron", minutes + " minutes", "1 minute to 1 day");
            }
        }
    }

    /** Validates and copies. */
    public Pool {
        writable = List.copyOf(writable);
        environment = Collections.unmodifiableMap(new TreeMap<>(environment));
        if (!account.matches("[a-z_][a-z0-9_-]{0,31}")) {
            throw new InvalidValueException("account", account, "it is not a POSIX account name");
        }
        for (String directory : writable) {
            if (!directory.matches("[a-z0-9][a-z0-9._-]*(/[a-z0-9][a-z0-9._-]*)*")) {
                throw new InvalidValueException(
                        "writable directory", directory, "write it as segments/of a-z, 0-9 and . _ - below the home");
            }
        }
        environment.forEach((key, value) -> {
            if (!key.matches("[A-Za-z_][A-Za-z0-9_]*") || value.chars().anyMatch(Character::isISOControl)) {
                throw new InvalidValueException(
                        "environment variable", key, "it is no variable name or has control characters");
            }
        });
        if (home.equals(code) || home.isWithin(code) || code.isWithin(home)) {
            throw new InvalidValueException("home", home.value(), "a site's home and its code lie apart");
        }
    }

    @Override
    public String title() {
        return title;
    }
}
