// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal.tasks;

import dev.aegir.host.Command;
import dev.aegir.model.HostPath;
import dev.aegir.model.Id;
import dev.aegir.model.InvalidValueException;
import dev.aegir.model.Name;
import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.time.Duration;
import java.util.List;

/**
 * What a task kept on a server for a while is gone: a directory that only the privileged account could enter. Not taken back:
 * it was of use to this task alone.
 *
 * @param server the server
 * @param directory the directory, one of {@link #directory(Id, String)}
 */
public record RemoveStaging(Name server, HostPath directory) implements Step {
    private static final HostPath STAGING = HostPath.of("/srv/aegir/staging");

    /** Validates. */
    public RemoveStaging {
        Id owner = Id.of(directory.parent().name());
        if (!directory.equals(directory(owner, directory.name()))) {
            throw new InvalidValueException("staging", directory.value(), "it is not below " + STAGING);
        }
    }

    /**
     * Where a task keeps what it needs for a while.
     *
     * @param owner the id of the site or codebase it works on, which no other task does meanwhile
     * @param name what it is
     * @return a directory
     */
    public static HostPath directory(Id owner, String name) {
        return STAGING.child(owner.value()).child(name);
    }

    @Override
    public String name() {
        return "remove " + directory + " from " + server;
    }

    @Override
    public List<Change> preview(StepContext context) {
        return List.of();
    }

    @Override
    public void run(StepContext context) throws InterruptedException {
        context.host(server)
                .run(Command.of("rm", "-rf", "--one-file-system", "--", directory.value())
                        .timeout(Duration.ofMinutes(30)))
                .orThrow();
        // Nobody else works on the same site; what another task of ours left there stays.
        context.host(server)
                .run(Command.of(
                        "rmdir",
                        "--ignore-fail-on-non-empty",
                        "--",
                        directory.parent().value()));
    }
}
