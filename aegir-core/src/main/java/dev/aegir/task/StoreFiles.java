// SPDX-License-Identifier: Apache-2.0
package dev.aegir.task;

import dev.aegir.model.DomainName;
import dev.aegir.model.ServiceRef;

/**
 * Keeps what a site writes in a store of files, such as a bucket, while the site is served. Done again, it sends what has changed
 * since. The store has the last state, or all of them as one of the engine {@code git} does: it is a copy elsewhere and no backup, and
 * the database is not part of it.
 *
 * <p>The results {@code stored.files} and {@code stored.bytes} say how much the store has now, {@code stored.sent.bytes} how much of
 * that was sent. A store that keeps versions says as {@code stored.version} which one this is, for {@link FetchFiles#version(String)}.
 *
 * @param site the site's name
 * @param store the store
 */
public record StoreFiles(DomainName site, ServiceRef store) implements Task {
    /** Makes it. */
    public StoreFiles {}

    /**
     * By name.
     *
     * @param site the site's name
     * @param store the store, such as {@code vault/offsite}
     * @return the task
     */
    public static StoreFiles of(String site, String store) {
        return new StoreFiles(DomainName.of(site), ServiceRef.of(store));
    }

    @Override
    public String title() {
        return "store the files of site " + site + " in " + store;
    }
}
