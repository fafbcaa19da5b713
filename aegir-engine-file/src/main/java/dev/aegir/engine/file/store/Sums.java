// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.file.store;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Checksums, of SHA-256. */
final class Sums {
    /** Of nothing. */
    static final String NOTHING = of(new byte[0]);

    private Sums() {}

    static MessageDigest begun() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    static String of(byte[] bytes) {
        return hex(begun().digest(bytes));
    }

    static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }
}
