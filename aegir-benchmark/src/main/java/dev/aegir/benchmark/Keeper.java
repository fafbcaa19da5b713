// SPDX-License-Identifier: Apache-2.0
package dev.aegir.benchmark;

/** Who backs up and restores. What it has restored is compared with what there was. */
interface Keeper {
    /** What it is called. */
    String title();

    /** Whether it can do anything about this. */
    boolean knows(Content content);

    /** It has no backup yet. */
    void forget() throws Exception;

    /** Takes a backup of what is there, and of no more than has changed when it can. */
    void backUp(Content content) throws Exception;

    /** There is what a restore takes the place of. */
    void makeRoom(Content content) throws Exception;

    /** Brings back what the last backup has, in the place of what is there. */
    void restore(Content content) throws Exception;

    /** What was restored, as one checksum. */
    String restored(Content content) throws Exception;
}
