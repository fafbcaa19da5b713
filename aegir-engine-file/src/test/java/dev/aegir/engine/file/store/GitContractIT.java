// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.file.store;

import dev.aegir.engine.file.FileServers;
import dev.aegir.model.Name;
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
    private static FileServers servers;

    @BeforeAll
    static void connect() throws Exception {
        servers = FileServers.open("files1");
        servers.machine("files1").reset();
    }

    @AfterAll
    static void disconnect() {
        servers.close();
    }

    @Override
    protected FileStore engine() {
        return new GitEngine();
    }

    @Override
    protected FileStoreGround open(Path directory) throws Exception {
        servers.machine("files1").exec("rm", "-rf", "/srv/git").orThrow();
        Service service = Service.of(ServiceKind.FILE, "git").named("offsite").with("directory", "/srv/git");
        return new FileStoreGround(directory, engine(), service)
                .on(servers.hosts().get(Name.of("files1")));
    }
}
