// SPDX-License-Identifier: Apache-2.0
package dev.aegir.benchmark;

import dev.aegir.backend.ssh.SshBackend;
import dev.aegir.host.Applied;
import dev.aegir.host.FileTransaction;
import dev.aegir.model.Id;
import dev.aegir.model.Server;
import dev.aegir.spi.PosixHost;
import dev.aegir.spi.Secrets;
import java.util.OptionalLong;

/** Aegir's change of configuration over an open connection: planned, rendered and applied while the clock runs. */
final class ChangeContender implements Contender {
    private final Server server;
    private final PosixHost host;

    ChangeContender(Server server, Secrets secrets) throws InterruptedException {
        this.server = server;
        this.host = (PosixHost) new SshBackend().connect(server, secrets);
        host.files().apply(key(), Publication.preparation(server).change());
    }

    private static String key() {
        return Id.next().value();
    }

    @Override
    public Measured converge(Fleet fleet, Case which) throws InterruptedException {
        long requests = host.requests();
        long begun = System.nanoTime();
        FileTransaction transaction = Publication.change(server, fleet).change();
        Applied applied = host.files().apply(key(), transaction);
        Measured measured = Measured.since(begun, OptionalLong.of(host.requests() - requests));
        if (applied.changed().size() != which.writes(fleet)) {
            throw new IllegalStateException(
                    which + ": " + which.writes(fleet) + " files to write, and " + applied.changed() + " were");
        }
        return measured;
    }

    @Override
    public void close() {
        host.close();
    }
}
