// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.backup.restic;

import dev.aegir.engine.backup.internal.Programs;
import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.util.List;

/**
 * What no snapshot needs any more is gone from a repository. Cannot be taken back, and changes no backup.
 *
 * @param name the step's name
 * @param repository the repository
 */
record PruneRepository(String name, Repository repository) implements Step {
    @Override
    public List<Change> preview(StepContext context) {
        return List.of(new Change(
                Change.Kind.CHANGE,
                repository.server().value(),
                repository.toString(),
                "what no backup needs any more is deleted"));
    }

    @Override
    public void run(StepContext context) throws InterruptedException {
        Programs.Ended ended = Restic.keeping(context, repository).run("prune", List.of());
        ended.output().lines().filter(line -> line.startsWith("total prune")).forEach(context::log);
    }
}
