// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.file.store;

import dev.aegir.model.Service;
import dev.aegir.model.ServiceKind;
import dev.aegir.spi.FileStore;
import dev.aegir.testkit.FileStoreContract;
import dev.aegir.testkit.FileStoreGround;
import java.nio.file.Path;

/** What every store must keep, in a directory. */
class DirectoryContractTest extends FileStoreContract {
    @Override
    protected FileStore engine() {
        return new DirectoryStoreEngine();
    }

    @Override
    protected FileStoreGround open(Path directory) throws Exception {
        return new FileStoreGround(
                directory,
                engine(),
                Service.of(ServiceKind.FILE, "directory")
                        .named("nas")
                        .with("directory", directory.resolve("nas/aegir").toString()));
    }
}
