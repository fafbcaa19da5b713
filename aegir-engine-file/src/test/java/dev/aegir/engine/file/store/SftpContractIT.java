// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.file.store;

import dev.aegir.lab.Lab;
import dev.aegir.spi.FileStore;
import dev.aegir.testkit.FileStoreContract;
import dev.aegir.testkit.FileStoreGround;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;

/** What every store must keep, with an account of OpenSSH that can do SFTP alone. */
@Tag("lab")
class SftpContractIT extends FileStoreContract {
    private static Lab lab;
    private static Box box;

    @BeforeAll
    static void connect() {
        lab = Lab.open();
        box = new Box(lab.server("files1"));
        box.server().reset();
    }

    @AfterAll
    static void disconnect() {
        box.close();
        lab.close();
    }

    @Override
    protected FileStore engine() {
        return new SftpEngine();
    }

    @Override
    protected FileStoreGround open(Path directory) throws Exception {
        box.open();
        return new FileStoreGround(directory, engine(), box.service())
                .secret("ssh/box", Files.readString(lab.privateKey()));
    }
}
