// SPDX-License-Identifier: Apache-2.0
package dev.aegir.spi;

import dev.aegir.model.VirtualHost;

/** What the code of a codebase is, and what it needs to be served. Stateless. */
public interface Application extends StepSource {
    /**
     * Its name, as codebases say it.
     *
     * @return the name, such as {@code static}
     */
    String name();

    /**
     * What answers the requests of a site.
     *
     * @param request the site, its code, and where it runs
     * @return the handler
     */
    VirtualHost.Handler handler(ApplicationRequest request);
}
