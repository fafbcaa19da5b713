// SPDX-License-Identifier: Apache-2.0
package dev.aegir.model;

import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a server was found to have when it was last verified: software with versions, capabilities, disk, clock.
 *
 * @param server the server
 * @param at when it was looked at, by our clock
 * @param values the facts by name, such as {@code os} or {@code software.nginx}
 */
public record ServerFacts(Id server, Instant at, Map<String, String> values) {
    /** Copies. */
    public ServerFacts {
        values = Collections.unmodifiableMap(new TreeMap<>(values));
    }

    /**
     * The version of a piece of software.
     *
     * @param software its name, such as {@code nginx}
     * @return the version, if it is there
     */
    public Optional<String> version(String software) {
        return Optional.ofNullable(values.get("software." + software));
    }
}
