// SPDX-License-Identifier: Apache-2.0
package dev.aegir.model;

/**
 * The name of a secret. Plans, journals and inventories hold names; the secret itself is looked up only while a step
 * that needs it runs.
 *
 * @param name 1 to 200 characters of {@code a-z A-Z 0-9 . _ / -}, no component of which is empty, {@code .} or
 *     {@code ..}
 */
public record SecretRef(String name) {
    /** Validates. */
    public SecretRef {
        if (!name.matches("[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*") || name.length() > 200) {
            throw new InvalidValueException("secret name", name, "only letters, digits and . _ - / are allowed");
        }
        for (String part : name.split("/")) {
            if (part.equals(".") || part.equals("..")) {
                throw new InvalidValueException("secret name", name, ". and .. are not allowed");
            }
        }
    }

    /**
     * Makes a reference.
     *
     * @param name the name of the secret
     * @return the reference
     */
    public static SecretRef of(String name) {
        return new SecretRef(name);
    }

    @Override
    public String toString() {
        return name;
    }
}
