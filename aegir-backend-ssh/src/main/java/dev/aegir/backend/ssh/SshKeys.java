// SPDX-License-Identifier: Apache-2.0
package dev.aegir.backend.ssh;

import dev.aegir.host.HostRefusedException;
import dev.aegir.host.Secret;
import dev.aegir.model.Name;
import dev.aegir.model.SecretRef;
import dev.aegir.model.Server;
import dev.aegir.spi.Secrets;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import net.schmizz.sshj.SSHClient;
import net.schmizz.sshj.common.Buffer;
import net.schmizz.sshj.common.KeyType;
import net.schmizz.sshj.userauth.keyprovider.KeyProvider;
import net.schmizz.sshj.userauth.method.AuthMethod;
import net.schmizz.sshj.userauth.method.AuthPublickey;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The private keys that may open a server. */
final class SshKeys {
    private static final Logger LOG = LoggerFactory.getLogger(SshKeys.class);
    private static final List<String> USUAL = List.of("id_ed25519", "id_ecdsa", "id_rsa");
    private static final String OPENSSH = "-----BEGIN OPENSSH PRIVATE KEY-----";

    private SshKeys() {}

    /**
     * The ways to prove who we are, in the order they are tried: the server's credential alone; or the file its address
     * names alone; or the keys of the SSH agent and then the usual files.
     */
    static List<AuthMethod> of(Server server, SshAddress address, Secrets secrets, Optional<Path> agent) {
        Name name = server.name();
        if (server.credential().isPresent()) {
            SecretRef reference = server.credential().get();
            Secret key = secrets.find(reference)
                    .orElseThrow(() -> new HostRefusedException(
                            name.value(),
                            "its private key \"" + reference + "\" is not in the secret store; keep it there"));
            return List.of(new AuthPublickey(read(name, "\"" + reference + "\"", key.reveal())));
        }
        if (address.key().isPresent()) {
            return List.of(new AuthPublickey(readFile(name, address.key().get())));
        }
        List<AuthMethod> found = new ArrayList<>(agent.map(SshKeys::ofAgent).orElse(List.of()));
        List<String> encrypted = new ArrayList<>();
        for (String usual : USUAL) {
            Path file = Path.of(System.getProperty("user.home"), ".ssh", usual);
            if (Files.isReadable(file)) {
                if (encrypted(text(name, file.toString()))) {
                    encrypted.add(file.toString());
                } else {
                    found.add(new AuthPublickey(readFile(name, file.toString())));
                }
            }
        }
        if (found.isEmpty()) {
            throw new HostRefusedException(
                    name.value(),
                    "there is no private key for it: give the server a credential(...), or the address ?key=/path, or load"
                            + " one into an SSH agent (ssh-add)"
                            + (encrypted.isEmpty() ? "" : "; " + encrypted + " cannot be used, being encrypted"));
        }
        return found;
    }

    private static List<AuthMethod> ofAgent(Path socket) {
        SshAgent agent = new SshAgent(socket);
        try {
            return agent.identities().stream()
                    .<AuthMethod>map(identity -> new AgentAuth(agent, identity))
                    .toList();
        } catch (IOException e) {
            // As ssh does: an agent that is gone is no agent.
            LOG.debug("The SSH agent at {} cannot be asked", socket, e);
            return List.of();
        }
    }

    /** The public half of a private key. */
    static PublicKeyLine publicKey(Name server, String privateKey) {
        return line(server, read(server, "its credential", privateKey));
    }

    /** The public half of a private key in a file. */
    static PublicKeyLine publicKeyOfFile(Name server, String file) {
        return line(server, readFile(server, file));
    }

    private static PublicKeyLine line(Name server, KeyProvider key) {
        try {
            PublicKey half = key.getPublic();
            byte[] blob = new Buffer.PlainBuffer().putPublicKey(half).getCompactData();
            return new PublicKeyLine(
                    KeyType.fromKey(half).toString(), Base64.getEncoder().encodeToString(blob), "");
        } catch (IOException e) {
            throw unreadable(server, "its private key");
        }
    }

    private static KeyProvider readFile(Name server, String file) {
        return read(server, file, text(server, file));
    }

    private static String text(Name server, String file) {
        try {
            return Files.readString(Path.of(file));
        } catch (IOException e) {
            throw new HostRefusedException(server.value(), "its private key " + file + " cannot be read", e);
        }
    }

    private static KeyProvider read(Name server, String what, String text) {
        if (encrypted(text)) {
            throw new HostRefusedException(
                    server.value(),
                    "its private key " + what
                            + " is encrypted, and nobody is there to type the passphrase; load it into"
                            + " an SSH agent (ssh-add) and name no key, or keep it without a passphrase (ssh-keygen -p)"
                            + " in the secret store");
        }
        try (SSHClient reader = new SSHClient(SshSettings.config())) {
            KeyProvider key = reader.loadKeys(text, null, null);
            // Read now: later it would look as if the server had refused it.
            key.getPrivate();
            key.getPublic();
            return key;
        } catch (IOException | RuntimeException e) {
            throw unreadable(server, what);
        }
    }

    /** The cause is left out: it may quote the key. */
    private static HostRefusedException unreadable(Name server, String what) {
        return new HostRefusedException(
                server.value(), "its private key " + what + " cannot be read; is it an unencrypted OpenSSH key?");
    }

    private static boolean encrypted(String text) {
        if (!text.strip().startsWith(OPENSSH)) {
            return text.contains("ENCRYPTED");
        }
        String body = text.strip().substring(OPENSSH.length());
        int end = body.indexOf("-----");
        try {
            Buffer.PlainBuffer content =
                    new Buffer.PlainBuffer(Base64.getMimeDecoder().decode(body.substring(0, Math.max(end, 0))));
            content.readRawBytes(new byte["openssh-key-v1\0".length()]);
            return !content.readString(StandardCharsets.US_ASCII).equals("none");
        } catch (IllegalArgumentException | Buffer.BufferException e) {
            return false; // no key at all: said by whoever reads it
        }
    }
}
