// SPDX-License-Identifier: Apache-2.0
package dev.aegir.benchmark;

/** An option that there is not, or one without a value that can be used. */
final class WrongOptionException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    WrongOptionException(String what, String usage) {
        super(what + "\n\n" + usage);
    }

    /** Says what is wrong with the arguments, and ends. */
    void end() {
        System.err.println(getMessage());
        System.exit(2);
    }
}
