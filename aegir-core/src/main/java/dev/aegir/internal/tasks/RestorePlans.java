// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal.tasks;

import dev.aegir.internal.Planners;
import dev.aegir.model.Backup;
import dev.aegir.model.Codebase;
import dev.aegir.model.DomainName;
import dev.aegir.model.Environment;
import dev.aegir.model.Name;
import dev.aegir.model.RefusedException;
import dev.aegir.model.ServiceKind;
import dev.aegir.model.Site;
import dev.aegir.model.SiteState;
import dev.aegir.model.Tree;
import dev.aegir.model.WwwPolicy;
import dev.aegir.spi.Application;
import dev.aegir.spi.BackupEngine;
import dev.aegir.spi.EngineRequest;
import dev.aegir.spi.Planner;
import dev.aegir.task.DrillBackup;
import dev.aegir.task.Plan;
import dev.aegir.task.RestoreCopy;
import dev.aegir.task.RestoreSite;
import dev.aegir.task.RestoreSite.What;
import dev.aegir.task.SiteMilestone.Moment;
import dev.aegir.task.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Plans how backups become sites again. */
final class RestorePlans {
    private RestorePlans() {}

    static Plan inPlace(RestoreSite task, Planner planner) {
        Site site = planner.site(task.site());
        Backup backup = BackupPlans.backup(task.backup(), planner);
        if (!backup.owner().equals(site.id())) {
            throw new RefusedException("The backup " + backup.id() + " is of " + backup.title() + " (" + backup.owner()
                    + ") and not of " + site.name() + " (" + site.id()
                    + "); a site is only ever restored from its own backups.");
        }
        if (task.what() == What.PATH || task.what() == What.TABLE) {
            return new RestorePart(task, site, backup, planner).plan();
        }
        Optional<Tree> files = part(backup, "files", task.what() != What.DATABASE)
                ? new SiteParts(site, planner).files()
                : Optional.empty();
        boolean database = part(backup, "database", task.what() != What.FILES);
        if (files.isEmpty() && !database) {
            throw new RefusedException(
                    "The backup " + backup.id() + " has nothing of what shall be restored (" + task.what() + ").");
        }
        Site after = database
                ? site.with("db.name", CredentialNames.nextDatabase(site)).with("db.user", CredentialNames.next(site))
                : site;
        SiteParts before = new SiteParts(site, planner);
        SiteParts parts = new SiteParts(after, planner);
        Plan plan = Plan.empty();
        if (database) {
            plan = plan.then(databaseBeside(backup, parts, planner));
        }
        List<Step> brought = List.of();
        if (files.isPresent()) {
            plan = plan.then(new MakeRestoreDirectory(files.get(), backup.id()));
            brought = filesBrought(backup, files.get(), planner);
        }
        plan = plan.together(List.of(brought, parts.rehearsed()))
                .then(before.frozen("frozen for the restore of backup " + backup.id()));
        if (task.withSafety()) {
            plan = plan.then(BackupPlans.safety(task.safety(), backup.service(), site, planner));
        }
        if (files.isPresent()) {
            plan = plan.then(new SwitchDirectories(files.get(), backup.id()));
        }
        plan = plan.then(parts.configured());
        if (database) {
            plan = plan.then(fits(backup, after, parts, planner)).then(updated(backup, after, parts));
        }
        plan = plan.then(parts.works())
                .then(parts.looked())
                .then(parts.answersStopped())
                .then(parts.milestone(Moment.READY))
                .then(parts.opened())
                .then(new SaveSite(after))
                .commit();
        return plan.then(formerRemoved(backup, files, database ? Optional.of(before) : Optional.empty()));
    }

    static Plan copy(RestoreCopy task, Planner planner) {
        Backup backup = BackupPlans.backup(task.backup(), planner);
        Site was = site(backup);
        Site site = SiteMoves.itsOwn(task.copy(), was);
        if (planner.inventory().site(site.name()).isPresent() || backup.owner().equals(site.id())) {
            throw new RefusedException("There is a site " + site.name()
                    + " already; restore it in place, or choose another name for the copy.");
        }
        SitePlans.requireNew(site, planner);
        planner.claim(site.id(), site.allNames());
        SiteParts parts = new SiteParts(site, planner);
        boolean sanitised = SiteMoves.isLower(site, was) && parts.needs(ServiceKind.DB);
        // All of it is new, and can be taken back to the end.
        return SitePlans.code(site, planner)
                .then(filled(backup, site, planner))
                .then(sanitised ? parts.planned(Application::sanitise) : List.of())
                .then(parts.works())
                .then(parts.looked())
                .then(parts.answers())
                .then(parts.milestone(Moment.READY))
                .then(SiteMoves.regularly(site, parts, planner))
                .then(parts.published())
                .then(new SaveSite(site));
    }

    private static Site site(Backup backup) {
        return backup.site()
                .orElseThrow(() -> new RefusedException("The backup " + backup.id()
                        + " is of a codebase; only backups of sites can be restored into one."));
    }

    /** The new site has what the backup has, under its own name, and nothing of it runs regularly yet. */
    private static List<Step> filled(Backup backup, Site site, Planner planner) {
        SiteParts parts = new SiteParts(site, planner);
        SiteParts closed = new SiteParts(site.state(SiteState.MAINTENANCE), planner);
        List<Step> fits = fits(backup, site, parts, planner);
        List<Step> steps = new ArrayList<>();
        if (part(backup, "database", true)) {
            steps.addAll(databaseBeside(backup, parts, planner));
        }
        steps.addAll(Renamed.all("before it is open", closed.runtimeReady()));
        Optional<Tree> files = part(backup, "files", true) ? parts.files() : Optional.empty();
        files.ifPresent(home -> {
            steps.addAll(filesBeside(backup, home, planner));
            steps.add(new SwitchDirectories(home, backup.id()));
            steps.add(new RemoveFormerFiles(home, backup.id()));
        });
        steps.addAll(parts.configured());
        steps.addAll(fits);
        DomainName former = site(backup).name();
        if (!former.equals(site.name())) {
            steps.addAll(parts.planned((application, request) -> application.rename(request, former)));
        }
        steps.addAll(updated(backup, site, parts));
        return steps;
    }

