// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal.tasks;

import dev.aegir.internal.Planners;
import dev.aegir.model.Backup;
import dev.aegir.model.Codebase;
import dev.aegir.model.DomainName;
import dev.aegir.model.Environment;
import dev.aegir.model.HostPath;
import dev.aegir.model.ImportRules;
import dev.aegir.model.Name;
import dev.aegir.model.RefusedException;
import dev.aegir.model.ServiceKind;
import dev.aegir.model.Site;
import dev.aegir.model.SiteState;
import dev.aegir.model.Tree;
import dev.aegir.spi.Application;
import dev.aegir.spi.BackupEngine;
import dev.aegir.spi.EngineRequest;
import dev.aegir.spi.ImportEngine;
import dev.aegir.spi.ImportRequest;
import dev.aegir.spi.Planner;
import dev.aegir.task.ExportBackup;
import dev.aegir.task.ExportBackups;
import dev.aegir.task.ImportSite;
import dev.aegir.task.Plan;
import dev.aegir.task.SiteMilestone.Moment;
import dev.aegir.task.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Plans how sites leave as files, and how files become sites. */
final class ImportPlans {
    /** What the format of backups is called where formats are named. */
    private static final Name OWN = Name.of("aegir-archive");

    private ImportPlans() {}

    static Plan exported(ExportBackup task, Planner planner) {
        Backup backup = BackupPlans.backup(task.backup(), planner);
        planner.server(task.server());
        BackupEngine engine = BackupPlans.engine(backup, planner);
        EngineRequest<Backup> request = BackupPlans.request(backup, planner);
        return Plan.empty().then(Planners.steps(engine, () -> engine.export(request, task.server(), task.file())));
    }

    static Plan exportedTogether(ExportBackups task, Planner planner) {
        planner.server(task.server());
        List<Backup> backups = task.backups().stream()
                .map(id -> BackupPlans.backup(id, planner))
                .toList();
        Plan plan = Plan.of(new MakeExportDirectory(task.server(), task.directory()));
        for (Backup backup : backups) {
            BackupEngine engine = BackupPlans.engine(backup, planner);
            EngineRequest<Backup> request = BackupPlans.request(backup, planner);
            HostPath file = task.directory().child(IndexExport.file(backup.id()));
            plan = plan.then(Planners.steps(engine, () -> engine.export(request, task.server(), file)));
        }
        return plan.then(new IndexExport(task.server(), task.directory(), backups));
    }

    static Plan imported(ImportSite task, Planner planner) {
        boolean lower = requireNew(task.site(), planner).environment() != Environment.PRODUCTION && !task.kept();
        Site site = lower ? SiteMoves.quiet(task.site()) : task.site();
        planner.server(task.server());
        SiteParts parts = new SiteParts(site, planner);
        boolean gated = gated(site, parts, planner);
        SiteParts closed = new SiteParts(site.state(SiteState.MAINTENANCE), planner);
        ImportEngine engine = planner.importer();
        ImportRequest archive = archive(task, parts, planner);
        // All of it is new, and can be taken back to the end.
        return Plan.empty()
                .then(engine.look(archive))
                .then(new RequireIndexed(task.server(), task.file()))
                .then(SitePlans.code(site, planner).steps())
                .then(parts.databaseReady())
                .then(Renamed.all("before it is open", closed.runtimeReady()))
                .then(files(archive, parts, engine))
                .then(parts.configured())
                .then(database(archive, parts, engine))
                .then(parts.planned(Application::loaded))
                .then(parts.looked())
                .then(gated ? List.of(new RequirePackages(site)) : List.of())
                .then(renamed(task.former(), site, parts))
                .then(parts.planned(Application::imported))
                .then(lower && parts.needs(ServiceKind.DB) ? parts.planned(Application::sanitise) : List.of())
                .then(parts.works())
                .then(Renamed.all("as it is now", parts.looked()))
                .then(parts.answers())
                .then(parts.milestone(Moment.READY))
                .then(SiteMoves.regularly(site, parts, planner))
                .then(parts.published())
                .then(new SaveSite(site));
    }

