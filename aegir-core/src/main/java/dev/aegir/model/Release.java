// SPDX-License-Identifier: Apache-2.0
package dev.aegir.model;

import java.util.Optional;

/**
 * A codebase as it lies on a server: complete, immutable, shared by all its sites there.
 *
 * @param owner the codebase's id
 * @param codebase the codebase's name
 * @param source where the code comes from
 * @param revision what exactly to bring; absent while the codebase is being created, when the source's present state is
 *     resolved and kept
 * @param path where it lies
 */
public record Release(Id owner, Name codebase, CodeSource source, Optional<String> revision, HostPath path)
        implements Resource {
    /** Makes a release. */
    public Release {}

    @Override
    public String title() {
        return codebase.value();
    }
}
