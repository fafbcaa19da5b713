// SPDX-License-Identifier: Apache-2.0
package dev.aegir.backend.ssh;

import dev.aegir.model.HostPath;
import dev.aegir.model.Server;
import dev.aegir.spi.Backend;
import dev.aegir.spi.Secrets;
import dev.aegir.testkit.BackendContract;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;

/** The contract over a real OpenSSH server: as root, and as an account that works through sudo. */
@Tag("lab")
class SshBackendContractIT {
    private static SshLab lab;

    @BeforeAll
    static void open() throws Exception {
        lab = SshLab.fresh();
    }

    @AfterAll
    static void close() {
        lab.close();
    }

    @Nested
    class AsRoot extends OverSsh {
        AsRoot() {
            super("root");
        }
    }

    @Nested
    class ThroughSudo extends OverSsh {
        ThroughSudo() {
            super("deploy");
        }
    }

    private abstract static class OverSsh extends BackendContract {
        private final String account;

        OverSsh(String account) {
            this.account = account;
        }

        @Override
        protected Backend backend() {
            return new SshBackend();
        }

        @Override
        protected Server server() {
            return lab.server(account);
        }

        @Override
        protected Secrets secrets() {
            return lab.secrets();
        }

        @Override
        protected HostPath scratch() {
            return HostPath.of("/tmp");
        }

        @Override
        protected Optional<String> otherAccount() {
            return Optional.of("nobody");
        }
    }
}
