// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;

/** Who gets which statement of a dump. For one thread. */
interface Statements {
    /**
     * Where the statement goes that comes next.
     *
     * @param words how it begins, or all of it, in capitals, as filters judge by
     * @return where to write it, with what ends it
     * @throws IOException when nobody takes it any more
     */
    OutputStream next(List<String> words) throws IOException;

    /** Whether the statement before must have been written as a whole when the next is announced. */
    default boolean oneByOne() {
        return false;
    }

    /**
     * Takes rows that need not come through, and are left out of the dump then.
     *
     * @param copy the statement that they belong to, without what ends it
     * @param offset where they begin in the dump
     * @return how many bytes they are; 0 when they must come through
     * @throws IOException when nobody takes it any more
     */
    default long beside(String copy, long offset) throws IOException {
        return 0;
    }
}
