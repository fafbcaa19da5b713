// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.file.store;

import dev.aegir.host.Host;
import dev.aegir.model.Id;
import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * A store has no repository or branch of an owner. Cannot be taken back.
 *
 * @param name the step's name
 * @param place the store
 * @param owner the owner
 */
record GitForgetTree(String name, GitPlace place, Id owner) implements Step {
    @Override
    public List<Change> preview(StepContext context) throws InterruptedException {
        if (place.remote().isPresent()) {
            return List.of(new Change(
                    Change.Kind.DELETE,
                    place.service().toString(),
                    "files of " + owner,
                    "the branch aegir/" + owner + " of " + place.remote().get()
                            + " with all its versions, if it is there"));
        }
        Optional<String> size = repository(context).size();
        return List.of(new Change(
                Change.Kind.DELETE,
                place.service().toString(),
                "files of " + owner,
                size.map(kib -> "the repository " + place.directory() + "/" + owner + ".git with all its versions, "
                                + kib + " KiB")
                        .orElse("nothing is there")));
    }

    @Override
    public void run(StepContext context) throws InterruptedException {
        if (place.remote().isEmpty()) {
            repository(context).remove();
            return;
        }
        Host host = context.host(place.service().server());
        try (Spool spool = new Spool();
                GitBranch branch =
                        new GitBranch(host, place, place.remote().get(), owner, "forget-" + owner, spool, context)) {
            Optional<String> tip = branch.newest();
            if (tip.isPresent()) {
                branch.delete(tip.get());
            }
        } catch (IOException e) {
            throw StoreTree.here(e);
        }
    }

    private GitRepository repository(StepContext context) throws InterruptedException {
        return new GitRepository(context.host(place.service().server()), place, owner);
    }
}
