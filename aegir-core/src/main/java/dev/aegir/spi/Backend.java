// SPDX-License-Identifier: Apache-2.0
package dev.aegir.spi;

import dev.aegir.host.Host;
import dev.aegir.host.HostRefusedException;
import dev.aegir.host.HostUnreachableException;
import dev.aegir.model.Server;

/** Reaches servers whose address has one scheme. Stateless; the hosts it opens hold the connections. */
public interface Backend {
    /**
     * The scheme of the addresses it serves.
     *
     * @return the scheme, such as {@code ssh}
     */
    String scheme();

    /**
     * Opens a server. The connection may be made now or by the first call; either way the host's identity is proved
     * before any command is sent.
     *
     * @param server the server
     * @param secrets where its credential is
     * @return the host
     * @throws HostUnreachableException when it cannot be reached
     * @throws HostRefusedException when it is not the one that was enrolled, or does not let us in
     * @throws InterruptedException when the thread is interrupted
     */
    Host connect(Server server, Secrets secrets) throws InterruptedException;
}
