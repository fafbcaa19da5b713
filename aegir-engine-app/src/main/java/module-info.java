// SPDX-License-Identifier: Apache-2.0
/** Engines of the kind code, and the applications that sites run. */
module dev.aegir.engine.app {
    requires transitive dev.aegir.core;

    exports dev.aegir.engine.app;

    // Steps are stored as JSON.
    opens dev.aegir.engine.app to
            com.fasterxml.jackson.databind;

    provides dev.aegir.spi.Application with
            dev.aegir.engine.app.PhpApplication,
            dev.aegir.engine.app.StaticApplication,
            dev.aegir.engine.app.WordPressApplication;
    provides dev.aegir.spi.Engine with
            dev.aegir.engine.app.ArchiveEngine,
            dev.aegir.engine.app.DirectoryEngine,
            dev.aegir.engine.app.GitEngine;
}
