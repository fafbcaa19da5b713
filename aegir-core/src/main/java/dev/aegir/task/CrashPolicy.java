// SPDX-License-Identifier: Apache-2.0
package dev.aegir.task;

/** What to do with a task whose executor died. */
public enum CrashPolicy {
    /** Go on where it stopped. */
    RESUME,
    /** Take it back, unless it is past its commit point. */
    UNDO
}
