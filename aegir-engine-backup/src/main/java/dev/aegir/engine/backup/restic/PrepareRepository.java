// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.backup.restic;

import com.fasterxml.jackson.databind.JsonNode;
import dev.aegir.engine.backup.internal.Programs;
import dev.aegir.model.RefusedException;
import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.util.List;

/**
 * There is a repository, and a snapshot in it says whose. One that is there is never made anew; one that bears another's mark, or
 * none and has backups, is left alone; and none is made while the inventory knows of backups in one that is away.
 *
 * @param name the step's name
 * @param repository the repository
 */
record PrepareRepository(String name, Repository repository) implements Step {
    enum Found {
        NOTHING,
        EMPTY,
        OURS
    }

    @Override
    public List<Change> preview(StepContext context) throws InterruptedException {
        Found found = looked(context, Restic.keeping(context, repository));
        return found == Found.OURS
                ? List.of()
                : List.of(new Change(
                        found == Found.NOTHING ? Change.Kind.CREATE : Change.Kind.CHANGE,
                        repository.server().value(),
                        repository.location(),
                        "a repository of restic's"));
    }

    @Override
    public void run(StepContext context) throws InterruptedException {
        Restic restic = Restic.keeping(context, repository);
        if (context.recall(made(), Boolean.class).orElse(false)) {
            prepare(restic, repository, "undo"); // Begun before a crash; restic goes on with no half of a repository.
        }
        Found found = looked(context, restic);
        if (found == Found.NOTHING) {
            context.remember(made(), true);
            prepare(restic, repository, "make");
        }
        if (found != Found.OURS) {
            prepare(restic, repository, "mark");
        }
    }

    @Override
    public void undo(StepContext context) throws InterruptedException {
        if (!context.recall(made(), Boolean.class).orElse(false)) {
            return;
        }
        prepare(Restic.keeping(context, repository), repository, "undo");
        if (!repository.local()) {
            context.log("the repository " + repository + " stays, empty: restic removes none that is in a bucket");
        }
    }

    /** None is made where one should be that has backups. */
    private Found looked(StepContext context, Restic restic) throws InterruptedException {
        Found found = look(restic, repository);
        if (found == Found.OURS) {
            RequireRepository.requireKnown(context, restic, repository);
        } else if (!RequireRepository.known(context, repository).isEmpty()) {
            throw RequireRepository.away(repository, "there is none that bears our mark");
        }
        return found;
    }

    static Found look(Restic restic, Repository repository) throws InterruptedException {
        Programs.Ended ended = prepare(restic, repository, "look");
        if (ended.output().startsWith("+")) {
            return Found.NOTHING;
        }
        List<JsonNode> said = Json.lines(ended.output());
        if (said.isEmpty() || !said.stream().allMatch(JsonNode::isArray)) {
            throw new RefusedException(restic.host().server() + ": restic did not say what is in " + repository + ".");
        }
        List<Snapshot> marks = Snapshot.all(said.get(0));
        if (marks.stream().anyMatch(mark -> mark.tags().containsAll(repository.mark()))) {
            return Found.OURS;
        }
        if (marks.isEmpty() && said.size() == 2 && said.get(1).isEmpty()) {
            return Found.EMPTY;
        }
        throw new RefusedException("The repository " + repository + " is somebody else's: "
                + (marks.isEmpty()
                        ? "it has snapshots, and none of them is our mark"
                        : "it bears the mark " + marks.get(0).tags() + " and not " + repository.mark())
                + ". Nothing was changed; give this service a repository of its own.");
    }

    private static Programs.Ended prepare(Restic restic, Repository repository, String verb)
            throws InterruptedException {
        return restic.run("prepare", List.of(verb, Tags.joined(repository.mark())));
    }

    private String made() {
        return "repository." + repository.server() + "." + repository.location().hashCode();
    }
}
