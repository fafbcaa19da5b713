// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.backup;

import dev.aegir.host.CommandResult;
import dev.aegir.model.Backup;
import dev.aegir.model.HostPath;
import dev.aegir.model.Id;
import dev.aegir.model.RefusedException;
import dev.aegir.model.Server;
import dev.aegir.model.Service;
import dev.aegir.model.ServiceRef;
import dev.aegir.task.StepContext;
import java.util.ArrayList;
import java.util.List;

/**
 * The directory of all backups of a service. It bears a mark, so that an empty one where nothing is mounted is not taken for one
 * whose backups are gone.
 *
 * @param service whose it is
 * @param directory the directory
 * @param mark the id that it bears, which is the server's
 */
record Store(ServiceRef service, HostPath directory, Id mark) {
    /** What scripts end with when it is away: EX_UNAVAILABLE of sysexits.h. */
    private static final int AWAY = 69;

    /** One that is there is enough, and not all may fit on a command line. */
    private static final int KNOWN = 50;

    static Store of(Server server, Service service) {
        return new Store(
                new ServiceRef(server.name(), service.name()),
                service.settings().path("directory", "/srv/aegir/backups"),
                server.id());
    }

    /** That it is there: that it bears its mark, and has some of the backups that are known to be in it, if any are. */
    void require(StepContext context) throws InterruptedException {
        require(context, known(context.inventory().backups()));
    }

    /** That it bears its mark. Quicker, and enough unless something is missing. */
    void requireMark(StepContext context) throws InterruptedException {
        require(context, List.of());
    }

    private void require(StepContext context, List<String> known) throws InterruptedException {
        List<String> words = new ArrayList<>(List.of(directory.value(), mark.value()));
        words.addAll(known);
        run(context, "there", words);
    }

    /** Those of these backups that are stored here, as scripts want to be told of them; the newest of many. */
    List<String> known(List<Backup> backups) {
        return backups.stream()
                .filter(backup ->
                        backup.service().equals(service) && backup.contents().isPresent())
                .limit(KNOWN)
                .map(backup -> backup.owner() + "/" + backup.id())
                .toList();
    }

    /** Runs a script where it is; what the script prints. */
    String run(StepContext context, String script, List<String> words) throws InterruptedException {
        CommandResult result = context.host(service.server()).run(ArchiveScripts.command(script, words));
        if (result.exit() == AWAY) {
            throw new StoreAwayException(service.server() + ": "
                    + result.stderr().strip()
                    + ". Is what the backups of " + service + " are on mounted, and the setting directory what it was?"
                    + " No backup counts as damaged, and none was forgotten. A directory that was never marked is"
                    + " marked when the server is prepared (PrepareServer).");
        } else if (!result.succeeded()) {
            throw new RefusedException(service.server() + ": " + result.stderr().strip());
        }
        return result.stdout().strip();
    }
}
