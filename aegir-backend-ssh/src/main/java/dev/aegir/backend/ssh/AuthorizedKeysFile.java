// SPDX-License-Identifier: Apache-2.0
package dev.aegir.backend.ssh;

import dev.aegir.host.Command;
import dev.aegir.host.CommandResult;
import dev.aegir.host.Host;
import dev.aegir.host.HostRefusedException;
import dev.aegir.host.Input;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.function.UnaryOperator;

/**
 * The {@code ~/.ssh/authorized_keys} of an account on a host. It is read and written as that account, so that links in the
 * account's own directory lead nowhere the account could not go itself. People edit this file too: it is replaced only
 * while it is as it was read.
 */
record AuthorizedKeysFile(Host host, String account) {
    static final String PRIVATE = "0600";

    private static final String PROGRAM = program();
    private static final int CHANGED = 75;
    private static final int ATTEMPTS = 10;

    /**
     * How the file was found.
     *
     * @param mode its permissions as octal digits, or {@code none}, or {@code nodir} when there is no {@code .ssh} either
     * @param keys what is in it
     */
    record Found(String mode, AuthorizedKeys keys) {
        boolean there() {
            return mode.startsWith("0");
        }

        private String hash() {
            return there() ? sha256(keys.content()) : "none";
        }
    }

    /** What is there. */
    Found read() throws InterruptedException {
        CommandResult result = host.run(command("read"));
        byte[] out = succeeded(result).stdoutBytes();
        if (result.truncated()) {
            throw refused("it is longer than 1 MiB");
        }
        int line = 0;
        while (line < out.length && out[line] != '\n') {
            line++;
        }
        String mode = new String(out, 0, line, StandardCharsets.US_ASCII).replace("file ", "");
        byte[] content = Arrays.copyOfRange(out, Math.min(line + 1, out.length), out.length);
        return new Found(mode, AuthorizedKeys.of(content));
    }

    /** Changes the keys and sets the permissions; a file that is not there is made. */
    void change(UnaryOperator<AuthorizedKeys> change, String mode) throws InterruptedException {
        for (int i = 0; i < ATTEMPTS; i++) {
            Found found = read();
            AuthorizedKeys wanted = change.apply(found.keys());
            if (found.there() && wanted.equals(found.keys()) && found.mode().equals(mode)) {
                return;
            }
            Input content = Input.bytes(wanted.content());
            if (done(host.run(command("replace", found.hash(), mode), content))) {
                return;
            }
        }
        throw refused("somebody else keeps changing it");
    }

    /** Removes the file if it is as it was found; and {@code .ssh}, when asked and nothing else is in it. */
    boolean remove(Found found, boolean directoryToo) throws InterruptedException {
        return done(host.run(command("remove", found.hash(), directoryToo ? "nodir" : "none")));
    }

    /** Whether it was done; not when the file was changed meanwhile. */
    private boolean done(CommandResult result) {
        return result.exit() != CHANGED && succeeded(result).succeeded();
    }

    private CommandResult succeeded(CommandResult result) {
        if (!result.succeeded()) {
            throw refused(result.stderr().strip());
        }
        return result;
    }

    private HostRefusedException refused(String why) {
        return new HostRefusedException(
                host.server().value(),
                "the authorized_keys of " + account + " cannot be used: " + why
                        + "; put that right there, then try again");
    }

    private Command command(String... words) {
        return Command.of("sh", "-eu", "-c", PROGRAM, "authorized-keys")
                .with(words)
                .as(account);
    }

    private static String sha256(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private static String program() {
        try (InputStream in = AuthorizedKeysFile.class.getResourceAsStream("authorized-keys.sh")) {
            if (in == null) {
                throw new IllegalStateException("authorized-keys.sh is missing from the jar");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
