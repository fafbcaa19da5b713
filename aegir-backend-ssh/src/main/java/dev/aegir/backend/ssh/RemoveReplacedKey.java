// SPDX-License-Identifier: Apache-2.0
package dev.aegir.backend.ssh;

import dev.aegir.model.Name;
import dev.aegir.task.Change;
import dev.aegir.task.Change.Kind;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.util.List;
import java.util.Optional;

/** Takes the key that was replaced out of {@code authorized_keys}. After the commit point: never undone. */
record RemoveReplacedKey(Name server, String account) implements Step {
    @Override
    public String name() {
        return "ssh: let the old key into " + account + " on " + server + " no more";
    }

    @Override
    public List<Change> preview(StepContext context) {
        return List.of(new Change(
                Kind.CHANGE, server.value(), AuthorizeKey.subject(account), "-the public key of the old credential\n"));
    }

    @Override
    public void run(StepContext context) throws InterruptedException {
        Optional<PublicKeyLine> old = MakeServerKey.replaced(context);
        if (old.isEmpty()) {
            return;
        }
        AuthorizedKeysFile file = new AuthorizedKeysFile(context.host(server), account);
        AuthorizedKeysFile.Found found = file.read();
        if (found.keys().has(old.get())) {
            file.change(keys -> keys.without(old.get()), AuthorizedKeysFile.PRIVATE);
        }
    }
}
