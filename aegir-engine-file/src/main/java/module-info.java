// SPDX-License-Identifier: Apache-2.0
/** Engines that bring files from one server to another, rsync, and to places that keep them: buckets of S3. */
module dev.aegir.engine.file {
    requires transitive dev.aegir.core;
    requires java.net.http;
    requires java.xml;
    requires transitive org.jspecify;

    exports dev.aegir.engine.file;
    exports dev.aegir.engine.file.store;

    // Steps are stored as JSON.
    opens dev.aegir.engine.file to
            com.fasterxml.jackson.databind;
    opens dev.aegir.engine.file.store to
            com.fasterxml.jackson.databind;

    provides dev.aegir.spi.Engine with
            dev.aegir.engine.file.RsyncEngine,
            dev.aegir.engine.file.store.S3Engine;
}
