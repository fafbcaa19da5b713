// SPDX-License-Identifier: Apache-2.0
package dev.aegir.spi;

import dev.aegir.model.Server;
import dev.aegir.model.Service;
import dev.aegir.model.Settings;

/**
 * A service of a server, for an engine.
 *
 * @param server the server
 * @param service the service
 */
public record ServiceRequest(Server server, Service service) {
    /** Makes it. */
    public ServiceRequest {}

    /**
     * The service's settings.
     *
     * @return the settings
     */
    public Settings settings() {
        return service.settings();
    }
}
