// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.backup.restic;

import dev.aegir.model.Backup;
import dev.aegir.model.InvalidValueException;
import dev.aegir.model.Name;
import dev.aegir.model.RefusedException;
import dev.aegir.model.Tree;
import dev.aegir.spi.BackupEngine;
import dev.aegir.spi.EngineRequest;
import dev.aegir.spi.ServiceRequest;
import dev.aegir.task.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Keeps backups in a repository of <a href="https://restic.net">restic</a>, encrypted and without storing anything twice. restic
 * (tested with 0.14, which Debian 12 has) runs as the privileged account on the servers of the sites and on the server of the
 * service, which all need it installed; this installs nothing. A backup is one snapshot of each server it has something of, tagged
 * with the server of the service, the site and the backup; the site's id is its host.
 *
 * <p>The settings of a service:
 *
 * <ul>
 *   <li>{@code password} - the name of the secret that the repository is encrypted with. Required: whoever loses it has lost
 *       every backup.
 *   <li>{@code repository} - a directory of the server ({@code /srv/aegir/restic}), or a bucket as
 *       {@code s3:https://HOST/BUCKET/PATH}.
 *   <li>{@code sftp.user}, {@code sftp.key} - how sites on other servers reach the directory: the account that keeps it, which
 *       exists already, and the name of the secret that is its private key. Without them the directory is for sites of the same
 *       server only. The host key is the one the server is enrolled with, and no other.
 *   <li>{@code sftp.host}, {@code sftp.port} - where these servers find it, when that is not where this program does.
 *   <li>{@code s3.id}, {@code s3.key} - the names of the secrets that open the bucket; {@code s3.region}; {@code s3.lookup}
 *       ({@code auto}, {@code dns} or {@code path}).
 *   <li>{@code limit-upload}, {@code limit-download} - KiB per second; 0, the default, for any.
 *   <li>{@code compression} - {@code auto}, {@code off} or {@code max}.
 *   <li>{@code cache} - the directory, of the privileged account alone, in which what repositories elsewhere know of themselves
 *       is kept ({@code /var/cache/aegir-restic}); {@code cache-limit} - the MiB after which it is emptied (2048).
 *   <li>{@code lock-wait} - how many seconds to wait for others at work in the repository (900).
 *   <li>{@code sample} - how much of the repository is read for a sample ({@code 10%}).
 * </ul>
 *
 * <p>What the levels of verification prove:
 *
 * <ul>
 *   <li>{@link Backup.Level#STRUCTURE} - the backup's snapshots are there with their tags, and {@code restic check} finds all
 *       indexes and directories of the whole repository whole, and every pack file present with its length. No file's content
 *       is read.
 *   <li>{@link Backup.Level#SAMPLE} - and some of the pack files of the repository, others each time, have the checksums they
 *       had. Damage may be of another backup than this one; damage elsewhere is not found.
 *   <li>{@link Backup.Level#FULL} - beyond the structure, everything in this backup was read to nowhere, decrypted, and has the
 *       checksum it had, and there is as much of it as was stored.
 * </ul>
 *
 * <p>Those checksums are of the bytes that restic read from the site, and the id of a snapshot, which the inventory has, is a
 * checksum over all of them. A file that looks as it did in the backup before (its inode, length and times) is not read again;
 * that is how restic is fast.
 *
 * <p>A backup that is removed is forgotten; the room it took comes back when {@link dev.aegir.task.PruneBackups} removes some.
 */
public final class ResticEngine implements BackupEngine {
    /** For ServiceLoader. */
    public ResticEngine() {}

    @Override
    public String name() {
        return "restic";
    }

    @Override
    public Set<Class<? extends Step>> steps() {
        return Set.of(
                PrepareRepository.class,
                RequireRepository.class,
                TakeSnapshot.class,
                CompleteSnapshots.class,
                VerifySnapshots.class,
                RestoreSnapshot.class,
                RemoveSnapshots.class,
                PruneRepository.class);
    }

    @Override
    public List<Step> prepare(ServiceRequest request) {
        Repository repository = Repository.of(request.server(), request.service());
        return List.of(new PrepareRepository(
                "restic: prepare " + request.server().name() + "/"
                        + request.service().name(),
                repository));
    }

    @Override
    public List<Step> take(EngineRequest<Backup> request, Map<String, Tree> parts) {
        Backup backup = request.resource();
        Map<Name, Map<String, Tree>> byServer = new TreeMap<>();
        parts.forEach((part, tree) -> {
            if (!part.matches("[a-z][a-z0-9-]{0,30}")) {
                throw new InvalidValueException("part", part, "a part is called by a-z, 0-9 and -");
            }
            byServer.computeIfAbsent(tree.server(), absent -> new TreeMap<>()).put(part, tree);
        });
        boolean frozen = backup.consistency() == Backup.Consistency.FROZEN;
        List<Step> steps = new ArrayList<>();
        byServer.forEach((server, trees) -> steps.add(new TakeSnapshot(
                "restic: store " + String.join(" and ", trees.keySet()) + " on " + server + " as " + of(request),
                repository(request).reachableFrom(server),
                backup.owner(),
                backup.id(),
                frozen,
                server,
                trees)));
        steps.add(new CompleteSnapshots("restic: complete " + of(request), backup, List.copyOf(byServer.keySet())));
        return steps;
    }

    @Override
    public List<Step> verify(EngineRequest<Backup> request, Backup.Level level) {
        complete(request).parts().forEach(Parts::snapshot);
        return List.of(new VerifySnapshots(
                "restic: verify " + level.name().toLowerCase(Locale.ROOT) + " of " + of(request),
                repository(request),
                request.resource(),
                level));
    }

    @Override
    public List<Step> restore(EngineRequest<Backup> request, Map<String, Tree> parts) {
        Backup.Contents contents = complete(request);
        if (request.resource().reason() == Backup.Reason.IMPORTED) {
            throw new RefusedException("The backup " + of(request) + " came from elsewhere, and repositories of restic"
                    + " are only for what was backed up here.");
        }
        List<Step> steps = new ArrayList<>();
        new TreeMap<>(parts).forEach((name, tree) -> {
            Backup.Part part = contents.part(name)
                    .orElseThrow(() -> new RefusedException("The backup " + of(request) + " has no part " + name
                            + "; it has "
                            + contents.parts().stream().map(Backup.Part::name).toList()
                            + "."));
            Listing.Count noted = Parts.noted(contents, name);
            steps.add(new RestoreSnapshot(
                    "restic: restore " + name + " of " + of(request) + " to " + tree.server() + ":" + tree.directory(),
                    repository(request).reachableFrom(tree.server()),
                    request.resource().id(),
                    name,
                    Parts.snapshot(part),
                    noted.entries(),
                    noted.bytes(),
                    tree));
        });
        return steps;
    }

    @Override
    public List<Step> remove(EngineRequest<Backup> request) {
        return List.of(new RemoveSnapshots(
                "restic: forget " + of(request),
                repository(request),
                request.resource().owner(),
                request.resource().id()));
    }

    @Override
    public List<Step> require(ServiceRequest request) {
        return List.of(new RequireRepository(
                "restic: the repository of " + request.server().name() + "/"
                        + request.service().name() + " is there",
                Repository.of(request.server(), request.service())));
    }

    @Override
    public List<Step> reclaim(ServiceRequest request) {
        return List.of(new PruneRepository(
                "restic: prune " + request.server().name() + "/"
                        + request.service().name(),
                Repository.of(request.server(), request.service())));
    }

    private static Repository repository(EngineRequest<Backup> request) {
        return Repository.of(request.server(), request.service());
    }

    private static Backup.Contents complete(EngineRequest<Backup> request) {
        return request.resource()
                .contents()
                .orElseThrow(() -> new RefusedException("The backup " + of(request) + " is not complete."));
    }

    private static String of(EngineRequest<Backup> request) {
        Backup backup = request.resource();
        return backup.id() + " of " + backup.title() + " in " + request.server().name() + "/"
                + request.service().name();
    }
}