    /** Other code than it was taken with is the same application's, and has what the database says is switched on. */
    private static List<Step> fits(Backup backup, Site site, SiteParts parts, Planner planner) {
        Name codebase = site(backup).codebase();
        if (codebase.equals(site.codebase())) {
            return List.of();
        }
        Name there = planner.codebase(site.codebase()).application();
        planner.inventory()
                .codebase(codebase)
                .map(Codebase::application)
                .filter(here -> !here.equals(there))
                .ifPresent(here -> {
                    throw new RefusedException("The backup " + backup.id() + " is of " + here + ", and the codebase "
                            + site.codebase() + " is of " + there + ".");
                });
        if (!part(backup, "database", true) || !ImportPlans.gated(site, parts, planner)) {
            return List.of();
        }
        List<Step> steps = new ArrayList<>(Renamed.all("as they were", parts.looked()));
        steps.add(new RequirePackages(site));
        return steps;
    }

    /** The database is what the code expects, which is newer where it is other code. */
    private static List<Step> updated(Backup backup, Site site, SiteParts parts) {
        boolean other = !site(backup).codebase().equals(site.codebase()) && part(backup, "database", true);
        return other ? OnCopy.all(parts.planned(Application::update)) : List.of();
    }

    /**
     * A site of its own that nobody can reach by its name, without cron, which is removed again when it has answered. Until then
     * everything can be taken back.
     */
    static Plan drill(DrillBackup task, Planner planner) {
        Backup backup = BackupPlans.backup(task.backup(), planner);
        Site was = site(backup);
        Site restored = new Site(
                task.scratch(),
                DomainName.of("drill-" + task.scratch().value().toLowerCase(Locale.ROOT) + ".invalid"),
                was.codebase(),
                task.services().isEmpty() ? was.services() : task.services(),
                Environment.DEVELOPMENT,
                SiteState.ENABLED,
                List.of(),
                List.of(),
                List.of(),
                WwwPolicy.IGNORE,
                was.settings().without("db.name", "db.user").with("mail", "off"));
        SitePlans.requireNew(restored, planner);
        planner.claim(restored.id(), restored.allNames());
        Optional<String> open = new SiteParts(restored, planner).reachesOut();
        Site scratch = open.isEmpty() ? restored.with("pool.egress", "off") : restored;
        SiteParts parts = new SiteParts(scratch, planner);
        List<Step> gone = new ArrayList<>(
                planner.remove(ServiceKind.HTTP, SitePlans.http(scratch), planner.virtualHost(scratch)));
        gone.addAll(parts.removed());
        return SitePlans.code(scratch, planner)
                .then(new TellReach(
                        scratch.name(), open.map(why -> "open: " + why).orElse("none")))
                .then(filled(backup, scratch, planner))
                .then(parts.works())
                .then(parts.answers())
                .then(parts.milestone(Moment.READY))
                .then(parts.published())
                .then(new SaveVerified(backup, Backup.Level.DRILL, true))
                .commit()
                .then(Renamed.all("after the drill", gone))
                .then(new ForgetSiteSecrets(scratch.name(), scratch.id()));
    }

    static boolean part(Backup backup, String name, boolean wanted) {
        return wanted
                && backup.contents().flatMap(contents -> contents.part(name)).isPresent();
    }

    /** A database of its own for what is restored, with an account of its own; the site's is not touched. */
    static List<Step> databaseBeside(Backup backup, SiteParts parts, Planner planner) {
        Tree dump = parts.dump("restore-" + backup.id())
                .orElseThrow(() -> new RefusedException(
                        "The backup " + backup.id() + " has a database, and " + backup.title() + " needs none."));
        List<Step> steps = new ArrayList<>(restored(backup, Map.of("database", dump), planner));
        steps.addAll(parts.databaseReady());
        steps.addAll(parts.loaded(dump));
        steps.add(new RemoveStaging(dump.server(), dump.directory()));
        return steps;
    }

    static List<Step> filesBeside(Backup backup, Tree home, Planner planner) {
        List<Step> steps = new ArrayList<>();
        steps.add(new MakeRestoreDirectory(home, backup.id()));
        steps.addAll(filesBrought(backup, home, planner));
        return steps;
    }

    private static List<Step> filesBrought(Backup backup, Tree home, Planner planner) {
        Tree aside = home.at(home.server(), Aside.restored(home, backup.id()), home.account());
        return restored(backup, Map.of("files", aside), planner);
    }

    private static List<Step> restored(Backup backup, Map<String, Tree> trees, Planner planner) {
        BackupEngine engine = BackupPlans.engine(backup, planner);
        EngineRequest<Backup> request = BackupPlans.request(backup, planner);
        return Planners.steps(engine, () -> engine.restore(request, trees));
    }

    private static List<Step> formerRemoved(Backup backup, Optional<Tree> files, Optional<SiteParts> before) {
        List<Step> steps = new ArrayList<>();
        before.ifPresent(parts -> steps.addAll(parts.databaseRemoved()));
        files.ifPresent(home -> steps.add(new RemoveFormerFiles(home, backup.id())));
        return steps;
    }
}
