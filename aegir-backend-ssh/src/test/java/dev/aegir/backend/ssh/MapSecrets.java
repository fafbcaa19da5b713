// SPDX-License-Identifier: Apache-2.0
package dev.aegir.backend.ssh;

import dev.aegir.host.Secret;
import dev.aegir.model.SecretRef;
import dev.aegir.spi.Secrets;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Secrets in a map. */
record MapSecrets(Map<SecretRef, Secret> kept) implements Secrets {
    MapSecrets() {
        this(new ConcurrentHashMap<>());
    }

    @Override
    public Optional<Secret> find(SecretRef reference) {
        return Optional.ofNullable(kept.get(reference));
    }

    @Override
    public void keep(SecretRef reference, Secret secret) {
        kept.put(reference, secret);
    }

    @Override
    public void forget(SecretRef reference) {
        kept.remove(reference);
    }
}
