// SPDX-License-Identifier: Apache-2.0
package dev.aegir.benchmark;

import dev.aegir.host.Secret;
import dev.aegir.model.SecretRef;
import dev.aegir.spi.Secrets;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Secrets that are gone when the benchmark ends. Thread-safe. */
final class KeptSecrets implements Secrets {
    private final Map<SecretRef, Secret> all = new ConcurrentHashMap<>();

    @Override
    public Optional<Secret> find(SecretRef reference) {
        return Optional.ofNullable(all.get(reference));
    }

    @Override
    public void keep(SecretRef reference, Secret secret) {
        all.put(reference, secret);
    }

    @Override
    public void forget(SecretRef reference) {
        all.remove(reference);
    }
}
