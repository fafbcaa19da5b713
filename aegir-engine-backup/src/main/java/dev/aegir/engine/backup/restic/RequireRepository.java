// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.backup.restic;

import dev.aegir.engine.backup.StoreAwayException;
import dev.aegir.model.Backup;
import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.util.List;

/**
 * The repository is there, bears our mark and has some of the backups that are known to be in it, or nothing goes on.
 *
 * @param name the step's name
 * @param repository the repository
 */
record RequireRepository(String name, Repository repository) implements Step {
    /** One that is there is enough, and not all may fit on a command line. */
    private static final int KNOWN = 50;

    @Override
    public List<Change> preview(StepContext context) {
        return List.of();
    }

    @Override
    public void run(StepContext context) throws InterruptedException {
        require(context, Restic.keeping(context, repository), repository);
    }

    /** That nobody takes what is away for what is damaged or gone. */
    static void require(StepContext context, Restic restic, Repository repository) throws InterruptedException {
        if (PrepareRepository.look(restic, repository) != PrepareRepository.Found.OURS) {
            throw away(repository, "there is none that bears our mark");
        }
        requireKnown(context, restic, repository);
    }

    /** The same, of one that is there. */
    static void requireKnown(StepContext context, Restic restic, Repository repository) throws InterruptedException {
        List<String> known = known(context, repository);
        if (!known.isEmpty()
                && Json.lines(restic.run("known", known).output()).stream()
                        .flatMap(list -> Snapshot.all(list).stream())
                        .noneMatch(snapshot -> snapshot.tags().contains(repository.tag()))) {
            throw away(repository, "it has none of the backups that are kept there");
        }
    }

    /** What the newest of the backups that are known to be there are tagged with. */
    static List<String> known(StepContext context, Repository repository) {
        return context.inventory().backups().stream()
                .filter(backup -> backup.service().equals(repository.service())
                        && backup.contents().isPresent())
                .limit(KNOWN)
                .map(Backup::id)
                .map(Tags::backup)
                .toList();
    }

    static StoreAwayException away(Repository repository, String how) {
        return new StoreAwayException("The repository " + repository + " is away: " + how
                + ". Is what it is on mounted, and are the settings of " + repository.service()
                + " what they were? No backup counts as damaged, and none was forgotten.");
    }
}