    /** Whether its application knows packages; then those of the codebase must be known. */
    static boolean gated(Site site, SiteParts parts, Planner planner) {
        boolean gated = !parts.looked().isEmpty();
        if (gated && planner.inventory().packages(site.codebase()).isEmpty()) {
            throw new RefusedException("What the codebase " + site.codebase()
                    + " has is not known, and so neither whether " + site.name() + " fits: scan it.");
        }
        return gated;
    }

    static Site requireNew(Site site, Planner planner) {
        boolean known = planner.inventory().sites().stream()
                .anyMatch(other -> other.id().equals(site.id()));
        if (known || planner.inventory().site(site.name()).isPresent()) {
            throw new RefusedException("There is a site " + site.name()
                    + " already, and this makes a new one. Choose another name, or delete that first.");
        } else if (site.state() != SiteState.ENABLED) {
            throw new RefusedException(
                    "The site " + site.name() + " is to be proved by its application, and so must be enabled.");
        }
        planner.claim(site.id(), site.allNames());
        Codebase codebase = planner.codebase(site.codebase());
        if (codebase.locked()) {
            throw new RefusedException("The codebase " + codebase.name()
                    + " is locked and takes no new sites; use another, or unlock it.");
        }
        return site;
    }

    private static ImportRequest archive(ImportSite task, SiteParts parts, Planner planner) {
        Name application = planner.codebase(task.site().codebase()).application();
        boolean own = task.format().isEmpty() || task.format().get().equals(OWN);
        List<ImportRules> rules = planner.importRules(application).stream()
                .filter(each -> task.format().isEmpty() || task.format().get().equals(each.format()))
                .toList();
        if (!own && rules.isEmpty()) {
            throw new RefusedException(
                    "There is no import format " + task.format().get() + " for sites of "
                            + application + "; there is " + OWN
                            + planner.importRules(application).stream()
                                    .map(each -> ", " + each.format())
                                    .reduce("", String::concat)
                            + ".");
        }
        return new ImportRequest(
                task.site().id(),
                task.server(),
                task.file(),
                rules,
                own,
                parts.files().isPresent() ? parts.importable() : List.of(),
                parts.needs(ServiceKind.DB),
                task.mostEntries(),
                task.mostBytes(),
                task.identity(),
                task.signedBy());
    }

    static List<Step> files(ImportRequest archive, SiteParts parts, ImportEngine engine) {
        Optional<Tree> home = parts.files();
        if (home.isEmpty()) {
            return List.of();
        }
        Tree aside = home.get()
                .at(
                        home.get().server(),
                        Aside.restored(home.get(), archive.site()),
                        home.get().account());
        List<Step> steps = new ArrayList<>();
        steps.add(new MakeRestoreDirectory(home.get(), archive.site()));
        steps.addAll(engine.unpack(archive, aside));
        steps.add(new SwitchDirectories(home.get(), archive.site()));
        steps.add(new RemoveFormerFiles(home.get(), archive.site()));
        return steps;
    }

    private static List<Step> database(ImportRequest archive, SiteParts parts, ImportEngine engine) {
        Optional<Tree> dump = parts.dump("import-" + archive.site());
        if (dump.isEmpty()) {
            return List.of();
        }
        List<Step> steps = new ArrayList<>(
                engine.bringDump(archive, dump.get().server(), dump.get().directory()));
        steps.addAll(parts.loadedForeign(dump.get()));
        steps.add(new RemoveStaging(dump.get().server(), dump.get().directory()));
        return steps;
    }

    static List<Step> renamed(Optional<DomainName> had, Site site, SiteParts parts) {
        return had.filter(former -> !former.equals(site.name()))
                .map(former -> parts.planned((application, request) -> application.rename(request, former)))
                .orElse(List.of());
    }
}
