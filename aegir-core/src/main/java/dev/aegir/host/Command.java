// SPDX-License-Identifier: Apache-2.0
package dev.aegir.host;

import dev.aegir.model.HostPath;
import dev.aegir.model.InvalidValueException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A command as a list of words. No shell ever reads the words: the program named by the first gets the others exactly as
 * they are. Secrets are not words; they travel as {@link Input}.
 *
 * <p>Commands run with a clean environment (PATH, HOME, LANG=C.UTF-8 and what is given here) in {@code /} unless another
 * directory is given.
 *
 * @param words the program and its arguments; none has a NUL or more than 128 KiB less one byte, which is what Linux
 *     can pass
 * @param user the account it runs as; absent for the privileged account of the host
 * @param directory where it runs; absent for {@code /}
 * @param environment more environment variables
 * @param timeout how long it may take before it is killed
 * @param outputLimit how many bytes of each output stream are kept; more is read and dropped, and said
 */
public record Command(
        List<String> words,
        Optional<String> user,
        Optional<HostPath> directory,
        Map<String, String> environment,
        Duration timeout,
        int outputLimit) {
    private static final int MAX_WORD = 128 * 1024 - 1;
    private static final int MAX_TOTAL = 1024 * 1024;

    /** Validates and copies. */
    public Command {
        words = List.copyOf(words);
        environment = Collections.unmodifiableMap(new TreeMap<>(environment));
        if (words.isEmpty() || words.get(0).isEmpty() || words.get(0).startsWith("-")) {
            throw new InvalidValueException("command", String.join(" ", words), "it has no program");
        }
        int total = 0;
        for (String word : words) {
            int length = word.getBytes(StandardCharsets.UTF_8).length;
            total += length + 1;
            if (word.indexOf('\0') >= 0) {
                throw new InvalidValueException("word", word, "a command cannot have a NUL in a word");
            }
            if (length > MAX_WORD) {
                throw new InvalidValueException("word", word, "longer than Linux can pass; send it as input");
            }
        }
        if (total > MAX_TOTAL) {
            throw new InvalidValueException("command", words.get(0), "its words are longer than 1 MiB; send input");
        }
        user.ifPresent(name -> {
            if (!name.matches("[a-z_][a-z0-9_-]{0,31}")) {
                throw new InvalidValueException("user", name, "it is not a POSIX account name");
            }
        });
        environment.forEach((key, value) -> {
            if (!key.matches("[A-Za-z_][A-Za-z0-9_]*") || value.indexOf('\0') >= 0) {
                throw new InvalidValueException("environment variable", key, "it is no variable name or has a NUL");
            }
        });
        if (timeout.isNegative() || timeout.isZero() || outputLimit < 0) {
            throw new InvalidValueException("command", words.get(0), "timeout and output limit must be positive");
        }
    }

    /**
     * A command with a timeout of one minute that keeps 1 MiB of output.
     *
     * @param words the program and its arguments
     * @return the command
     */
    public static Command of(String... words) {
        return of(List.of(words));
    }

    /**
     * A command with a timeout of one minute that keeps 1 MiB of output.
     *
     * @param words the program and its arguments
     * @return the command
     */
    public static Command of(List<String> words) {
        return new Command(words, Optional.empty(), Optional.empty(), Map.of(), Duration.ofMinutes(1), 1024 * 1024);
    }

    /**
     * This command with more words.
     *
     * @param more the words
     * @return a copy
     */
    public Command with(String... more) {
        List<String> copy = new ArrayList<>(words);
        copy.addAll(List.of(more));
        return new Command(copy, user, directory, environment, timeout, outputLimit);
    }

    /**
     * This command as another account.
     *
     * @param account the account
     * @return a copy
     */
    public Command as(String account) {
        return new Command(words, Optional.of(account), directory, environment, timeout, outputLimit);
    }

    /**
     * This command in a directory.
     *
     * @param where the directory
     * @return a copy
     */
    public Command in(HostPath where) {
        return new Command(words, user, Optional.of(where), environment, timeout, outputLimit);
    }

    /**
     * This command with an environment variable.
     *
     * @param variable its name
     * @param value its value; no secret
     * @return a copy
     */
    public Command environment(String variable, String value) {
        Map<String, String> copy = new TreeMap<>(environment);
        copy.put(variable, value);
        return new Command(words, user, directory, copy, timeout, outputLimit);
    }

    /**
     * This command with another timeout.
     *
     * @param limit how long it may take
     * @return a copy
     */
    public Command timeout(Duration limit) {
        return new Command(words, user, directory, environment, limit, outputLimit);
    }

    /**
     * This command, of which another amount of output is kept.
     *
     * @param bytes how many of each stream
     * @return a copy
     */
    public Command keeping(int bytes) {
        return new Command(words, user, directory, environment, timeout, bytes);
    }

    /**
     * The words as a person would type them into a shell, of long ones the beginning and of scripts the first line; for
     * messages only, never run.
     */
    @Override
    public String toString() {
        StringBuilder out = new StringBuilder();
        user.ifPresent(name -> out.append('[').append(name).append("] "));
        for (String word : words) {
            int end = Math.min(word.indexOf('\n') < 0 ? word.length() : word.indexOf('\n'), 200);
            String shown = end < word.length() ? word.substring(0, end) + "..." : word;
            out.append(out.length() == 0 || out.charAt(out.length() - 1) == ' ' ? "" : " ")
                    .append(shown.matches("[A-Za-z0-9_./:=@%+,-]+") ? shown : "'" + shown.replace("'", "'\\''") + "'");
        }
        return out.toString();
    }
}
