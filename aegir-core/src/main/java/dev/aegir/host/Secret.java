// SPDX-License-Identifier: Apache-2.0
package dev.aegir.host;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/** A secret. It has no way to print itself: {@link #toString} says only that it is one. Immutable. */
public final class Secret {
    private final String value;

    private Secret(String value) {
        this.value = value;
    }

    /**
     * Wraps a secret.
     *
     * @param value the secret
     * @return the wrapper
     */
    public static Secret of(String value) {
        return new Secret(value);
    }

    /**
     * The secret in clear, for the one place that must hand it on.
     *
     * @return the secret
     */
    public String reveal() {
        return value;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Secret secret
                && MessageDigest.isEqual(
                        value.getBytes(StandardCharsets.UTF_8), secret.value.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public int hashCode() {
        return Secret.class.hashCode();
    }

    @Override
    public String toString() {
        return "(secret)";
    }
}
