// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.backup;

import dev.aegir.model.Backup;
import dev.aegir.model.HostPath;
import dev.aegir.model.InvalidValueException;
import dev.aegir.model.Name;
import dev.aegir.model.RefusedException;
import dev.aegir.model.Settings;
import dev.aegir.model.Tree;
import dev.aegir.spi.BackupEngine;
import dev.aegir.spi.EngineRequest;
import dev.aegir.spi.ImportEngine;
import dev.aegir.spi.ImportRequest;
import dev.aegir.spi.ServiceRequest;
import dev.aegir.task.Step;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Keeps backups as archives of tar, compressed with zstd, in directories of the service's server that nobody but its privileged
 * account can look into. The format is described in {@code docs/backup-format.md}: without Aegir, {@code sha256sum},
 * {@code zstd} and {@code tar} are enough to prove a backup and to unpack it.
 *
 * <p>The settings of a service, all of them optional:
 *
 * <ul>
 *   <li>{@code directory} - where the backups are ({@code /srv/aegir/backups}).
 *   <li>{@code level} - how hard they are compressed, 1 to 19 ({@code 3}).
 *   <li>{@code increments} - after how many backups of a site that hold only what has changed comes one with everything, 0 to
 *       30 ({@code 6}).
 *   <li>{@code recipients} - public keys of <a href="https://age-encryption.org/v1">age</a>, with commas or spaces between, that
 *       everything is encrypted to before it leaves the server of the site. None: not encrypted.
 *   <li>{@code identity} - the name of the secret that opens what is encrypted: an identity as {@code age-keygen} makes it, or
 *       several, a line each. Needed to read a backup, never to take one or to prove its structure.
 *   <li>{@code signing-key} - the name of the secret that signs backups: a private key of Ed25519 in PEM, as {@code openssl genpkey
 *       -algorithm ed25519} makes it.
 *   <li>{@code signed-by} - the public keys of which one must have signed a backup before anything reads it, as {@code openssl
 *       pkey -pubout} prints them between two lines.
 *   <li>{@code cache} - where the servers of sites keep what they have noted of the files in encrypted backups, so that the
 *       next can add to it ({@code /var/cache/aegir-backups}).
 * </ul>
 *
 * <p>It needs GNU tar, zstd and coreutils on its own server and on those that sites are on, and age where backups are encrypted; it
 * installs nothing. Where its own server has perl, what is encrypted is verified in one pass, and else by a program for each file.
 */
public final class ArchiveEngine implements BackupEngine, ImportEngine {
    /** For ServiceLoader. */
    public ArchiveEngine() {}

    @Override
    public String name() {
        return "archive";
    }

    @Override
    public Set<Class<? extends Step>> steps() {
        return Set.of(
                PrepareBackups.class,
                RequireStore.class,
                BeginBackup.class,
                StorePart.class,
                CompleteBackup.class,
                ProveBackup.class,
                RestorePart.class,
                RemoveStored.class,
                ExportStored.class,
                LookAtImport.class,
                UnpackImport.class,
                BringDump.class);
    }

    @Override
    public List<Step> prepare(ServiceRequest request) {
        level(request.settings().number("level", 3));
        increments(request.settings());
        Protection protection = Protection.of(request.settings());
        return List.of(new PrepareBackups(
                "backup: prepare " + request.server().name() + "/"
                        + request.service().name(),
                Store.of(request.server(), request.service()),
                protection.recipients()));
    }

    @Override
    public List<Step> take(EngineRequest<Backup> request, Map<String, Tree> parts) {
        Backup backup = request.resource();
        Stored stored = Stored.of(request);
        int level = level(request.settings().number("level", 3));
        Protection protection = Protection.of(request.settings());
        if (protection.signing().isEmpty() && !protection.signers().isEmpty()) {
            throw new RefusedException("The service "
                    + request.service().name()
                    + " accepts only backups that are signed, and has no key to sign new ones with: set signing-key.");
        }
        boolean frozen = backup.consistency() == Backup.Consistency.FROZEN;
        List<Step> steps = new ArrayList<>();
        steps.add(new BeginBackup("backup: begin " + of(request), stored));
        new TreeMap<>(parts).forEach((part, tree) -> {
            if (!part.matches("[a-z][a-z0-9-]{0,30}")) {
                throw new InvalidValueException("part", part, "a part is called by a-z, 0-9 and -");
            }
            // A dump is never written while it is read; files are, unless the site is frozen.
            boolean still = frozen || tree.account().isEmpty();
            steps.add(new StorePart(
                    "backup: store " + part + " of " + of(request),
                    stored,
                    part,
                    tree,
                    still,
                    level,
                    backup.base(),
                    protection.recipients(),
                    request.settings().path("cache", "/var/cache/aegir-backups")));
        });
        steps.add(new CompleteBackup(
                "backup: complete " + of(request),
                stored,
                backup,
                List.copyOf(new TreeMap<>(parts).keySet()),
                protection));
        return steps;
    }

