// SPDX-License-Identifier: Apache-2.0
package dev.aegir.model;

/**
 * The root of everything Aegir throws on purpose. The message says what happened, to what, on which host, and what to do
 * next; it never holds a secret. Subclasses are split by whose turn it is.
 */
public abstract class AegirException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * With a message.
     *
     * @param message what happened, to what, where, and what to do next
     */
    protected AegirException(String message) {
        super(message);
    }

    /**
     * With a message and a cause.
     *
     * @param message what happened, to what, where, and what to do next
     * @param cause what led to it
     */
    protected AegirException(String message, Throwable cause) {
        super(message, cause);
    }
}
