// SPDX-License-Identifier: Apache-2.0
package dev.aegir.backend.ssh;

import dev.aegir.host.HostRefusedException;
import dev.aegir.host.Secret;
import dev.aegir.model.SecretRef;
import dev.aegir.model.Server;
import dev.aegir.spi.Secrets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import net.schmizz.sshj.SSHClient;
import net.schmizz.sshj.userauth.keyprovider.KeyProvider;

/** The private keys that may open a server. */
final class SshKeys {
    private static final List<String> USUAL = List.of("id_ed25519", "id_ecdsa", "id_rsa");

    private SshKeys() {}

    static List<KeyProvider> of(SSHClient client, Server server, SshAddress address, Secrets secrets) {
        String name = server.name().value();
        try {
            if (server.credential().isPresent()) {
                SecretRef reference = server.credential().get();
                Secret key = secrets.find(reference)
                        .orElseThrow(() -> new HostRefusedException(
                                name,
                                "its private key \"" + reference + "\" is not in the secret store; keep it there"));
                return List.of(client.loadKeys(key.reveal(), null, null));
            }
            if (address.key().isPresent()) {
                return List.of(client.loadKeys(address.key().get()));
            }
            List<KeyProvider> found = new ArrayList<>();
            for (String usual : USUAL) {
                Path file = Path.of(System.getProperty("user.home"), ".ssh", usual);
                if (Files.isReadable(file)) {
                    found.add(client.loadKeys(file.toString()));
                }
            }
            if (found.isEmpty()) {
                throw new HostRefusedException(
                        name,
                        "there is no private key for it: give the server a credential(...), or the address ?key=/path");
            }
            return found;
        } catch (IOException e) {
            // The cause may quote the key.
            throw new HostRefusedException(name, "its private key cannot be read; is it an unencrypted OpenSSH key?");
        }
    }
}
