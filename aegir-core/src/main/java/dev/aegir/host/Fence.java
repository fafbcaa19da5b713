// SPDX-License-Identifier: Apache-2.0
package dev.aegir.host;

/**
 * Who may change a host: a number that only grows, for one resource. A host refuses a number lower than the highest it
 * has seen for that resource, so that a program that was paused or cut off can no longer write after another took over.
 *
 * @param resource what is guarded, such as {@code site:01J...}; letters, digits and {@code : . _ -}
 * @param token the number
 */
public record Fence(String resource, long token) {
    /** Validates. */
    public Fence {
        if (!resource.matches("[A-Za-z0-9:._-]{1,200}") || token < 0) {
            throw new dev.aegir.model.InvalidValueException("fence", resource, "letters, digits and : . _ - only");
        }
    }
}
