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
 *     resolved and kept as {@link #revisionFact}
 * @param path where it lies, as the code engine says: the top of its files
 */
public record Release(Id owner, Name codebase, CodeSource source, Optional<String> revision, HostPath path)
        implements Resource {
    /** Makes a release. */
    public Release {}

    /**
     * The name of the fact that steps remember when they resolve a release without a revision: the exact revision, as text.
     * Later steps of the same task bring exactly that, and write it into the inventory.
     *
     * @param codebase the codebase's id
     * @return the fact's name
     */
    public static String revisionFact(Id codebase) {
        return "codebase." + codebase + ".revision";
    }

    @Override
    public String title() {
        return codebase.value();
    }
}
