// SPDX-License-Identifier: Apache-2.0
package dev.aegir.testkit;

import dev.aegir.host.Secret;
import dev.aegir.model.SecretRef;
import dev.aegir.spi.Secrets;
import java.util.Optional;

/** Where no secret is. */
enum NoSecrets implements Secrets {
    INSTANCE;

    @Override
    public Optional<Secret> find(SecretRef reference) {
        return Optional.empty();
    }

    @Override
    public void keep(SecretRef reference, Secret secret) {
        throw new IllegalStateException("The test names no place for secrets: override secrets()");
    }

    @Override
    public void forget(SecretRef reference) {
        // It is not there.
    }
}
