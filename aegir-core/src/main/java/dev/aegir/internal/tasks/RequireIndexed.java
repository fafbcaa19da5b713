// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal.tasks;

import dev.aegir.host.Command;
import dev.aegir.host.CommandResult;
import dev.aegir.host.Host;
import dev.aegir.model.HostPath;
import dev.aegir.model.Name;
import dev.aegir.model.RefusedException;
import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Stops a plan when a file that lies beside the index of an export is not what that says. Changes nothing.
 *
 * @param server the server
 * @param file the file
 */
public record RequireIndexed(Name server, HostPath file) implements Step {
    private static final int MOST = 16 << 20;
    private static final Duration LIMIT = Duration.ofHours(6);

    /** Of a file only: what is stored in a directory has a manifest. */
    private static final String INDEX = """
            # read an index
            [ -f "$1" ] && [ -f "$2" ] || exit 0
            cat -- "$2"
            """;

    /** Makes it. */
    public RequireIndexed {}

    @Override
    public String name() {
        return "compare " + file + " on " + server + " with its index";
    }

    @Override
    public List<Change> preview(StepContext context) throws InterruptedException {
        run(context);
        return List.of();
    }

    @Override
    public void run(StepContext context) throws InterruptedException {
        Host host = context.host(server);
        HostPath beside = file.parent().child(ExportIndex.FILE);
        CommandResult read = host.run(Command.of("sh", "-c", INDEX, "aegir-import", file.value(), beside.value())
                        .keeping(MOST))
                .orThrow();
        Optional<ExportIndex> index = read.truncated() ? Optional.empty() : ExportIndex.read(read.stdout());
        if (index.isEmpty()) {
            return; // It came alone.
        }
        ExportIndex.Entry entry = index.get().backups().stream()
                .filter(each -> each.file().equals(file.name()))
                .findFirst()
                .orElseThrow(
                        () -> refused("is not in " + beside + ". Put it elsewhere, if it did not come with that."));
        String sum = host.run(Command.of("sha256sum", "--", file.value()).timeout(LIMIT))
                .orThrow()
                .stdout();
        // A name with a backslash has one before its line.
        if (!sum.replaceFirst("^\\\\", "").startsWith(entry.sha256() + " ")) {
            throw refused("is not what " + beside + " says of " + entry.what().title() + ": it has another checksum."
                    + " Bring it once more.");
        }
        context.log(file.name() + " is what its index says: the backup "
                + entry.what().backup() + " of " + entry.what().title());
    }

    private RefusedException refused(String why) {
        return new RefusedException(server + ": " + file + " " + why);
    }
}
