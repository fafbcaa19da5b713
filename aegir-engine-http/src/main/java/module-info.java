// SPDX-License-Identifier: Apache-2.0
/** Engines that publish sites: web servers, language runtimes and certificates. */
module dev.aegir.engine.http {
    requires transitive dev.aegir.core;
    requires transitive org.jspecify;

    exports dev.aegir.engine.http;

    // Steps are stored as JSON.
    opens dev.aegir.engine.http to
            com.fasterxml.jackson.databind;

    provides dev.aegir.spi.Engine with
            dev.aegir.engine.http.NginxEngine,
            dev.aegir.engine.http.PhpFpmEngine;
}
