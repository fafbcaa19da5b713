// SPDX-License-Identifier: Apache-2.0
package dev.aegir.benchmark;

import java.util.Locale;

/** What a site has much of. */
enum Content {
    FILES,
    DATABASE,
    BOTH;

    /** The site that has much of it. */
    String site() {
        return toString() + ".example.net";
    }

    boolean hasFiles() {
        return this != DATABASE;
    }

    boolean hasDatabase() {
        return this != FILES;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
