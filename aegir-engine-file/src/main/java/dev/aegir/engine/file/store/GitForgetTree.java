// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.file.store;

import dev.aegir.model.Id;
import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.util.List;
import java.util.Optional;

/**
 * A store has no repository of an owner. Cannot be taken back.
 *
 * @param name the step's name
 * @param place the store
 * @param owner the owner
 */
record GitForgetTree(String name, GitPlace place, Id owner) implements Step {
    @Override
    public List<Change> preview(StepContext context) throws InterruptedException {
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
        repository(context).remove();
    }

    private GitRepository repository(StepContext context) throws InterruptedException {
        return new GitRepository(context.host(place.service().server()), place, owner);
    }
}
