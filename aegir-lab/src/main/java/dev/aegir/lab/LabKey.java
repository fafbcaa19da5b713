// SPDX-License-Identifier: Apache-2.0
package dev.aegir.lab;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;

/**
 * The lab's own ed25519 key pair, in OpenSSH's format: made once per lab, so that servers started by different programs
 * accept the same key.
 *
 * @param privateKey the private key's file, readable by its owner only
 * @param publicLine the public key as one line of {@code authorized_keys}
 */
record LabKey(Path privateKey, String publicLine) {
    private static final String TYPE = "ssh-ed25519";
    private static final String COMMENT = "aegir-lab";

    /** The key kept in a directory, made when there is none. The caller holds the directory's lock. */
    static LabKey in(Path directory) throws IOException {
        Path privateKey = directory.resolve("id_ed25519");
        Path publicKey = directory.resolve("id_ed25519.pub");
        if (!Files.exists(privateKey) || !Files.exists(publicKey)) {
            make(privateKey, publicKey);
        }
        return new LabKey(privateKey, Files.readString(publicKey).strip());
    }

    private static void make(Path privateKey, Path publicKey) throws IOException {
        KeyPair pair;
        try {
            pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Java 15 and newer have Ed25519", e);
        }
        // Both encodings of RFC 8410 end with the 32 bytes of the key itself.
        byte[] seed = lastBytes(pair.getPrivate().getEncoded());
        byte[] point = lastBytes(pair.getPublic().getEncoded());
        String line = TYPE + " " + Base64.getEncoder().encodeToString(publicBlob(point)) + " " + COMMENT;
        write(publicKey, line + "\n");
        write(privateKey, armoured(privateBlob(seed, point)));
    }

    private static void write(Path file, String content) throws IOException {
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(fresh);
        Files.createFile(fresh, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(fresh, content);
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static byte[] lastBytes(byte[] encoded) {
        return Arrays.copyOfRange(encoded, encoded.length - 32, encoded.length);
    }

    private static byte[] publicBlob(byte[] point) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            string(out, TYPE.getBytes(StandardCharsets.US_ASCII));
            string(out, point);
        }
        return bytes.toByteArray();
    }

    /** The unencrypted form of "openssh-key-v1", as OpenSSH's PROTOCOL.key describes it. */
    private static byte[] privateBlob(byte[] seed, byte[] point) throws IOException {
        ByteArrayOutputStream secret = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(secret)) {
            // Two equal numbers, by which a reader sees that decryption worked; any will do where nothing is encrypted.
            out.writeInt(0);
            out.writeInt(0);
            string(out, TYPE.getBytes(StandardCharsets.US_ASCII));
            string(out, point);
            out.writeInt(seed.length + point.length);
            out.write(seed);
            out.write(point);
            string(out, COMMENT.getBytes(StandardCharsets.US_ASCII));
            for (int padding = 1; out.size() % 8 != 0; padding++) {
                out.writeByte(padding);
            }
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.write("openssh-key-v1\0".getBytes(StandardCharsets.US_ASCII));
            string(out, "none".getBytes(StandardCharsets.US_ASCII)); // cipher
            string(out, "none".getBytes(StandardCharsets.US_ASCII)); // key derivation
            string(out, new byte[0]); // its options
            out.writeInt(1); // keys
            string(out, publicBlob(point));
            string(out, secret.toByteArray());
        }
        return bytes.toByteArray();
    }

    private static void string(DataOutputStream out, byte[] value) throws IOException {
        out.writeInt(value.length);
        out.write(value);
    }

    private static String armoured(byte[] blob) {
        String body = Base64.getMimeEncoder(70, "\n".getBytes(StandardCharsets.US_ASCII))
                .encodeToString(blob);
        return "-----BEGIN OPENSSH PRIVATE KEY-----\n" + body + "\n-----END OPENSSH PRIVATE KEY-----\n";
    }
}
