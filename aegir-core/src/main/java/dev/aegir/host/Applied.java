// SPDX-License-Identifier: Apache-2.0
package dev.aegir.host;

import dev.aegir.model.HostPath;
import java.util.List;

/**
 * What a transaction did.
 *
 * @param changed the files it changed; empty when everything was so already, and then nothing was checked or activated
 * @param drifted the files somebody else had changed, as they were found
 * @param output what the commands said
 */
public record Applied(List<HostPath> changed, List<FileState> drifted, String output) {
    /** Copies. */
    public Applied {
        changed = List.copyOf(changed);
        drifted = List.copyOf(drifted);
    }
}