    @Override
    public Optional<Backup> base(EngineRequest<Backup> request, List<Backup> earlier) {
        int most = increments(request.settings());
        List<String> recipients = Protection.of(request.settings()).recipients();
        return earlier.stream()
                .filter(backup -> backup.service().equals(request.resource().service())
                        && backup.owner().equals(request.resource().owner())
                        && backup.reason() != Backup.Reason.IMPORTED
                        // These go when they are old, whatever came after them.
                        && backup.reason() != Backup.Reason.SAFETY
                        && backup.verified().isPresent()
                        && backup.contents()
                                .filter(contents -> recipients.equals(recipients(contents)))
                                .isPresent())
                .max(Comparator.<Backup, Instant>comparing(backup -> backup.at().orElse(Instant.EPOCH))
                        .thenComparing(Backup::id))
                .filter(backup -> backup.contents()
                        .filter(contents -> longest(contents) < most)
                        .isPresent());
    }

    /** Whom a backup is encrypted to. Nothing is added to what others can read, or fewer. */
    private static List<String> recipients(Backup.Contents contents) {
        return contents.facts().entrySet().stream()
                .filter(fact -> fact.getKey().endsWith(Layers.RECIPIENTS))
                .flatMap(fact -> Stream.of(fact.getValue().split(",")))
                .sorted()
                .distinct()
                .toList();
    }

    /** How many earlier backups one needs. */
    private static int longest(Backup.Contents contents) {
        return contents.parts().stream()
                .filter(part -> part.name().endsWith(Layers.TREE))
                .map(part -> part.name().substring(0, part.name().length() - Layers.TREE.length()))
                .mapToInt(part -> Layers.of(contents, part).number())
                .max()
                // Nothing to add to.
                .orElse(Integer.MAX_VALUE);
    }

    @Override
    public List<Step> verify(EngineRequest<Backup> request, Backup.Level level) {
        complete(request);
        return List.of(new ProveBackup(
                "backup: verify " + level.name().toLowerCase(java.util.Locale.ROOT) + " of " + of(request),
                Stored.of(request),
                request.resource(),
                level,
                Protection.of(request.settings())));
    }

    @Override
    public List<Step> restore(EngineRequest<Backup> request, Map<String, Tree> parts) {
        Backup backup = request.resource();
        Backup.Contents contents = complete(request);
        List<Step> steps = new ArrayList<>();
        new TreeMap<>(parts)
                .forEach((part, tree) -> steps.add(new RestorePart(
                        "backup: restore " + part + " of " + of(request) + " to " + tree.server() + ":"
                                + tree.directory(),
                        Stored.of(request),
                        Archive.part(contents, part, of(request)),
                        Archive.noted(contents.facts(), part + ".entries"),
                        Archive.noted(contents.facts(), part + ".bytes"),
                        backup.reason() == Backup.Reason.IMPORTED,
                        backup.reason() != Backup.Reason.IMPORTED && Layers.within(contents, part, tree.paths()),
                        tree,
                        Layers.of(contents, part),
                        contents.part(part + Layers.TREE),
                        Protection.of(request.settings()))));
        return steps;
    }

    @Override
    public List<Step> remove(EngineRequest<Backup> request) {
        return List.of(new RemoveStored("backup: remove " + of(request), Stored.of(request)));
    }

    @Override
    public List<Step> require(ServiceRequest request) {
        return List.of(new RequireStore(
                "backup: the directory of " + request.server().name() + "/"
                        + request.service().name() + " is there",
                Store.of(request.server(), request.service())));
    }

    @Override
    public List<Step> export(EngineRequest<Backup> request, Name server, HostPath file) {
        List<Backup.Part> parts = complete(request).parts();
        return List.of(new ExportStored(
                "backup: export " + of(request) + " to " + server + ":" + file,
                Stored.of(request),
                parts,
                server,
                file,
                Protection.of(request.settings()).signers()));
    }

    @Override
    public List<Step> look(ImportRequest request) {
        return List.of(new LookAtImport("import: look at " + request.server() + ":" + request.file(), request));
    }

    @Override
    public List<Step> unpack(ImportRequest request, Tree into) {
        if (into.account().isEmpty()) {
            throw new RefusedException("What comes from elsewhere is unpacked by an account that can do no harm, and "
                    + into + " has none.");
        }
        return List.of(new UnpackImport(
                "import: unpack the files of " + request.server() + ":" + request.file() + " for " + into.title(),
                request,
                into));
    }

    @Override
    public List<Step> bringDump(ImportRequest request, Name server, HostPath directory) {
        return List.of(new BringDump(
                "import: bring the dump of " + request.server() + ":" + request.file() + " to " + server,
                request,
                server,
                directory));
    }

    private static Backup.Contents complete(EngineRequest<Backup> request) {
        return request.resource()
                .contents()
                .orElseThrow(() -> new RefusedException("The backup " + of(request) + " is not complete."));
    }

    private static int increments(Settings settings) {
        int increments = settings.number("increments", 6);
        if (increments < 0 || increments > 30) {
            throw new InvalidValueException("increments", String.valueOf(increments), "0 to 30");
        }
        return increments;
    }

    private static int level(int level) {
        if (level < 1 || level > 19) {
            throw new InvalidValueException("level", String.valueOf(level), "1 to 19");
        }
        return level;
    }

    private static String of(EngineRequest<Backup> request) {
        Backup backup = request.resource();
        return backup.id() + " of " + backup.title() + " on " + request.server().name() + "/"
                + request.service().name();
    }
}
