// SPDX-License-Identifier: Apache-2.0
package dev.aegir.backend.ssh;

import dev.aegir.host.Secret;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import net.schmizz.sshj.common.Buffer;

/** New ed25519 key pairs, in the formats of OpenSSH. */
final class Ed25519 {
    /** The bytes of a public key, and of the seed of a private one (RFC 8032). */
    static final int LENGTH = 32;

    private static final String TYPE = "ssh-ed25519";
    private static final int BLOCK = 8;

    private Ed25519() {}

    /** A private key, unencrypted, as {@code ssh-keygen} writes it, and its public key. */
    record Pair(Secret privateKey, PublicKeyLine publicKey) {}

    /** A new pair; both keys bear the comment. */
    static Pair next(String comment) {
        KeyPair pair;
        try {
            pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Java 15 and newer have Ed25519", e);
        }
        // Both encodings (RFC 8410) end with the 32 bytes of the key itself.
        byte[] seed = end(pair.getPrivate().getEncoded());
        byte[] point = end(pair.getPublic().getEncoded());
        byte[] blob = new Buffer.PlainBuffer().putString(TYPE).putBytes(point).getCompactData();
        String key = Base64.getEncoder().encodeToString(blob);
        return new Pair(
                Secret.of(armoured(openssh(seed, point, blob, comment))), new PublicKeyLine(TYPE, key, comment));
    }

    private static byte[] end(byte[] encoded) {
        return Arrays.copyOfRange(encoded, encoded.length - LENGTH, encoded.length);
    }

    /** The format "openssh-key-v1" of OpenSSH's PROTOCOL.key, with cipher and key derivation "none". */
    private static byte[] openssh(byte[] seed, byte[] point, byte[] blob, String comment) {
        Buffer.PlainBuffer secret = new Buffer.PlainBuffer();
        // Two equal numbers, by which a reader sees that decryption worked; any will do where nothing is encrypted.
        secret.putUInt32(0).putUInt32(0);
        secret.putString(TYPE).putBytes(point);
        secret.putUInt32(2L * LENGTH).putRawBytes(seed).putRawBytes(point);
        secret.putString(comment);
        for (int padding = 1; secret.available() % BLOCK != 0; padding++) {
            secret.putByte((byte) padding);
        }
        return new Buffer.PlainBuffer()
                .putRawBytes("openssh-key-v1\0".getBytes(StandardCharsets.US_ASCII))
                .putString("none")
                .putString("none")
                .putString("")
                .putUInt32(1)
                .putBytes(blob)
                .putBytes(secret.getCompactData())
                .getCompactData();
    }

    private static String armoured(byte[] content) {
        String body = Base64.getMimeEncoder(70, "\n".getBytes(StandardCharsets.US_ASCII))
                .encodeToString(content);
        return "-----BEGIN OPENSSH PRIVATE KEY-----\n" + body + "\n-----END OPENSSH PRIVATE KEY-----\n";
    }
}
