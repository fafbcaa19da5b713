// SPDX-License-Identifier: Apache-2.0
package dev.aegir.backend.ssh;

import dev.aegir.model.Name;
import dev.aegir.model.SecretRef;
import dev.aegir.model.Server;
import dev.aegir.task.Change;
import dev.aegir.task.Change.Kind;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.util.List;
import java.util.Optional;

/** Makes a key pair and keeps its private key; remembers the public keys of the new one and of the one it replaces. */
record MakeServerKey(Server server, SecretRef key) implements Step {
    private static final String NEW = "ssh.new-key";
    private static final String OLD = "ssh.old-key";

    /** The public key that this task has made. */
    static Optional<PublicKeyLine> made(StepContext context) {
        return context.recall(NEW, String.class).map(PublicKeyLine::of);
    }

    /** The public key that the server was opened with before. */
    static Optional<PublicKeyLine> replaced(StepContext context) {
        return context.recall(OLD, String.class).map(PublicKeyLine::of);
    }

    @Override
    public String name() {
        return "ssh: make a new key for " + server.name();
    }

    @Override
    public List<Change> preview(StepContext context) {
        return List.of(new Change(Kind.CREATE, "inventory", "secret " + key, ""));
    }

    @Override
    public void run(StepContext context) {
        if (made(context).isPresent()) {
            return;
        }
        Name name = server.name();
        SshAddress address = SshAddress.of(server);
        if (server.credential().isPresent()) {
            String old = context.secret(server.credential().get()).reveal();
            context.remember(OLD, SshKeys.publicKey(name, old).toString());
        } else if (address.key().isPresent()) {
            context.remember(
                    OLD, SshKeys.publicKeyOfFile(name, address.key().get()).toString());
        }
        Ed25519.Pair pair = Ed25519.next("aegir-" + name);
        context.keep(key, pair.privateKey());
        // Last: a key that is remembered is kept. One that is kept only is replaced, for nobody was told of it.
        context.remember(NEW, pair.publicKey().toString());
    }

    @Override
    public void undo(StepContext context) {
        context.forget(key);
    }
}
