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

    /**
     * Whether what stood in the way may go by itself, such as a server that does not answer while it starts. A step that cannot be
     * taken back for such a reason, or cannot tell whether it is done, is asked again for about a minute before a person is.
     *
     * @return {@code false}, if a subclass does not know better
     */
    public boolean mayPass() {
        return false;
    }
}
