// SPDX-License-Identifier: Apache-2.0
package dev.aegir.testkit.backends;

import dev.aegir.model.HostPath;
import dev.aegir.model.Server;
import dev.aegir.spi.Backend;
import dev.aegir.testkit.BackendContract;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.io.TempDir;

/** A host without privileges keeps the contract too. */
class SmallBackendTest extends BackendContract {
    @TempDir
    private Path directory;

    @Override
    protected Backend backend() {
        return new SmallBackend();
    }

    @Override
    protected Server server() {
        return Machine.server(directory, "small");
    }

    @Override
    protected HostPath scratch() {
        return Machine.scratch(directory);
    }

    @Override
    protected Optional<String> otherAccount() {
        return Optional.empty();
    }
}
