// SPDX-License-Identifier: Apache-2.0
package dev.aegir.lab;

/** The lab cannot do what was asked; the message says what to do about it. */
public final class LabException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    LabException(String message) {
        super(message);
    }

    LabException(String message, Throwable cause) {
        super(message, cause);
    }
}
