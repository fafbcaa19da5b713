// SPDX-License-Identifier: Apache-2.0
/** Engines that keep backups: archives of tar and zstd. */
module dev.aegir.engine.backup {
    requires com.fasterxml.jackson.core;
    requires com.fasterxml.jackson.databind;
    requires transitive dev.aegir.core;
    requires transitive org.jspecify;

    exports dev.aegir.engine.backup;

    // Steps are stored as JSON.
    opens dev.aegir.engine.backup to
            com.fasterxml.jackson.databind;

    provides dev.aegir.spi.Engine with
            dev.aegir.engine.backup.ArchiveEngine;
}
