// SPDX-License-Identifier: Apache-2.0
package dev.aegir.spi;

import dev.aegir.host.Secret;
import dev.aegir.model.SecretRef;
import java.util.List;
import java.util.Optional;

/** Where secrets are kept. Thread-safe. */
public interface Secrets {
    /**
     * Looks a secret up.
     *
     * @param reference its name
     * @return the secret, if there is one of this name
     */
    Optional<Secret> find(SecretRef reference);

    /**
     * Keeps a secret, in place of one of the same name if there is one. Durable when this returns.
     *
     * @param reference its name
     * @param secret the secret
     */
    void keep(SecretRef reference, Secret secret);

    /**
     * The secrets whose names are below a name, as {@code site/a/b} is below {@code site/a}.
     *
     * @param name the name
     * @return their names, in any order; none when this store cannot list what it keeps, and then what is called by a name that
     *     only a site's application knew stays when the site is deleted
     */
    default List<SecretRef> below(SecretRef name) {
        return List.of();
    }

    /**
     * Forgets a secret, whether there was one or not.
     *
     * @param reference its name
     */
    void forget(SecretRef reference);
}
