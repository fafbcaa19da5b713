// SPDX-License-Identifier: Apache-2.0
package dev.aegir.backend.ssh;

import dev.aegir.host.Host;
import dev.aegir.model.HostPath;
import dev.aegir.model.Server;
import dev.aegir.spi.Backend;
import dev.aegir.spi.PosixHost;
import dev.aegir.spi.Secrets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Servers over SSH: addresses {@code ssh://account@host:port}. Another account than root works through {@code sudo -n}.
 *
 * <p>The server's host key is pinned; a host that shows another is refused before anything is sent to it. The account is
 * proved by the private key that the server's credential names, or the file that the parameter {@code key} names, or else
 * by a key of the SSH agent ({@code SSH_AUTH_SOCK}), {@code ~/.ssh/id_ed25519}, {@code id_ecdsa} or {@code id_rsa}. An
 * encrypted key is used through an agent only.
 *
 * <p>Parameters: {@code key=/path/to/private/key}; {@code sudo=no} for an account that needs none; {@code state=/dir} for
 * another state directory than {@code /var/lib/aegir}.
 */
public final class SshBackend implements Backend {
    private final Optional<Path> agent;

    /** For ServiceLoader; with the SSH agent that the environment names. */
    public SshBackend() {
        this(Optional.ofNullable(System.getenv("SSH_AUTH_SOCK"))
                .filter(socket -> !socket.isBlank())
                .map(Path::of));
    }

    SshBackend(Optional<Path> agent) {
        this.agent = agent;
    }

    @Override
    public String scheme() {
        return "ssh";
    }

    @Override
    public Host connect(Server server, Secrets secrets) {
        SshAddress address = SshAddress.of(server);
        return PosixHost.over(
                server.name(),
                new SshConnection(
                        server,
                        address,
                        secrets,
                        agent,
                        new LineWatch(server.name().value(), UnaryOperator.identity())),
                HostPath.of(address.state()),
                address.sudo() ? List.of("sudo", "-n", "--") : List.of());
    }
}
