// SPDX-License-Identifier: Apache-2.0
package dev.aegir.backend.ssh;

import dev.aegir.model.Name;
import dev.aegir.task.Change;
import dev.aegir.task.Change.Kind;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.util.List;
import java.util.Optional;

/** Adds a public key to the {@code authorized_keys} of a server's login account: a given one, or the one just made. */
record AuthorizeKey(Name server, String account, Optional<String> given) implements Step {
    private static final String BEFORE = "ssh.authorized-keys.before";

    /** How the file was: its mode, whether it had the key, and its length. */
    record Before(String mode, boolean present, int length) {}

    @Override
    public String name() {
        return "ssh: let the new key into " + account + " on " + server;
    }

    @Override
    public List<Change> preview(StepContext context) throws InterruptedException {
        Optional<PublicKeyLine> key = key(context);
        AuthorizedKeysFile.Found found = file(context).read();
        if (key.isPresent() && found.keys().has(key.get())) {
            return List.of();
        }
        String line = key.map(PublicKeyLine::toString).orElse("the new public key");
        return List.of(new Change(
                found.there() ? Kind.CHANGE : Kind.CREATE, server.value(), subject(account), "+" + line + "\n"));
    }

    @Override
    public void run(StepContext context) throws InterruptedException {
        PublicKeyLine key = key(context)
                .orElseThrow(() -> new IllegalStateException("the plan makes no key before it lets one in"));
        AuthorizedKeysFile file = file(context);
        AuthorizedKeysFile.Found found = file.read();
        if (context.recall(BEFORE, Before.class).isEmpty()) {
            boolean present = found.keys().has(key);
            context.remember(
                    BEFORE,
                    new Before(found.mode(), present, found.keys().text().length()));
            if (present) {
                context.log("the key is there already");
            }
        }
        if (!found.keys().has(key)) {
            file.change(keys -> keys.with(key), AuthorizedKeysFile.PRIVATE);
        }
    }

    @Override
    public void undo(StepContext context) throws InterruptedException {
        Optional<Before> known = context.recall(BEFORE, Before.class);
        Optional<PublicKeyLine> key = key(context);
        if (known.isEmpty() || known.get().present() || key.isEmpty()) {
            return;
        }
        Before before = known.get();
        AuthorizedKeysFile file = file(context);
        AuthorizedKeysFile.Found found = file.read();
        if (!found.there()) {
            return;
        }
        boolean wasThere = before.mode().startsWith("0");
        boolean othersNow = !found.keys().without(key.get()).text().isEmpty();
        if (!wasThere && !othersNow && file.remove(found, before.mode().equals("nodir"))) {
            return;
        }
        file.change(keys -> without(keys, key.get(), before), wasThere ? before.mode() : found.mode());
    }

    /** Without the key, and without the line end that the last line had to be given. */
    private static AuthorizedKeys without(AuthorizedKeys keys, PublicKeyLine key, Before before) {
        AuthorizedKeys rest = keys.without(key);
        boolean completed =
                rest.text().length() == before.length() + 1 && rest.text().endsWith("\n");
        return completed ? new AuthorizedKeys(rest.text().substring(0, before.length())) : rest;
    }

    static String subject(String account) {
        return "~" + account + "/.ssh/authorized_keys";
    }

    private Optional<PublicKeyLine> key(StepContext context) {
        return given.map(PublicKeyLine::of).or(() -> MakeServerKey.made(context));
    }

    private AuthorizedKeysFile file(StepContext context) throws InterruptedException {
        return new AuthorizedKeysFile(context.host(server), account);
    }
}
