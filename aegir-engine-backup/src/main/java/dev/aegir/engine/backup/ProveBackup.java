// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.backup;

import dev.aegir.engine.backup.internal.Inspection;
import dev.aegir.engine.backup.internal.Programs;
import dev.aegir.host.Host;
import dev.aegir.model.Backup;
import dev.aegir.model.HostPath;
import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A backup is proved to be what it was. When it is not, that is remembered as its {@link Backup#damagedFact} before this fails;
 * not so when the directory of all backups is away.
 *
 * @param name the step's name
 * @param stored where
 * @param backup which
 * @param level how far
 * @param protection what opens it, and who must have signed it
 */
record ProveBackup(String name, Stored stored, Backup backup, Backup.Level level, Protection protection)
        implements Step {
    /** How many files of a part are looked at for a sample. */
    private static final int SAMPLES = 40;

    private static final Pattern LAYER = Pattern.compile("([a-z][a-z0-9-]*)\\.([0-9]+)");

    @Override
    public List<Change> preview(StepContext context) {
        return List.of();
    }

    @Override
    public void run(StepContext context) throws InterruptedException {
        stored.store().requireMark(context);
        try {
            prove(context);
        } catch (DamagedBackupException | UnsafeArchiveException | ForgedBackupException e) {
            stored.store().require(context);
            context.remember(backup.damagedFact(), true);
            throw e;
        }
    }

    private void prove(StepContext context) throws InterruptedException {
        Backup.Contents contents = backup.contents()
                .orElseThrow(() -> new DamagedBackupException("The backup " + stored + " was never complete."));
        Host host = context.host(stored.server());
        SignedManifest.require(host, stored, protection.signers(), contents.parts());
        Opening opening = Opening.of(
                context, protection.identity(), stored, level == Backup.Level.STRUCTURE ? List.of() : contents.parts());
        Archive.prove(host, stored, contents.parts());
        if (level == Backup.Level.STRUCTURE) {
            return;
        }
        for (Backup.Part part : contents.parts()) {
            if (contents.part(part.name() + Archive.SUMS).isPresent()) {
                compare(context, host, opening, part, contents);
            }
        }
    }

    private void compare(StepContext context, Host host, Opening opening, Backup.Part part, Backup.Contents contents)
            throws InterruptedException {
        HostPath archive = Archive.path(stored, part);
        Inspection inspection = new Inspection(false, List.of(""), Inspection.Limits.NONE);
        if (level != Backup.Level.SAMPLE) {
            Archive.inspect(host, archive, opening, inspection);
            String listed = inspection.entries() + " entries, " + inspection.bytes() + " bytes";
            String noted = contents.facts().get(part.name() + ".entries") + " entries, "
                    + contents.facts().get(part.name() + ".bytes") + " bytes";
            if (!listed.equals(noted)) {
                throw new DamagedBackupException("The part " + part.name() + " of the backup " + stored + " has "
                        + listed + " where " + noted + " were stored.");
            }
        }
        long entries = Long.parseLong(contents.facts().getOrDefault(part.name() + ".entries", "1"));
        long every = level == Backup.Level.SAMPLE ? Math.max(1, entries / SAMPLES) : 1;
        // Always the same files of one backup, others of another.
        long first = Math.floorMod(stored.id().value().hashCode(), every) + 1;
        // Of an earlier backup only those files matter that this one needs; all of them were left alone since.
        Matcher layer = LAYER.matcher(part.name());
        String number = layer.matches() ? layer.group(2) : "";
        List<String> output = new ArrayList<>();
        Programs.Ended ended = Programs.run(
                host,
                ArchiveScripts.command(
                        "compare",
                        archive.value(),
                        Archive.path(stored, Archive.part(contents, part.name() + Archive.SUMS, stored))
                                .value(),
                        String.valueOf(every),
                        String.valueOf(first),
                        String.valueOf(inspection.longest()),
                        number,
                        number.isEmpty() ? "" : listed(contents, part),
                        aside().value()),
                opening.line(),
                output::add);
        opening.requireFitting(ended);
        boolean read = ended.exit() == 0 && ended.ended().values().stream().allMatch(exit -> exit == 0);
        if (!read || output.size() < 3) {
            throw new DamagedBackupException(
                    "The part " + part.name() + " of the backup " + stored + " cannot be read back: " + ended.why());
        }
        context.results(Map.of(
                "verify." + part.name() + ".files", output.get(0),
                "verify." + part.name() + ".compared", output.get(1),
                "verify." + part.name() + ".different", output.get(2)));
        if (!output.get(2).equals("0")) {
            String which = output.get(2) + " files of the part " + part.name() + " of the backup " + stored
                    + " are not what was read from the site, such as " + output.subList(3, output.size());
            if (backup.consistency() == Backup.Consistency.FROZEN || !number.isEmpty()) {
                throw new DamagedBackupException(which + ".");
            }
            context.log(which + ": they were written while the backup was taken");
        }
    }

    private String listed(Backup.Contents contents, Backup.Part part) {
        String name = part.name().substring(0, part.name().lastIndexOf('.')) + Layers.TREE;
        return Archive.path(stored, Archive.part(contents, name, stored)).value();
    }

    /** Where files are unpacked to for a moment. */
    private HostPath aside() {
        return stored.owners().child(stored.id() + ".verify");
    }
}
