// SPDX-License-Identifier: Apache-2.0
package dev.aegir.testkit;

/**
 * Something that shall go wrong on a fake host, once.
 *
 * @param kind what
 * @param number at which of its kind, counted from 1 and from the moment the fault is {@linkplain FakeHost#inject injected}
 */
public record Fault(Kind kind, int number) {
    /** What goes wrong. */
    public enum Kind {
        /** A command does nothing and ends with exit code 1. */
        COMMAND,
        /** A file cannot be written, made or deleted, as on a full disk. */
        WRITE,
        /** A call does what it shall, but the connection breaks before its answer arrives. */
        ANSWER,
        /**
         * After an effect (a file written, a command run, a fact remembered) nothing more happens: the call throws a
         * {@link HostCrash} and leaves everything half done, as when the program, or the host, is killed.
         */
        CRASH
    }

    /** Validates. */
    public Fault {
        if (number < 1) {
            throw new IllegalArgumentException("faults are counted from 1, not " + number);
        }
    }
}
