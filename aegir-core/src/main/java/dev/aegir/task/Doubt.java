// SPDX-License-Identifier: Apache-2.0
package dev.aegir.task;

/** What to do about a step during which the executor died. */
public enum Doubt {
    /** It is done; go on. */
    DONE,
    /** Run it again; it finds out itself what is left. */
    RUN_AGAIN,
    /** Take it and everything before it back. */
    UNDO,
    /** Nobody can tell; a person decides, and until then the task needs attention. Let go on, it is run again. */
    ASK
}
