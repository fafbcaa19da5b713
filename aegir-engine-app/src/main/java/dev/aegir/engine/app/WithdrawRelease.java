// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.app;

import dev.aegir.model.Name;
import dev.aegir.model.Release;
import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.util.List;
import java.util.Optional;

/**
 * Takes a release from its place, after its mark has proved that it is the one meant. It is only moved aside, so this can be
 * taken back at no cost until {@link SweepRelease} deletes it.
 *
 * @param name the step's name
 * @param server the server's name
 * @param release which
 * @param place how releases are kept there
 */
record WithdrawRelease(String name, Name server, Release release, Place place) implements Step {
    @Override
    public List<Change> preview(StepContext context) throws InterruptedException {
        return directory(context).look().isEmpty()
                ? List.of()
                : List.of(new Change(
                        Change.Kind.DELETE,
                        server.value(),
                        ReleaseDirectory.home(release).value(),
                        "the release of codebase " + release.codebase()));
    }

    @Override
    public void run(StepContext context) throws InterruptedException {
        Optional<String> begun = context.recall(fact(server, release), String.class);
        if (begun.isEmpty()) {
            if (directory(context).look().isEmpty()) {
                context.log("there is no release to remove");
                return;
            }
            context.remember(fact(server, release), context.key());
        }
        directory(context).withdraw(begun.orElse(context.key()));
    }

    @Override
    public void undo(StepContext context) throws InterruptedException {
        Optional<String> begun = context.recall(fact(server, release), String.class);
        if (begun.isPresent() && directory(context).restore(begun.get())) {
            context.log("put the release back");
        }
    }

    /** The fact that a release was moved aside: the key it was moved under. */
    static String fact(Name server, Release release) {
        return "codebase." + release.owner() + ".aside." + server;
    }

    private ReleaseDirectory directory(StepContext context) throws InterruptedException {
        return new ReleaseDirectory(context.host(server), release, place);
    }
}
