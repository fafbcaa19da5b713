// SPDX-License-Identifier: Apache-2.0
package dev.aegir.backend.ssh;

import dev.aegir.model.Id;
import dev.aegir.model.Name;
import dev.aegir.model.SecretRef;
import dev.aegir.task.Task;

/**
 * Gives a server a new key to be opened with: a new ed25519 pair is made, its public key is added to the login account's
 * {@code authorized_keys}, a login with it alone is proved, and from then on it is the server's credential. Only then the old
 * key's line and the old secret are removed; the secret only when no other server is opened with it. Until the new
 * credential is saved, a failure leaves everything as it was.
 *
 * <p>The old key is the server's credential, or the file that its address names (which itself stays). A key that neither
 * names - of an SSH agent, or of this account - is a person's rather than the server's: its line stays.
 *
 * @param server the server's name
 * @param key names the new key, so that a task that is submitted twice makes one key
 */
public record RotateServerKey(Name server, Id key) implements Task {
    /** Makes it. */
    public RotateServerKey {}

    /**
     * With a key that is yet to be made.
     *
     * @param server the server's name
     */
    public RotateServerKey(String server) {
        this(Name.of(server), Id.next());
    }

    /**
     * The secret that the new private key will be kept under.
     *
     * @return {@code ssh/}, the server's name, and the key's id
     */
    public SecretRef secret() {
        return SecretRef.of("ssh/" + server + "/" + key);
    }

    @Override
    public String title() {
        return "rotate the SSH key of server " + server;
    }
}
