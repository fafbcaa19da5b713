// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.app;

import dev.aegir.model.VirtualHost;
import dev.aegir.spi.Application;
import dev.aegir.spi.ApplicationRequest;

/** Code that is served as it is: files. */
public final class StaticApplication implements Application {
    /** For ServiceLoader. */
    public StaticApplication() {}

    @Override
    public String name() {
        return "static";
    }

    @Override
    public VirtualHost.Handler handler(ApplicationRequest request) {
        return new VirtualHost.StaticFiles();
    }
}
