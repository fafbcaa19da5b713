// SPDX-License-Identifier: Apache-2.0
/** Engines that keep backups: archives of tar and zstd, repositories of restic. */
module dev.aegir.engine.backup {
    requires com.fasterxml.jackson.core;
    requires com.fasterxml.jackson.databind;
    requires transitive dev.aegir.core;
    requires transitive org.jspecify;

    exports dev.aegir.engine.backup;
    exports dev.aegir.engine.backup.restic;

    // Steps are stored as JSON.
    opens dev.aegir.engine.backup to
            com.fasterxml.jackson.databind;
    opens dev.aegir.engine.backup.restic to
            com.fasterxml.jackson.databind;

    provides dev.aegir.spi.Engine with
            dev.aegir.engine.backup.ArchiveEngine,
            dev.aegir.engine.backup.restic.ResticEngine;
}
