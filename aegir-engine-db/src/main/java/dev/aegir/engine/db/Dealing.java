// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import java.util.List;

/**
 * By which connection a statement is loaded when there are several. For one dump, whose statements it sees one after the other.
 */
interface Dealing {
    /** By which. */
    enum Whom {
        /** By every one: how it reads and writes. */
        ALL,
        /** By the first, when the rows before are there. */
        FIRST,
        /** By the first, whether the rows before are there or not. */
        BESIDE,
        /** Rows: by any of them. */
        ANY,
        /** By none: needless, and in the way of the others. */
        NONE
    }

    /** By which connection a statement is loaded that begins so. */
    Whom next(List<String> words);

    /** Whether rows may be loaded beside all of them now. */
    default boolean allowsBeside() {
        return true;
    }

    /** What the first begins with. */
    String begin();

    /** What the first says so that others see what it has made. */
    String publish();

    /** What the first says when all of it is there. */
    String end();
}
