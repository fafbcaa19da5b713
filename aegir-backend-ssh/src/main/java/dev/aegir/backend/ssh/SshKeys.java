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
import net.schmizz.sshj.SSHClient;
import net.schmizz.sshj.common.Buffer;
import net.schmizz.sshj.common.KeyType;
import net.schmizz.sshj.userauth.keyprovider.KeyProvider;

/** The private keys that may open a server. */
final class SshKeys {
    private static final List<String> USUAL = List.of("id_ed25519", "id_ecdsa", "id_rsa");
    private static final String OPENSSH = "-----BEGIN OPENSSH PRIVATE KEY-----";

    private SshKeys() {}

    static List<KeyProvider> of(Server server, SshAddress address, Secrets secrets) {
        Name name = server.name();
        if (server.credential().isPresent()) {
            SecretRef reference = server.credential().get();
            Secret key = secrets.find(reference)
                    .orElseThrow(() -> new HostRefusedException(
                            name.value(),
                            "its private key \"" + reference + "\" is not in the secret store; keep it there"));
            return List.of(read(name, "\"" + reference + "\"", key.reveal()));
        }
        if (address.key().isPresent()) {
            return List.of(readFile(name, address.key().get()));
        }
        List<KeyProvider> found = new ArrayList<>();
        for (String usual : USUAL) {
            Path file = Path.of(System.getProperty("user.home"), ".ssh", usual);
            if (Files.isReadable(file)) {
                found.add(readFile(name, file.toString()));
            }
        }
        if (found.isEmpty()) {
            throw new HostRefusedException(
                    name.value(),
                    "there is no private key for it: give the server a credential(...), or the address ?key=/path");
        }
        return found;
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
        try {
            return read(server, file, Files.readString(Path.of(file)));
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
                            + " an SSH agent (ssh-add), or keep it without a passphrase (ssh-keygen -p) in the secret"
                            + " store");
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
