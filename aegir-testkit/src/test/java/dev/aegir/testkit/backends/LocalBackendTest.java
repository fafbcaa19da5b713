// SPDX-License-Identifier: Apache-2.0
package dev.aegir.testkit.backends;

import dev.aegir.model.HostPath;
import dev.aegir.model.Server;
import dev.aegir.spi.Backend;
import dev.aegir.testkit.BackendContract;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.io.TempDir;

class LocalBackendTest extends BackendContract {
    @TempDir
    private Path directory;

    @Override
    protected Backend backend() {
        return Machine.local();
    }

    @Override
    protected Server server() {
        return Machine.server(directory, "local");
    }

    @Override
    protected HostPath scratch() {
        return Machine.scratch(directory);
    }

    @Override
    protected Optional<String> otherAccount() {
        return Machine.otherAccount();
    }
}
