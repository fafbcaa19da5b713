// SPDX-License-Identifier: Apache-2.0
/** Engines of the kind code, and the applications that sites run. */
module dev.aegir.engine.app {
    requires transitive dev.aegir.core;
    requires static org.jspecify;

    exports dev.aegir.engine.app;
    exports dev.aegir.engine.app.drupal;

    // Steps are stored as JSON.
    opens dev.aegir.engine.app to
            com.fasterxml.jackson.databind;
    opens dev.aegir.engine.app.copy to
            com.fasterxml.jackson.databind;
    opens dev.aegir.engine.app.drupal to
            com.fasterxml.jackson.databind;
    opens dev.aegir.engine.app.scan to
            com.fasterxml.jackson.databind;
    opens dev.aegir.engine.app.tool to
            com.fasterxml.jackson.databind;

    provides dev.aegir.spi.Application with
            dev.aegir.engine.app.PhpApplication,
            dev.aegir.engine.app.StaticApplication,
            dev.aegir.engine.app.WordPressApplication,
            dev.aegir.engine.app.drupal.DrupalApplication;
    provides dev.aegir.spi.Engine with
            dev.aegir.engine.app.ArchiveEngine,
            dev.aegir.engine.app.ComposerEngine,
            dev.aegir.engine.app.DirectoryEngine,
            dev.aegir.engine.app.GitEngine;
    provides dev.aegir.spi.ImportFormat with
            dev.aegir.engine.app.WordPressArchiveFormat,
            dev.aegir.engine.app.drupal.AegirBackupFormat,
            dev.aegir.engine.app.drupal.DrushArchiveFormat,
            dev.aegir.engine.app.drupal.DrushDumpFormat;
}
