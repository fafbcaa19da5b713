// SPDX-License-Identifier: Apache-2.0
package dev.aegir.spi;

import dev.aegir.model.ServiceKind;
import dev.aegir.model.Tree;
import dev.aegir.task.Step;
import java.util.List;

/**
 * Gets files from one server to another. {@link #ensure} makes the directories of a tree; {@link #remove} removes them with
 * everything in them, never following a link, after the owner's mark was read back where the tree bears one.
 */
public interface FileEngine extends Engine<Tree> {
    @Override
    default ServiceKind<Tree> kind() {
        return ServiceKind.FILE;
    }

    /**
     * The target becomes equal to the source: what is missing or different is brought, what is too much is deleted. Run again
     * it brings only what has changed since. Files belong to the target's account, whatever they belonged to.
     *
     * @param from the source and its service
     * @param to the target and its service; the same paths
     * @return the steps, one after the other
     */
    List<Step> copy(EngineRequest<Tree> from, EngineRequest<Tree> to);
}
