// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.file.store;

import java.io.IOException;

/** What a store has of files, part by part, in the order in which they were noted. Used by one thread. */
interface Contents {
    /**
     * The next part, which was proved to be what was stored.
     *
     * @param of whose it is
     * @param sum its checksum
     * @param size its length
     */
    byte[] next(Entry of, String sum, int size) throws IOException, InterruptedException;
}
