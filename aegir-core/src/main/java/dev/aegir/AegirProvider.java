// SPDX-License-Identifier: Apache-2.0
package dev.aegir;

import jakarta.inject.Inject;
import jakarta.inject.Provider;
import jakarta.inject.Singleton;
import org.jspecify.annotations.Nullable;

/**
 * Opens one instance for a container that injects: bind an {@link Aegir.Builder}, and {@link Aegir} to this provider. The
 * container, or whoever owns it, closes the instance. Thread-safe.
 */
@Singleton
public final class AegirProvider implements Provider<Aegir> {
    private final Aegir.Builder builder;
    private @Nullable Aegir opened;

    /**
     * Over a builder, which nobody else uses afterwards.
     *
     * @param builder how the instance shall be
     */
    @Inject
    public AegirProvider(Aegir.Builder builder) {
        this.builder = builder;
    }

    /**
     * The instance, opened when it is first asked for.
     *
     * @return always the same instance
     * @throws dev.aegir.model.RefusedException when it cannot be opened
     */
    @Override
    public synchronized Aegir get() {
        if (opened == null) {
            opened = builder.open();
        }
        return opened;
    }
}
