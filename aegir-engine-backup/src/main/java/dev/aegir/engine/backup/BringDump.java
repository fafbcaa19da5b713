// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.backup;

import dev.aegir.engine.backup.FoundArchive.Dump;
import dev.aegir.engine.backup.internal.Programs;
import dev.aegir.engine.backup.internal.Programs.Ended;
import dev.aegir.host.Command;
import dev.aegir.host.Host;
import dev.aegir.host.Input;
import dev.aegir.model.HostPath;
import dev.aegir.model.Name;
import dev.aegir.model.RefusedException;
import dev.aegir.spi.ImportRequest;
import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.util.List;

/**
 * The dump that was found in an archive from elsewhere is a file in a directory that nobody but the privileged account can enter.
 *
 * @param name the step's name
 * @param request the archive
 * @param server the server
 * @param directory the directory; there must be none
 */
record BringDump(String name, ImportRequest request, Name server, HostPath directory) implements Step {
    @Override
    public List<Change> preview(StepContext context) {
        return List.of(new Change(
                Change.Kind.CREATE,
                server.value(),
                directory.value(),
                "for a while, from " + request.server() + ":" + request.file()));
    }

    @Override
    public void run(StepContext context) throws InterruptedException {
        Host target = context.host(server);
        if (context.recall(begun(), Boolean.class).isPresent()) {
            remove(target);
        } else if (target.run(Command.of("test", "-e", directory.value())).succeeded()) {
            throw new RefusedException(
                    server + ": there is a " + directory + " already; see what it is, and remove it.");
        }
        Dump dump = LookAtImport.found(context, request)
                .dump()
                .orElseThrow(() -> new RefusedException("The archive " + request.file() + " has no database."));
        context.remember(begun(), true);
        Ended ended = Programs.pipe(
                context.host(request.server()),
                ForeignArchive.reading(request, "file", dump.inner(), dump.name()),
                Opening.of(context, request.identity(), request.file(), dump.inner())
                        .line(),
                target,
                ArchiveScripts.command("land", "dump", directory.value(), "database.sql", String.valueOf(dump.bytes())),
                Input.none());
        if (ended.exit() != 0
                || !List.of("open", "pack", "zstd", "sync").stream().allMatch(ended::well)
                || ended.ended().getOrDefault("source", 0) != 0
                || !ended.output().strip().equals(String.valueOf(dump.bytes()))) {
            throw new BackupFailedException("The dump " + dump.name() + " of " + request.server() + ":" + request.file()
                    + " could not be brought to " + server + ": " + ended.why());
        }
    }

    @Override
    public void undo(StepContext context) throws InterruptedException {
        if (context.recall(begun(), Boolean.class).isPresent()) {
            remove(context.host(server));
        }
    }

    private void remove(Host host) throws InterruptedException {
        host.run(ArchiveScripts.command("land", "undo", directory.value())).orThrow();
    }

    private String begun() {
        return "import." + request.site() + ".dump";
    }
}
