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
 * Deletes a release that {@link WithdrawRelease} has moved aside in the same task. It cannot be taken back once begun, so it
 * belongs behind the commit point of a plan. Links are not followed, and what is mounted inside stops it.
 *
 * @param name the step's name
 * @param server the server's name
 * @param release which
 * @param place how releases are kept there
 */
record SweepRelease(String name, Name server, Release release, Place place) implements Step {
    @Override
    public List<Change> preview(StepContext context) throws InterruptedException {
        Optional<String> aside = aside(context);
        return aside.isEmpty() || !directory(context).isAside(aside.get())
                ? List.of()
                : List.of(new Change(
                        Change.Kind.DELETE,
                        server.value(),
                        ReleaseDirectory.home(release) + ".removed-" + aside.get(),
                        ""));
    }

    @Override
    public void run(StepContext context) throws InterruptedException {
        Optional<String> aside = aside(context);
        if (aside.isPresent()) {
            context.remember(begun(), true);
            directory(context).sweep(aside.get());
        }
    }

    @Override
    public void undo(StepContext context) throws InterruptedException {
        Optional<String> aside = aside(context);
        boolean begun = context.recall(begun(), Boolean.class).isPresent();
        if (begun && aside.isPresent() && !directory(context).isAside(aside.get())) {
            throw new RefusedException(server + ": the release of codebase " + release.codebase()
                    + " is deleted and cannot be put back. Deploy the codebase to " + server + " again.");
        }
    }

    private String begun() {
        return "codebase." + release.owner() + ".swept." + server;
    }

    private Optional<String> aside(StepContext context) {
        return context.recall(WithdrawRelease.fact(server, release), String.class);
    }

    private ReleaseDirectory directory(StepContext context) throws InterruptedException {
        return new ReleaseDirectory(context.host(server), release, place);
    }
}
