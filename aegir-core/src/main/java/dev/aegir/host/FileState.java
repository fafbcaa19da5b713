// SPDX-License-Identifier: Apache-2.0
package dev.aegir.host;

import dev.aegir.model.HostPath;
import java.util.Optional;

/**
 * How a file of a set differs from how it should be.
 *
 * @param change how it should be
 * @param present its content on the host as text; absent when there is no such file
 * @param drifted whether somebody else changed it since it was last written (or it was there before us)
 * @param attributesOnly whether only its mode or account differ
 */
public record FileState(FileChange change, Optional<String> present, boolean drifted, boolean attributesOnly) {
    /** Makes it. */
    public FileState {}

    /**
     * Which file.
     *
     * @return the path
     */
    public HostPath path() {
        return change.path();
    }
}
