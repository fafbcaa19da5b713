// SPDX-License-Identifier: Apache-2.0
package dev.aegir.benchmark;

import dev.aegir.host.Secret;
import dev.aegir.model.SecretRef;
import dev.aegir.spi.Secrets;
import java.util.Optional;

/**
 * The lab's private key, and nothing else.
 *
 * @param key the key
 */
record KeySecrets(Secret key) implements Secrets {
    static final SecretRef NAME = SecretRef.of("ssh/lab");

    @Override
    public Optional<Secret> find(SecretRef reference) {
        return reference.equals(NAME) ? Optional.of(key) : Optional.empty();
    }

    @Override
    public void keep(SecretRef reference, Secret secret) {
        throw new UnsupportedOperationException("only the lab's key is kept here");
    }

    @Override
    public void forget(SecretRef reference) {
        throw new UnsupportedOperationException("only the lab's key is kept here");
    }
}
