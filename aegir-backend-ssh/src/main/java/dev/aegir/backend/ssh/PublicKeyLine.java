// SPDX-License-Identifier: Apache-2.0
package dev.aegir.backend.ssh;

import dev.aegir.model.InvalidValueException;
import java.util.Base64;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import net.schmizz.sshj.common.Buffer;

/**
 * One public key as a line of {@code authorized_keys} without options: its type, the key itself, and what people call it.
 * Nothing else can be in it: no second line, no {@code command=} before it, no bytes after the key.
 */
record PublicKeyLine(String type, String key, String comment) {
    private static final int LONGEST_COMMENT = 200;

    /** How many fields a key of each type has, its type among them (RFC 4253, RFC 5656, RFC 8709, PROTOCOL.u2f). */
    private static final Map<String, Integer> FIELDS = Map.of(
            "ssh-ed25519", 2,
            "ecdsa-sha2-nistp256", 3,
            "ecdsa-sha2-nistp384", 3,
            "ecdsa-sha2-nistp521", 3,
            "ssh-rsa", 3,
            "sk-ssh-ed25519@openssh.com", 3,
            "sk-ecdsa-sha2-nistp256@openssh.com", 4);

    /** Validates. */
    PublicKeyLine {
        if (!FIELDS.containsKey(type)) {
            throw new InvalidValueException(
                    "public key",
                    type,
                    "a line begins with the type of the key, without options before it, and the types are "
                            + FIELDS.keySet().stream().sorted().collect(Collectors.joining(", ")));
        }
        if (!whole(type, key)) {
            throw new InvalidValueException(
                    "public key", key, "what follows " + type + " is no whole key of this type");
        }
        if (comment.length() > LONGEST_COMMENT || comment.codePoints().anyMatch(PublicKeyLine::unprintable)) {
            throw new InvalidValueException(
                    "public key", comment, "its comment has line breaks or other controls, or is too long");
        }
    }

    /**
     * Reads a line, as a {@code .pub} file has it; blanks and line ends around it do not matter.
     *
     * @throws InvalidValueException when it is anything but one public key without options
     */
    static PublicKeyLine of(String line) {
        String text = line.strip();
        if (text.codePoints().anyMatch(PublicKeyLine::unprintable)) {
            throw new InvalidValueException(
                    "public key", text, "give one line without controls, as a .pub file has it");
        }
        String[] words = text.split(" +", 3);
        if (words.length < 2) {
            throw new InvalidValueException("public key", text, "give a type and a key, as a .pub file has them");
        }
        return new PublicKeyLine(words[0], words[1], words.length < 3 ? "" : words[2]);
    }

    /** The types there are. */
    static Stream<String> types() {
        return FIELDS.keySet().stream();
    }

    /** Whether another line lets the same key in, whatever it is called. */
    boolean sameKey(PublicKeyLine other) {
        return type.equals(other.type) && key.equals(other.key);
    }

    private static boolean whole(String type, String text) {
        try {
            byte[] blob = Base64.getDecoder().decode(text);
            if (!Base64.getEncoder().encodeToString(blob).equals(text)) {
                return false;
            }
            Buffer.PlainBuffer fields = new Buffer.PlainBuffer(blob);
            if (!fields.readString().equals(type)) {
                return false;
            }
            for (int i = 1; i < Objects.requireNonNull(FIELDS.get(type)); i++) {
                byte[] field = fields.readBytes();
                if (field.length == 0 || i == 1 && type.equals("ssh-ed25519") && field.length != Ed25519.LENGTH) {
                    return false;
                }
            }
            return fields.available() == 0;
        } catch (IllegalArgumentException | Buffer.BufferException e) {
            return false;
        }
    }

    /** Controls, and characters that end a line or turn its direction where it is shown. */
    private static boolean unprintable(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE -> true;
            default -> false;
        };
    }

    /** The line, without a line end. */
    @Override
    public String toString() {
        return comment.isEmpty() ? type + " " + key : type + " " + key + " " + comment;
    }
}
