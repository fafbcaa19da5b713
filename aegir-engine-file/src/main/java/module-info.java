// SPDX-License-Identifier: Apache-2.0
/** Engines that bring files from one server to another: rsync. */
module dev.aegir.engine.file {
    requires transitive dev.aegir.core;
    requires transitive org.jspecify;

    exports dev.aegir.engine.file;

    // Steps are stored as JSON.
    opens dev.aegir.engine.file to
            com.fasterxml.jackson.databind;

    provides dev.aegir.spi.Engine with
            dev.aegir.engine.file.RsyncEngine;
}
