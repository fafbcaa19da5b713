// SPDX-License-Identifier: Apache-2.0
package dev.aegir.spi;

import dev.aegir.host.Secret;
import dev.aegir.model.SecretRef;
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
     * Forgets a secret, whether there was one or not.
     *
     * @param reference its name
     */
    void forget(SecretRef reference);
}
