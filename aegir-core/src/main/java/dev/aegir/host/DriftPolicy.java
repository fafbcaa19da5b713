// SPDX-License-Identifier: Apache-2.0
package dev.aegir.host;

/** What to do about a file that somebody else has changed since it was last written. */
public enum DriftPolicy {
    /** Write over it; the change is reported with its difference, and the file as it was is kept on the host. */
    OVERWRITE,
    /** Leave that file as it is, report it, and go on with the others. */
    KEEP,
    /** Change nothing and fail with a {@link DriftException}. */
    FAIL
}
