// SPDX-License-Identifier: Apache-2.0
/** Engines that bring files from one server to another, rsync, and to places that keep them: buckets of S3, accounts with SFTP, directories, git. */
@SuppressWarnings("requires-automatic") // sshj names its module in its manifest only.
module dev.aegir.engine.file {
    requires transitive dev.aegir.core;
    requires com.hierynomus.sshj;
    requires java.net.http;
    requires java.xml;
    requires transitive org.jspecify;
    requires org.slf4j;

    exports dev.aegir.engine.file;
    exports dev.aegir.engine.file.store;

    // Steps are stored as JSON.
    opens dev.aegir.engine.file to
            com.fasterxml.jackson.databind;
    opens dev.aegir.engine.file.store to
            com.fasterxml.jackson.databind;

    provides dev.aegir.spi.Engine with
            dev.aegir.engine.file.RsyncEngine,
            dev.aegir.engine.file.store.DirectoryStoreEngine,
            dev.aegir.engine.file.store.GitEngine,
            dev.aegir.engine.file.store.S3Engine,
            dev.aegir.engine.file.store.SftpEngine;
}
