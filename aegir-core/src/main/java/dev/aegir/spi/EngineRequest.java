// SPDX-License-Identifier: Apache-2.0
package dev.aegir.spi;

import dev.aegir.model.Resource;
import dev.aegir.model.Server;
import dev.aegir.model.Service;
import dev.aegir.model.Settings;

/**
 * A resource and the service that shall provide it, for an engine.
 *
 * @param <R> the resource's type
 * @param resource the resource
 * @param server the server
 * @param service the service
 */
public record EngineRequest<R extends Resource>(R resource, Server server, Service service) {
    /** Makes it. */
    public EngineRequest {}

    /**
     * The service's settings.
     *
     * @return the settings
     */
    public Settings settings() {
        return service.settings();
    }
}
