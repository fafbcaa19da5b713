// SPDX-License-Identifier: Apache-2.0
package dev.aegir.model;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;

/**
 * The pinned identity of a host: the SHA-256 fingerprint of its SSH host key, as {@code ssh-keygen -l} prints it.
 *
 * @param fingerprint {@code SHA256:} and 43 characters of unpadded base 64
 * @see <a href="https://www.rfc-editor.org/rfc/rfc7479">RFC 7479</a>
 */
public record HostKey(String fingerprint) {
    /** Validates; a whole public key line is turned into its fingerprint. */
    public HostKey {
        fingerprint = fingerprint.strip();
        if (fingerprint.matches("(ssh|ecdsa|sk)-[A-Za-z0-9@.-]+ .*")) {
            fingerprint = ofKey(fingerprint);
        }
        if (!fingerprint.matches("SHA256:[A-Za-z0-9+/]{43}")) {
            throw new InvalidValueException(
                    "host key", fingerprint, "give SHA256: and 43 characters, or a public key line (ssh-keygen -l)");
        }
    }

    /**
     * Makes a host key.
     *
     * @param text a fingerprint such as {@code SHA256:...} or a public key line such as {@code ssh-ed25519 AAAA...}
     * @return the host key
     */
    public static HostKey of(String text) {
        return new HostKey(text);
    }

    private static String ofKey(String line) {
        try {
            String[] words = line.split(" +");
            byte[] blob = Base64.getDecoder().decode(words[1]);
            if (!begins(blob, words[0])) {
                throw new InvalidValueException("host key", line, "what follows " + words[0] + " is no such key");
            }
            byte[] hash = java.security.MessageDigest.getInstance("SHA-256").digest(blob);
            return "SHA256:" + Base64.getEncoder().withoutPadding().encodeToString(hash);
        } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
            throw new InvalidValueException("host key", line, "the key is not valid base 64");
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** Whether a public key begins with its type, as RFC 4253 (6.6) has it: four bytes of length, then the name. */
    private static boolean begins(byte[] blob, String type) {
        byte[] name = type.getBytes(StandardCharsets.US_ASCII);
        return blob.length > 4 + name.length
                && ByteBuffer.wrap(blob).getInt() == name.length
                && Arrays.equals(blob, 4, 4 + name.length, name, 0, name.length);
    }

    @Override
    public String toString() {
        return fingerprint;
    }
}
