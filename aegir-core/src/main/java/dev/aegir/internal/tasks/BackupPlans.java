// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal.tasks;

import dev.aegir.internal.Planners;
import dev.aegir.model.Backup;
import dev.aegir.model.Id;
import dev.aegir.model.RefusedException;
import dev.aegir.model.Retention;
import dev.aegir.model.ServiceKind;
import dev.aegir.model.ServiceRef;
import dev.aegir.model.Site;
import dev.aegir.model.Tree;
import dev.aegir.spi.BackupEngine;
import dev.aegir.spi.EngineRequest;
import dev.aegir.spi.Planner;
import dev.aegir.spi.ServiceRequest;
import dev.aegir.task.BackupSite;
import dev.aegir.task.DeleteBackup;
import dev.aegir.task.Lock;
import dev.aegir.task.Plan;
import dev.aegir.task.PruneBackups;
import dev.aegir.task.PruneBackupsOf;
import dev.aegir.task.SiteMilestone.Moment;
import dev.aegir.task.Step;
import dev.aegir.task.VerifyBackup;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;

/** Plans what is done with backups. */
final class BackupPlans {
    private BackupPlans() {}

    static Plan backup(BackupSite task, Planner planner) {
        Site site = planner.site(task.site());
        ServiceRef service = task.service()
                .or(() -> site.service(ServiceKind.BACKUP))
                .orElseThrow(() ->
                        new RefusedException("The site " + site.name() + " is bound to no backup service; bind it with"
                                + " backup(\"server/service\"), or say where the backup shall go."));
        Backup backup = of(site, task.id(), service, task.reason(), task.consistency(), planner);
        SiteParts parts = new SiteParts(site, planner);
        boolean frozen = task.consistency() == Backup.Consistency.FROZEN;
        return Plan.of(parts.milestone(Moment.BACKUP_BEGINS))
                .then(frozen ? parts.frozen("frozen for backup " + backup.id()) : List.of())
                .then(taken(backup, site, planner))
                .then(frozen ? parts.thawed() : List.of())
                .then(parts.milestone(Moment.BACKUP_TAKEN));
    }

    /** A backup before something that cannot be taken back, of a site that is frozen. */
    static List<Step> safety(Id id, ServiceRef service, Site site, Planner planner) {
        return taken(of(site, id, service, Backup.Reason.SAFETY, Backup.Consistency.FROZEN, planner), site, planner);
    }

    /**
     * A backup before a site moves, of one that is open: what it has stays where it is, and nobody waits for this. Nothing of a site
     * that is bound to no backup service, or of which its codebase is all there is.
     */
    static List<Step> beforehand(Optional<Id> id, Site site, Planner planner) {
        Optional<ServiceRef> service = site.service(ServiceKind.BACKUP);
        SiteParts parts = new SiteParts(site, planner);
        if (id.isEmpty()
                || service.isEmpty()
                || parts.files().isEmpty() && parts.dump("any").isEmpty()) {
            return List.of();
        }
        return taken(
                of(site, id.get(), service.get(), Backup.Reason.SAFETY, Backup.Consistency.LIVE, planner),
                site,
                planner);
    }

