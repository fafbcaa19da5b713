// SPDX-License-Identifier: Apache-2.0
package dev.aegir.task;

import dev.aegir.model.DomainName;
import dev.aegir.model.Id;
import dev.aegir.model.ServiceRef;
import java.util.Optional;

/**
 * Gives a site the files that a store has: its own, or those of another site. They are brought beside what the site has. Then it
 * is closed, a safety backup is taken when it is bound to a backup service, and one is put in place of the other. When anything
 * fails before the site is served again it is as it was; the safety backup stays, and its id is the result {@code backup.id}. Before
 * it is open again it answers over HTTP, as {@link RestoreSite} says.
 *
 * <p>Files of another site go down, as with {@link SyncSite}: over what the public sees, from a higher environment's to a lower
 * one's, or of a site that is not in the inventory, they go only when that is said.
 *
 * @param site any name of the site that gets them
 * @param store the store
 * @param owner the id of the site whose files they are; absent for the site's own
 * @param version which state, for a store that has several; absent for the one stored last
 * @param evenUp whether the files of another site may go up, or over what the public sees
 * @param safety the id of the safety backup, so that the task is the same whenever it is planned
 */
public record FetchFiles(
        DomainName site, ServiceRef store, Optional<Id> owner, Optional<String> version, boolean evenUp, Id safety)
        implements Task {
    /** Makes it. */
    public FetchFiles {}

    /**
     * The site's own files, as they were stored last.
     *
     * @param site any name of the site that gets them
     * @param store the store, such as {@code vault/offsite}
     * @return the task
     */
    public static FetchFiles of(String site, String store) {
        return new FetchFiles(
                DomainName.of(site), ServiceRef.of(store), Optional.empty(), Optional.empty(), false, Id.next());
    }

    /**
     * This task for the files of another site, which need not be there any more.
     *
     * @param other that site's id
     * @return a copy
     */
    public FetchFiles from(Id other) {
        return new FetchFiles(site, store, Optional.of(other), version, evenUp, safety);
    }

    /**
     * This task for an earlier state of the files. The store must keep those, as one of the engine {@code git} does.
     *
     * @param state which one: the result {@code stored.version} of the task that stored it
     * @return a copy
     */
    public FetchFiles version(String state) {
        return new FetchFiles(site, store, owner, Optional.of(state), evenUp, safety);
    }

    /**
     * This task, even if files go up or over what the public sees.
     *
     * @return a copy
     */
    public FetchFiles up() {
        return new FetchFiles(site, store, owner, version, true, safety);
    }

    @Override
    public String title() {
        return "fetch files of site " + site + " from " + store
                + version.map(each -> " as of " + each).orElse("");
    }
}
