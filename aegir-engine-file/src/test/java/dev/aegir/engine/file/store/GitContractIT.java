// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.file.store;

import dev.aegir.model.Service;
import dev.aegir.model.ServiceKind;
import dev.aegir.spi.FileStore;
import dev.aegir.testkit.FileStoreContract;
import dev.aegir.testkit.FileStoreGround;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;

/** What every store must keep, in repositories of a server over SSH. */
@Tag("lab")
class GitContractIT extends FileStoreContract {
    private static LabVault vault;

    @BeforeAll
    static void connect() throws Exception {
        vault = new LabVault();
    }

    @AfterAll
    static void disconnect() {
        vault.close();
    }

    @Override
    protected FileStore engine() {
        return new GitEngine();
    }

    @Override
    protected FileStoreGround open(Path directory) throws Exception {
        vault.on("rm -rf /srv/git");
        Service service = Service.of(ServiceKind.FILE, "git").named("offsite").with("directory", "/srv/git");
        return new FileStoreGround(directory, engine(), service).on(vault.host());
    }
}