    private static Backup of(
            Site site,
            Id id,
            ServiceRef service,
            Backup.Reason reason,
            Backup.Consistency consistency,
            Planner planner) {
        Backup backup = new Backup(
                id,
                site.id(),
                site.name().value(),
                service,
                reason,
                consistency,
                Optional.of(site),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
        BackupEngine engine = engine(backup, planner);
        EngineRequest<Backup> request = request(backup, planner);
        List<Backup> earlier = planner.inventory().backupsOf(site.id());
        return Planners.said(engine, "base", () -> engine.base(request, earlier))
                .map(backup::on)
                .orElse(backup);
    }

    /** The database first: files that it does not know of yet do less harm than files it misses. */
    private static List<Step> taken(Backup backup, Site site, Planner planner) {
        SiteParts parts = new SiteParts(site, planner);
        Map<String, Tree> trees = new HashMap<>();
        List<Step> steps = new ArrayList<>();
        Optional<Tree> dump = parts.dump("backup-" + backup.id());
        dump.ifPresent(tree -> {
            trees.put("database", tree);
            steps.addAll(parts.dumped(tree));
        });
        parts.files().ifPresent(tree -> trees.put("files", tree));
        if (trees.isEmpty()) {
            throw new RefusedException("The site " + site.name()
                    + " writes nothing and has no database: its codebase is all there is of it.");
        }
        BackupEngine engine = engine(backup, planner);
        EngineRequest<Backup> request = request(backup, planner);
        steps.addAll(Planners.steps(engine, () -> engine.take(request, trees)));
        steps.add(new SaveBackup(backup));
        dump.ifPresent(tree -> steps.add(new RemoveStaging(tree.server(), tree.directory())));
        return steps;
    }

    static Plan verify(VerifyBackup task, Planner planner) {
        Backup backup = backup(task.backup(), planner);
        if (task.level() == Backup.Level.DRILL) {
            throw new RefusedException("A drill restores a backup into a site of its own; verify at most to FULL.");
        }
        BackupEngine engine = engine(backup, planner);
        EngineRequest<Backup> request = request(backup, planner);
        return Plan.of(new SaveVerified(backup, task.level(), false))
                .then(Planners.steps(engine, () -> engine.verify(request, task.level())))
                .then(new SaveVerified(backup, task.level(), true));
    }

    static Plan delete(DeleteBackup task, Planner planner) {
        Backup backup = backup(task.backup(), planner);
        List<Backup> others = planner.inventory().backupsOf(backup.owner()).stream()
                .filter(other -> !other.id().equals(backup.id()))
                .toList();
        boolean last = backup.verified().isPresent()
                && others.stream().noneMatch(other -> other.verified().isPresent());
        if (last && !task.evenLast()) {
            throw new RefusedException("The backup " + backup.id() + " is the last one that " + backup.title()
                    + " can be restored from. Take another first, or say that even the last may go.");
        }
        // Of what keeps it being lost for good, somebody has said enough.
        return deleted(
                List.of(backup), others, task.evenLast() ? Plan.empty() : there(List.of(backup), planner), planner);
    }

    static Plan prune(PruneBackups task, Planner planner) {
        return pruned(planner.site(task.site()).id(), task.retention(), task.now(), planner);
    }

    static Plan pruneOf(PruneBackupsOf task, Planner planner) {
        planner.lock(Lock.exclusive("site", task.owner()));
        return pruned(task.owner(), task.retention(), task.now(), planner);
    }

    private static Plan pruned(Id owner, Retention retention, Instant now, Planner planner) {
        Map<ServiceRef, List<Backup>> byService = new HashMap<>();
        List<Backup> kept = new ArrayList<>(planner.inventory().backupsOf(owner));
        for (Backup backup : kept) {
            byService
                    .computeIfAbsent(backup.service(), absent -> new ArrayList<>())
                    .add(backup);
        }
        List<Backup> expired = new ArrayList<>();
        byService.values().forEach(each -> expired.addAll(retention.expired(each, now)));
        kept.removeAll(expired);
        expired.sort(Comparator.comparing(backup -> backup.id().value()));
        if (expired.isEmpty()) {
            return Plan.empty();
        }
        return deleted(expired, kept, there(expired, planner), planner)
                .then(ofEachService(expired, BackupEngine::reclaim, planner));
    }

    /** Nothing is forgotten because what keeps it is away. */
    private static Plan there(List<Backup> backups, Planner planner) {
        return Plan.empty().then(ofEachService(backups, BackupEngine::require, planner));
    }

    private static List<Step> ofEachService(
            List<Backup> backups, BiFunction<BackupEngine, ServiceRequest, List<Step>> what, Planner planner) {
        Map<ServiceRef, Backup> oneOfEach = new LinkedHashMap<>();
        backups.forEach(backup -> oneOfEach.putIfAbsent(backup.service(), backup));
        List<Step> steps = new ArrayList<>();
        for (Backup backup : oneOfEach.values()) {
            BackupEngine engine = engine(backup, planner);
            EngineRequest<Backup> request = request(backup, planner);
            ServiceRequest service = new ServiceRequest(request.server(), request.service());
            steps.addAll(Planners.steps(engine, () -> what.apply(engine, service)));
        }
        return steps;
    }

    /** What is no longer in the inventory is never restored from, however far its deletion got. */
    private static Plan deleted(List<Backup> backups, List<Backup> others, Plan before, Planner planner) {
        for (Backup backup : backups) {
            others.stream()
                    .filter(other -> other.base().filter(backup.id()::equals).isPresent())
                    .findFirst()
                    .ifPresent(other -> {
                        throw new RefusedException("The backup " + other.id() + " holds only what is different from "
                                + backup.id() + "; delete that first.");
                    });
        }
        Plan plan = before.then(backups.stream().map(RemoveBackupRecord::new).toList())
                .commit();
        for (Backup backup : backups) {
            plan = plan.then(planner.remove(ServiceKind.BACKUP, backup.service(), backup));
        }
        return plan;
    }

    /** A backup, to this task itself; nothing else is done to its owner meanwhile. */
    static Backup backup(Id id, Planner planner) {
        Backup backup = planner.inventory()
                .backup(id)
                .orElseThrow(() -> new RefusedException("There is no backup " + id + " in the inventory."));
        planner.lock(Lock.exclusive("site", backup.owner()));
        return backup;
    }

    static BackupEngine engine(Backup backup, Planner planner) {
        return planner.engine(ServiceKind.BACKUP, backup.service(), BackupEngine.class);
    }

    static EngineRequest<Backup> request(Backup backup, Planner planner) {
        return planner.request(ServiceKind.BACKUP, backup.service(), backup);
    }
}
