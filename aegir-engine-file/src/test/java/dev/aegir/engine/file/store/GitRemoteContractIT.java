// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.file.store;

import dev.aegir.spi.FileStore;
import dev.aegir.testkit.FileStoreContract;
import dev.aegir.testkit.FileStoreGround;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;

/** What every store must keep, in a repository that is reached by a URL and gives parts of what it has. */
class GitRemoteContractIT extends FileStoreContract {
    private Optional<GitWeb> web = Optional.empty();

    @Override
    protected FileStore engine() {
        return new GitEngine();
    }

    @Override
    protected FileStoreGround open(Path directory) throws Exception {
        GitWeb fresh = new GitWeb(directory.resolve("web"));
        web = Optional.of(fresh);
        fresh.givesParts();
        return new FileStoreGround(directory, engine(), fresh.service(directory.resolve("work")))
                .secret("git/token", GitWeb.TOKEN);
    }

    @AfterEach
    void close() {
        web.ifPresent(GitWeb::close);
    }
}
