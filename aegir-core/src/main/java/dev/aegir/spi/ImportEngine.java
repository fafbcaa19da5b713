// SPDX-License-Identifier: Apache-2.0
package dev.aegir.spi;

import dev.aegir.model.HostPath;
import dev.aegir.model.Name;
import dev.aegir.model.Tree;
import dev.aegir.task.Step;
import java.util.List;

/**
 * Takes archives apart that were made elsewhere, and of which nothing is trusted. An ability of a backup engine. Nothing in an
 * archive is ever run, and the archive itself is never changed. The steps of one import are run in the order of these methods.
 */
public interface ImportEngine {
    /**
     * Looks at the archive entry by entry, and finds out which format it has and what of it a site gets. Stops the plan, before
     * anything landed anywhere, when it is not whole, is of no known format, or has anything in it that could reach beyond the
     * directories it is unpacked into. Its preview says what was found.
     *
     * @param request the archive
     * @return the steps, one after the other
     */
    List<Step> look(ImportRequest request);

    /**
     * Brings the files that were found to empty directories that belong to the tree's account, as that account. They get the
     * permissions of files that are served, and belong to nobody else; links lead nowhere else. Taken back, the directories are
     * empty again.
     *
     * @param request the archive, which was looked at
     * @param into the directories
     * @return the steps, one after the other
     */
    List<Step> unpack(ImportRequest request, Tree into);

    /**
     * Brings the dump that was found to where a {@linkplain DatabaseEngine#loadForeign database engine loads} it from. Taken
     * back, the directory is gone.
     *
     * @param request the archive, which was looked at
     * @param server the database's server
     * @param directory the directory; it must be missing
     * @return the steps, one after the other
     */
    List<Step> bringDump(ImportRequest request, Name server, HostPath directory);
}
