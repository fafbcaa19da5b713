// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.file.store;

import java.io.IOException;
import java.util.List;

/** Takes what was read of a tree. Used by one thread. */
interface Receiver {
    /** Knows what a store has before anything is sent. */
    interface Present {
        /**
         * Whether all of a file or link that has not changed is there.
         *
         * @param entry how it was stored
         * @param sums the checksums of its parts
         */
        boolean has(Entry entry, List<String> sums);
    }

    /** The content of a file of this length follows, in parts. */
    void file(Entry entry, long size) throws IOException, InterruptedException;

    /** The next part of the file; gives its checksum. */
    String part(byte[] content) throws IOException, InterruptedException;

    /** An entry that is stored now, be it sent or not; one that was sent is whole. */
    void entry(Entry entry, boolean sent) throws IOException, InterruptedException;

    /** A checksum of a part of what is stored now. */
    void named(String sum);

    /** Returns when all that was sent is there. */
    void finish() throws InterruptedException;
}
