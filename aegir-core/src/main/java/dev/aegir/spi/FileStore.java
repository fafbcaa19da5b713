// SPDX-License-Identifier: Apache-2.0
package dev.aegir.spi;

import dev.aegir.model.Id;
import dev.aegir.model.ServiceKind;
import dev.aegir.model.Tree;
import dev.aegir.task.Step;
import java.util.List;

/**
 * Keeps trees of files in a place where no commands run: a bucket, an account with SFTP alone. Bytes go through this program,
 * so that no server of a site gets a key of the store. A request names the store; where the files of its tree are, and as which
 * account they are read and written, the tree says.
 *
 * <p>A store has one state of the files of each owner, whole or not at all: until {@link #store} has ended, the former one is
 * what it has. {@link #remove} forgets what is stored of the tree's owner, and touches nothing of the tree.
 *
 * <p>{@code dev.aegir.testkit.FileStoreContract} says the same as tests.
 */
public interface FileStore extends Engine<Tree> {
    @Override
    default ServiceKind<Tree> kind() {
        return ServiceKind.FILE;
    }

    /** The store has the tree as it is now. */
    @Override
    default List<Step> ensure(EngineRequest<Tree> request) {
        return store(request);
    }

    /**
     * The store has what the tree has. Run again it sends only what has changed since. Not taken back: what the store had before
     * is what it has until the last step has ended, and afterwards it has the other.
     *
     * @param request the tree, and the store it goes to
     * @return the steps, one after the other
     */
    List<Step> store(EngineRequest<Tree> request);

    /**
     * The tree has what the store has, proved to be what was stored. Its directories are there, and what else is in them is
     * deleted. Nothing lands in them before all names were seen to stay within, and nothing that leads out of them. Not taken
     * back: the directories were made for this, and go with what is in them.
     *
     * @param request where the files go, and the store they come from
     * @param owner whose files they are: the id that they were stored under
     * @return the steps, one after the other
     */
    List<Step> fetch(EngineRequest<Tree> request, Id owner);

    /**
     * The store has nothing of an owner, whether it had or not, and everything of all others. What is not provably the owner's is
     * left, and that is said. The preview names how much goes. Not taken back.
     *
     * @param request the store
     * @param owner whose files they are; the owner itself need not be there any more
     * @return the steps, one after the other
     */
    List<Step> forget(ServiceRequest request, Id owner);

    @Override
    default List<Step> remove(EngineRequest<Tree> request) {
        return forget(
                new ServiceRequest(request.server(), request.service()),
                request.resource().owner());
    }
}
