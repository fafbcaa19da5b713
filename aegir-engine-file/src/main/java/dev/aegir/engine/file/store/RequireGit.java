// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.file.store;

import dev.aegir.engine.file.store.FileStoreException.Problem;
import dev.aegir.host.Command;
import dev.aegir.host.CommandResult;
import dev.aegir.host.Host;
import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.util.List;

/**
 * A server has git, and the directory for its repositories; one elsewhere lets us in.
 *
 * @param name the step's name
 * @param place the store
 */
record RequireGit(String name, GitPlace place) implements Step {
    private static final String MAKE = """
            # a directory of that account
            test -d "$1" || { mkdir -p -m 755 -- "${1%/*}/" && mkdir -m 700 -- "$1" && { test -z "$2" || chown -- "$2:" "$1"; }; }
            """;

    @Override
    public List<Change> preview(StepContext context) {
        return List.of(new Change(
                Change.Kind.CREATE,
                place.service().server().value(),
                place.directory().value(),
                "if it is not there"));
    }

    @Override
    public void run(StepContext context) throws InterruptedException {
        Host host = context.host(place.service().server());
        if (!host.run(Command.of("git", "--version")).succeeded()) {
            throw GitRepository.missing(place);
        }
        CommandResult made = host.run(Command.of(
                "sh",
                "-c",
                MAKE,
                "aegir-git",
                place.directory().value(),
                place.account().orElse("")));
        if (!made.succeeded()) {
            throw new FileStoreException(
                    Problem.REFUSED,
                    "The directory of the store " + place + " cannot be made: "
                            + made.stderr().strip() + ". See what is there, then try again.");
        }
        if (place.remote().isPresent()) {
            GitBranch.require(host, place, place.remote().get(), context);
        }
    }
}
