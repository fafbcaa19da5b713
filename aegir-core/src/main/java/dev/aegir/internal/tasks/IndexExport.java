// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal.tasks;

import dev.aegir.host.Command;
import dev.aegir.host.Host;
import dev.aegir.host.Input;
import dev.aegir.internal.Json;
import dev.aegir.model.Backup;
import dev.aegir.model.HostPath;
import dev.aegir.model.Id;
import dev.aegir.model.Name;
import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The files of a directory have an index that says what they are and has their checksums, as they are on the disk. Taken back, it is
 * gone.
 *
 * @param server the server
 * @param directory the directory
 * @param backups what is in it
 */
public record IndexExport(Name server, HostPath directory, List<Backup> backups) implements Step {
    private static final Duration LIMIT = Duration.ofHours(6);

    /** Lengths and checksums, a line each. */
    private static final String SUM = """
            # sum up what was exported
            set -eu
            cd -- "$1"
            shift
            for each in "$@"; do
                sum=$(sha256sum <"$each")
                printf '%s %s\\n' "$(stat -c %s -- "$each")" "${sum%% *}"
            done
            """;

    private static final String KEEP = """
            # keep the index of what was exported
            set -eu
            umask 077
            cd -- "$1"
            cat >.index.part
            sync -- .index.part
            mv -T -- .index.part "$2"
            sync -- .
            sum=$(sha256sum <"$2")
            printf '%s\\n' "${sum%% *}"
            """;

    /** Copies. */
    public IndexExport {
        backups = List.copyOf(backups);
    }

    static String file(Id backup) {
        return backup + ".tar";
    }

    @Override
    public String name() {
        return "index " + directory + " on " + server;
    }

    @Override
    public List<Change> preview(StepContext context) {
        return List.of(new Change(
                Change.Kind.CREATE,
                server.value(),
                directory.child(ExportIndex.FILE).value(),
                "of the backups " + backups.stream().map(Backup::id).toList() + "\n"));
    }

    @Override
    public void run(StepContext context) throws InterruptedException {
        Host host = context.host(server);
        List<String> words = new ArrayList<>(List.of("sh", "-c", SUM, "aegir-export", directory.value()));
        backups.forEach(backup -> words.add(file(backup.id())));
        List<String> sums = host.run(Command.of(words).timeout(LIMIT))
                .orThrow()
                .stdout()
                .lines()
                .toList();
        List<ExportIndex.Entry> entries = new ArrayList<>();
        long all = 0;
        for (int i = 0; i < backups.size(); i++) {
            String[] said = sums.get(i).split(" ", 2);
            long bytes = Long.parseLong(said[0]);
            all += bytes;
            entries.add(new ExportIndex.Entry(
                    file(backups.get(i).id()), bytes, said[1], ExportIndex.What.of(backups.get(i))));
        }
        context.remember(begun(), true);
        String index = Json.write(ExportIndex.of(entries)) + "\n";
        String sum = host.run(
                        Command.of("sh", "-c", KEEP, "aegir-export", directory.value(), ExportIndex.FILE),
                        Input.text(index))
                .orThrow()
                .stdout()
                .strip();
        context.results(Map.of(
                "export.files",
                String.valueOf(backups.size()),
                "export.bytes",
                String.valueOf(all),
                "export.sha256",
                sum));
    }

    @Override
    public void undo(StepContext context) throws InterruptedException {
        if (context.recall(begun(), Boolean.class).isPresent()) {
            context.host(server)
                    .run(Command.of(
                            "rm",
                            "-f",
                            "--",
                            directory.child(ExportIndex.FILE).value(),
                            directory.child(".index.part").value()))
                    .orThrow();
        }
    }

    private String begun() {
        return "export.index." + server + "." + directory.value().hashCode();
    }
}
