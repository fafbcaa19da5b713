// SPDX-License-Identifier: Apache-2.0
package dev.aegir.host;

import java.nio.charset.StandardCharsets;

/** What a command reads from its standard input: the only way a secret reaches a command. Immutable. */
public final class Input {
    private static final Input NONE = new Input(new byte[0], false);
    private final byte[] content;
    private final boolean secret;

    private Input(byte[] content, boolean secret) {
        this.content = content;
        this.secret = secret;
    }

    /**
     * Nothing: the command finds its input at the end.
     *
     * @return no input
     */
    public static Input none() {
        return NONE;
    }

    /**
     * Text.
     *
     * @param text the text, sent as UTF-8
     * @return the input
     */
    public static Input text(String text) {
        return new Input(text.getBytes(StandardCharsets.UTF_8), false);
    }

    /**
     * Bytes.
     *
     * @param content the bytes
     * @return the input
     */
    public static Input bytes(byte[] content) {
        return new Input(content.clone(), false);
    }

    /**
     * A secret.
     *
     * @param secret the secret, sent as UTF-8 without a line end
     * @return the input
     */
    public static Input secret(Secret secret) {
        return new Input(secret.reveal().getBytes(StandardCharsets.UTF_8), true);
    }

    /**
     * The bytes to send.
     *
     * @return a copy
     */
    public byte[] content() {
        return content.clone();
    }

    @Override
    public String toString() {
        return secret ? "(secret)" : "(" + content.length + " bytes)";
    }
}
