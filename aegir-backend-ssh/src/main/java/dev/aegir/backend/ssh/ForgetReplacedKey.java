// SPDX-License-Identifier: Apache-2.0
package dev.aegir.backend.ssh;

import dev.aegir.model.Name;
import dev.aegir.model.SecretRef;
import dev.aegir.task.Change;
import dev.aegir.task.Change.Kind;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.util.List;

/** Forgets the private key that was replaced, unless a server is still opened with it. After the commit point. */
record ForgetReplacedKey(Name server, SecretRef key) implements Step {
    @Override
    public String name() {
        return "ssh: forget the old key of " + server;
    }

    @Override
    public List<Change> preview(StepContext context) {
        return others(context).isEmpty()
                ? List.of(new Change(Kind.DELETE, "inventory", "secret " + key, ""))
                : List.of();
    }

    @Override
    public void run(StepContext context) {
        List<Name> others = others(context);
        if (others.isEmpty()) {
            context.forget(key);
        } else {
            context.log("the old key is kept: it still opens " + others);
        }
    }

    private List<Name> others(StepContext context) {
        return context.inventory().servers().stream()
                .filter(other -> other.credential().filter(key::equals).isPresent())
                .map(other -> other.name())
                .filter(name -> !name.equals(server))
                .toList();
    }
}
