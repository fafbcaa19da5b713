// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.backup.restic;

import dev.aegir.model.Id;
import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.util.List;

/**
 * The snapshots that are tagged as a backup's are forgotten; what only they had goes when the repository is pruned. Cannot be taken
 * back.
 *
 * @param name the step's name
 * @param repository where they are
 * @param owner whose backup it is
 * @param id the backup's id
 */
record RemoveSnapshots(String name, Repository repository, Id owner, Id id) implements Step {
    @Override
    public List<Change> preview(StepContext context) throws InterruptedException {
        return found(context, Restic.keeping(context, repository)).stream()
                .map(snapshot -> new Change(
                        Change.Kind.DELETE,
                        repository.server().value(),
                        repository + ", backup " + id,
                        "snapshot " + snapshot))
                .toList();
    }

    @Override
    public void run(StepContext context) throws InterruptedException {
        Restic restic = Restic.keeping(context, repository);
        List<String> snapshots = found(context, restic);
        if (!snapshots.isEmpty()) {
            restic.run("forget", snapshots);
        }
    }

    private List<String> found(StepContext context, Restic restic) throws InterruptedException {
        List<String> snapshots = Tags.find(restic, Tags.of(repository, owner, id), false);
        if (snapshots.isEmpty()) {
            RequireRepository.require(context, restic, repository);
        }
        return snapshots;
    }
}
