// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/**
 * Passwords hashed many times with SHA-256, as crypt(3) does (its kind 5; "Unix crypt using SHA-256 and SHA-512", version 0.6), and with
 * it MySQL's {@code caching_sha2_password}, whose salts are longer than those of crypt(3) may be.
 */
final class Sha256Crypt {
    private static final int BLOCK = 32;
    private static final String DIGITS = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    /** Which three bytes of the result are four digits. */
    private static final int[][] TOGETHER = {
        {0, 10, 20}, {21, 1, 11}, {12, 22, 2}, {3, 13, 23}, {24, 4, 14},
        {15, 25, 5}, {6, 16, 26}, {27, 7, 17}, {18, 28, 8}, {9, 19, 29}
    };

    private Sha256Crypt() {}

    /**
     * The hash, as text.
     *
     * @param key the password
     * @param salt the salt, of any length
     * @param rounds how many times
     */
    static String hash(byte[] key, byte[] salt, int rounds) {
        byte[] twice = sha256(key, salt, key);
        ByteArrayOutputStream first = new ByteArrayOutputStream();
        first.writeBytes(key);
        first.writeBytes(salt);
        first.writeBytes(repeated(twice, key.length));
        for (int bits = key.length; bits > 0; bits >>= 1) {
            first.writeBytes((bits & 1) == 1 ? twice : key);
        }
        byte[] last = sha256(first.toByteArray());
        byte[] keys = repeated(sha256(times(key, key.length)), key.length);
        byte[] salts = repeated(sha256(times(salt, 16 + (last[0] & 0xFF))), salt.length);
        byte[] none = {};
        for (int round = 0; round < rounds; round++) {
            boolean odd = (round & 1) == 1;
            last = sha256(
                    odd ? keys : last, round % 3 == 0 ? none : salts, round % 7 == 0 ? none : keys, odd ? last : keys);
        }
        return text(last);
    }

    private static String text(byte[] hash) {
        StringBuilder text = new StringBuilder();
        for (int[] three : TOGETHER) {
            append(text, (hash[three[0]] & 0xFF) << 16 | (hash[three[1]] & 0xFF) << 8 | hash[three[2]] & 0xFF, 4);
        }
        append(text, (hash[31] & 0xFF) << 8 | hash[30] & 0xFF, 3);
        return text.toString();
    }

    private static void append(StringBuilder text, int bits, int digits) {
        for (int i = 0; i < digits; i++) {
            text.append(DIGITS.charAt(bits >> 6 * i & 63));
        }
    }

    /** So many bytes, which begin again and again. */
    private static byte[] repeated(byte[] block, int length) {
        byte[] all = new byte[length];
        for (int at = 0; at < length; at += BLOCK) {
            System.arraycopy(block, 0, all, at, Math.min(BLOCK, length - at));
        }
        return all;
    }

    private static byte[] times(byte[] bytes, int times) {
        byte[] all = new byte[bytes.length * times];
        for (int i = 0; i < times; i++) {
            System.arraycopy(bytes, 0, all, i * bytes.length, bytes.length);
        }
        return all;
    }

    private static byte[] sha256(byte[]... parts) {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            Arrays.stream(parts).forEach(sha256::update);
            return sha256.digest();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java has no SHA-256", e);
        }
    }

    /** Whether two texts are equal, in the same time wherever they differ. */
    static boolean same(String one, String other) {
        return MessageDigest.isEqual(
                one.getBytes(StandardCharsets.ISO_8859_1), other.getBytes(StandardCharsets.ISO_8859_1));
    }
}
