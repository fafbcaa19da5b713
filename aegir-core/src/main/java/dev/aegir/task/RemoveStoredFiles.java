// SPDX-License-Identifier: Apache-2.0
package dev.aegir.task;

import dev.aegir.model.Id;
import dev.aegir.model.ServiceRef;

/**
 * Removes what a store of files has of a site, with all versions if it keeps those. The site need not be there any more; what it has
 * on its servers is not touched. What the store has under that id and is not provably the site's is left, and the task fails. Cannot
 * be taken back; the preview says how much goes.
 *
 * @param site the site's id
 * @param store the store
 */
public record RemoveStoredFiles(Id site, ServiceRef store) implements Task {
    /** Makes it. */
    public RemoveStoredFiles {}

    /**
     * By id.
     *
     * @param site the site's id
     * @param store the store, such as {@code vault/offsite}
     * @return the task
     */
    public static RemoveStoredFiles of(Id site, String store) {
        return new RemoveStoredFiles(site, ServiceRef.of(store));
    }

    @Override
    public String title() {
        return "remove stored files of " + site + " from " + store;
    }
}
