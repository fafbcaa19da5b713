// SPDX-License-Identifier: Apache-2.0
package dev.aegir.spi;

import dev.aegir.model.Id;
import dev.aegir.model.Tree;
import dev.aegir.task.Step;
import java.util.List;

/**
 * A store of files that also has the states it had before. Which one is there now, its steps say as the result
 * {@code stored.version}.
 */
public interface VersionedFileStore extends FileStore {
    /**
     * As {@link FileStore#fetch}, of a state that was stored once.
     *
     * @param request where the files go, and the store they come from
     * @param owner whose files they are: the id that they were stored under
     * @param version which state, as the result said
     * @return the steps, one after the other
     */
    List<Step> fetch(EngineRequest<Tree> request, Id owner, String version);
}
