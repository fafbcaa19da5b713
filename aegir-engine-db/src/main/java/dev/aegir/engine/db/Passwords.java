// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import dev.aegir.host.Secret;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.text.Normalizer;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * What database servers keep of a password. Made here, so that the password itself reaches no server, and with it no log of
 * statements; and whether an account has it is known without logging in.
 */
final class Passwords {
    private static final int ITERATIONS = 4096;
    private static final int SALT = 16;
    private static final int MYSQL_SALT = 20;

    /** As many thousands of rounds as its own accounts have. */
    private static final int MYSQL_THOUSANDS = 5;

    /** Rounds, salt and hash; at most so many rounds as it may be told. */
    private static final Pattern MYSQL = Pattern.compile("\\$A\\$(0[0-9A-F]{2})\\$(.{20})(.{43})", Pattern.DOTALL);

    private static final String SCHEME = "SCRAM-SHA-256";
    private static final SecureRandom RANDOM = new SecureRandom();

    private Passwords() {}

    /** As MariaDB's {@code mysql_native_password} keeps it. */
    static String mariaDb(Secret secret) {
        try {
            MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
            byte[] once = sha1.digest(secret.reveal().getBytes(StandardCharsets.UTF_8));
            return "*" + HexFormat.of().formatHex(sha1.digest(once)).toUpperCase(Locale.ROOT);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java has no SHA-1", e);
        }
    }

    /** As MySQL's {@code caching_sha2_password} keeps it. */
    static String mySql(Secret secret) {
        byte[] random = new byte[MYSQL_SALT];
        RANDOM.nextBytes(random);
        StringBuilder salt = new StringBuilder();
        for (byte b : random) {
            salt.append((char) ('A' + (b & 0xFF) % ('Z' - 'A' + 1)));
        }
        return mySql(secret, salt.toString(), MYSQL_THOUSANDS);
    }

    static String mySql(Secret secret, String salt, int thousands) {
        return "$A$" + String.format(Locale.ROOT, "%03X", thousands) + "$" + salt
                + Sha256Crypt.hash(
                        secret.reveal().getBytes(StandardCharsets.UTF_8),
                        salt.getBytes(StandardCharsets.ISO_8859_1),
                        thousands * 1000);
    }

    /** Whether what MySQL keeps is of this password. Its characters are bytes. */
    static boolean matchesMySql(String kept, Secret secret) {
        Matcher parts = MYSQL.matcher(kept);
        return parts.matches()
                && Sha256Crypt.same(mySql(secret, parts.group(2), Integer.parseInt(parts.group(1), 16)), kept);
    }

    /** As PostgreSQL keeps it (RFC 5802 and 7677). */
    static String postgresql(Secret secret) {
        byte[] salt = new byte[SALT];
        RANDOM.nextBytes(salt);
        return verifier(prepared(secret.reveal()), salt, ITERATIONS);
    }

    /** Whether what PostgreSQL keeps is of this password. */
    static boolean matches(String kept, Secret secret) {
        String[] parts = kept.split("[$:]");
        if (parts.length != 5 || !parts[0].equals(SCHEME) || !parts[1].matches("[0-9]{1,7}")) {
            return false;
        }
        byte[] salt = Base64.getDecoder().decode(parts[2]);
        int iterations = Integer.parseInt(parts[1]);
        // PostgreSQL takes a password that cannot be prepared as it is.
        for (String text : List.of(prepared(secret.reveal()), secret.reveal())) {
            byte[] expected = verifier(text, salt, iterations).getBytes(StandardCharsets.UTF_8);
            if (MessageDigest.isEqual(expected, kept.getBytes(StandardCharsets.UTF_8))) {
                return true;
            }
        }
        return false;
    }

    static String verifier(String password, byte[] salt, int iterations) {
        byte[] salted = salted(password.getBytes(StandardCharsets.UTF_8), salt, iterations);
        byte[] storedKey = sha256(hmac(salted, "Client Key".getBytes(StandardCharsets.US_ASCII)));
        byte[] serverKey = hmac(salted, "Server Key".getBytes(StandardCharsets.US_ASCII));
        Base64.Encoder base64 = Base64.getEncoder();
        return SCHEME + "$" + iterations + ":" + base64.encodeToString(salt) + "$" + base64.encodeToString(storedKey)
                + ":" + base64.encodeToString(serverKey);
    }

    /**
     * SASLprep (RFC 4013) as clients do it: ASCII stays as it is, and so does what has a character that is not allowed, as
     * all beyond Unicode 3.2 are.
     */
    static String prepared(String password) {
        if (password.chars().allMatch(c -> c < 0x80)) {
            return password;
        }
        StringBuilder mapped = new StringBuilder();
        password.codePoints()
                .filter(c -> !mappedToNothing(c))
                .forEach(c -> mapped.appendCodePoint(Character.getType(c) == Character.SPACE_SEPARATOR ? ' ' : c));
        String normal = Normalizer.normalize(mapped, Normalizer.Form.NFKC);
        return normal.isEmpty() || normal.codePoints().anyMatch(Passwords::prohibited) ? password : normal;
    }

    private static boolean mappedToNothing(int c) {
        return c == 0xAD
                || c == 0x34F
                || c == 0x1806
                || c >= 0x180B && c <= 0x180D
                || c >= 0x200B && c <= 0x200D
                || c == 0x2060
                || c >= 0xFE00 && c <= 0xFE0F
                || c == 0xFEFF;
    }

    private static boolean prohibited(int c) {
        int type = Character.getType(c);
        return Character.isISOControl(c)
                || type == Character.FORMAT
                || type == Character.LINE_SEPARATOR
                || type == Character.PARAGRAPH_SEPARATOR
                || type == Character.PRIVATE_USE
                || type == Character.SURROGATE
                || type == Character.UNASSIGNED
                // Emoji came with later versions of Unicode than the one that SASLprep knows.
                || c >= 0x1F000 && c <= 0x1FAFF
                || c >= 0xE0000;
    }

    private static byte[] salted(byte[] password, byte[] salt, int iterations) {
        byte[] block = new byte[salt.length + 4];
        System.arraycopy(salt, 0, block, 0, salt.length);
        block[block.length - 1] = 1;
        Mac mac = mac(password);
        byte[] last = mac.doFinal(block);
        byte[] result = last.clone();
        for (int i = 1; i < iterations; i++) {
            last = mac.doFinal(last);
            for (int j = 0; j < result.length; j++) {
                result[j] ^= last[j];
            }
        }
        return result;
    }

    private static byte[] hmac(byte[] key, byte[] data) {
        return mac(key).doFinal(data);
    }

    private static Mac mac(byte[] key) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            // A key of nothing is not taken; one of zeros is the same to HMAC.
            mac.init(new SecretKeySpec(key.length == 0 ? new byte[1] : key, "HmacSHA256"));
            return mac;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java has no HMAC-SHA-256", e);
        }
    }

    private static byte[] sha256(byte[] data) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(data);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java has no SHA-256", e);
        }
    }
}
