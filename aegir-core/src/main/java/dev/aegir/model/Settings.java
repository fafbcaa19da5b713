// SPDX-License-Identifier: Apache-2.0
package dev.aegir.model;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * What a service or a source is told beyond its engine's defaults: plain text values by name, read as the type the
 * engine needs. Secrets never stand in settings; {@link #secret} reads the name of one.
 *
 * @param values the values by name, without control characters
 */
public record Settings(Map<String, String> values) {
    private static final Settings NONE = new Settings(Map.of());

    /** Validates and copies. */
    public Settings {
        for (Map.Entry<String, String> entry : values.entrySet()) {
            if (!entry.getKey().matches("[a-z][a-z0-9.-]{0,62}")) {
                throw new InvalidValueException("setting", entry.getKey(), "a setting's name has a-z, 0-9, - and .");
            }
            if (entry.getValue().chars().anyMatch(Character::isISOControl)) {
                throw new InvalidValueException(
                        "setting " + entry.getKey(), entry.getValue(), "control characters are not allowed");
            }
        }
        values = java.util.Collections.unmodifiableMap(new TreeMap<>(values));
    }

    /**
     * No settings.
     *
     * @return settings without a value
     */
    public static Settings none() {
        return NONE;
    }

    /**
     * Settings of names and values.
     *
     * @param values the values by name
     * @return the settings
     */
    public static Settings of(Map<String, String> values) {
        return new Settings(values);
    }

    /**
     * These settings and one more.
     *
     * @param name the name
     * @param value the value
     * @return a copy with that value
     */
    public Settings with(String name, String value) {
        Map<String, String> copy = new TreeMap<>(values);
        copy.put(name, value);
        return new Settings(copy);
    }

    /**
     * These settings but some.
     *
     * @param names the names of those to leave out, whether they are there or not
     * @return a copy
     */
    public Settings without(String... names) {
        Map<String, String> copy = new TreeMap<>(values);
        copy.keySet().removeAll(Set.of(names));
        return new Settings(copy);
    }

    /**
     * A value as text.
     *
     * @param name the name
     * @return the value, if there is one
     */
    public Optional<String> text(String name) {
        return Optional.ofNullable(values.get(name));
    }

    /**
     * A value as a path.
     *
     * @param name the name
     * @param otherwise the path to take when nothing is set
     * @return the path
     * @throws InvalidValueException when what is set is no path
     */
    public HostPath path(String name, String otherwise) {
        return HostPath.of(values.getOrDefault(name, otherwise));
    }

    /**
     * A value as a whole number.
     *
     * @param name the name
     * @param otherwise the number to take when nothing is set
     * @return the number
     * @throws InvalidValueException when what is set is no whole number
     */
    public int number(String name, int otherwise) {
        String value = values.get(name);
        if (value == null) {
            return otherwise;
        }
        try {
            return Integer.parseInt(value);
        } catch (NumberFormatException e) {
            throw new InvalidValueException("setting " + name, value, "it is not a whole number");
        }
    }

    /**
     * A value as the name of a secret.
     *
     * @param name the name of the setting
     * @return the reference, if one is set
     */
    public Optional<SecretRef> secret(String name) {
        return text(name).map(SecretRef::of);
    }
}
