// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.app;

import dev.aegir.model.Name;
import dev.aegir.model.RefusedException;
import dev.aegir.model.Release;
import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.util.List;
import java.util.Optional;

/**
 * Brings a release to a server: built beside its place, checked, and moved there when it is complete. One round trip when it
 * is there, two when it is not. A release that is there never changes.
 *
 * @param name the step's name
 * @param server the server's name
 * @param release what to bring, and where to
 * @param place how it is built there
 * @param fetch where it comes from
 */
record BringRelease(String name, Name server, Release release, Place place, Fetch fetch) implements Step {
    @Override
    public List<Change> preview(StepContext context) throws InterruptedException {
        Optional<Mark> present = directory(context).look();
        if (present.isPresent()) {
            same(present.get(), wanted(context));
            return List.of();
        }
        String what = wanted(context).map(revision -> "revision " + revision).orElse("as it is when this runs");
        return List.of(
                new Change(Change.Kind.CREATE, server.value(), release.path().value(), fetch + ", " + what));
    }

    @Override
    public void run(StepContext context) throws InterruptedException {
        ReleaseDirectory directory = directory(context);
        Optional<String> wanted = wanted(context);
        Optional<Mark> present = directory.look();
        if (present.isPresent()) {
            String revision = same(present.get(), wanted);
            know(context, revision);
            context.log("release " + revision + " is there already");
            return;
        }
        Optional<String> earlier = context.recall(fact(), String.class);
        if (earlier.isPresent() && !earlier.get().equals(context.key())) {
            directory.discard(earlier.get());
        }
        context.remember(fact(), context.key());
        context.log("bringing " + fetch
                + wanted.map(revision -> " (" + revision + ")").orElse("") + " to " + release.path());
        Brought brought = directory.build(context.key(), fetch, wanted, fetch.input(context));
        know(context, brought.revision());
        brought.notes().forEach(context::log);
        context.log("brought " + brought);
    }

    @Override
    public void undo(StepContext context) throws InterruptedException {
        Optional<String> key = context.recall(fact(), String.class);
        if (key.isPresent() && directory(context).discard(key.get())) {
            context.log("removed the release again");
        }
    }

    private ReleaseDirectory directory(StepContext context) throws InterruptedException {
        return new ReleaseDirectory(context.host(server), release, place);
    }

    /** What the codebase is; when it is new, what an earlier step of this task has found it to be. */
    private Optional<String> wanted(StepContext context) {
        return known(context).or(fetch::pin);
    }

    private Optional<String> known(StepContext context) {
        return release.revision().or(() -> context.recall(Release.revisionFact(release.owner()), String.class));
    }

    private void know(StepContext context, String revision) {
        if (known(context).isEmpty()) {
            context.remember(Release.revisionFact(release.owner()), revision);
        }
    }

    private String same(Mark present, Optional<String> wanted) {
        String revision = present.revision().orElse("");
        if (wanted.isPresent() && !wanted.get().equals(revision)) {
            throw new RefusedException(
                    server + ": the release of codebase " + release.codebase() + " at " + release.path()
                            + " is revision " + revision + ", and " + wanted.get()
                            + " was asked for. A release never changes: make another codebase of the other revision.");
        }
        return revision;
    }

    /** The key of the build that was begun; a step that is retried has another. */
    private String fact() {
        return "codebase." + release.owner() + ".build." + server;
    }
}
