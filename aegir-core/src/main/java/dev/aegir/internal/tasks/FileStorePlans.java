// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal.tasks;

import dev.aegir.internal.Planners;
import dev.aegir.model.Environment;
import dev.aegir.model.Id;
import dev.aegir.model.RefusedException;
import dev.aegir.model.ServiceKind;
import dev.aegir.model.ServiceRef;
import dev.aegir.model.Site;
import dev.aegir.model.SiteState;
import dev.aegir.model.Tree;
import dev.aegir.spi.EngineRequest;
import dev.aegir.spi.FileStore;
import dev.aegir.spi.Planner;
import dev.aegir.spi.ServiceRequest;
import dev.aegir.spi.VersionedFileStore;
import dev.aegir.task.FetchFiles;
import dev.aegir.task.Lock;
import dev.aegir.task.Plan;
import dev.aegir.task.RemoveStoredFiles;
import dev.aegir.task.SiteMilestone.Moment;
import dev.aegir.task.Step;
import dev.aegir.task.StoreFiles;
import java.util.List;
import java.util.Optional;

/** Plans how files get to stores of files and back. */
final class FileStorePlans {
    private FileStorePlans() {}

    static Plan store(StoreFiles task, Planner planner) {
        Site site = planner.site(task.site());
        Tree files = files(site, planner);
        FileStore engine = planner.engine(ServiceKind.FILE, task.store(), FileStore.class);
        EngineRequest<Tree> request = planner.request(ServiceKind.FILE, task.store(), files);
        planner.server(files.server());
        return Plan.empty().then(Planners.steps(engine, () -> engine.store(request)));
    }

    static Plan fetch(FetchFiles task, Planner planner) {
        Site site = planner.site(task.site());
        if (site.state() != SiteState.ENABLED) {
            throw new RefusedException("The site " + site.name() + " is not enabled; enable it first.");
        }
        Id owner = task.owner().orElse(site.id());
        if (!owner.equals(site.id())) {
            // Nobody stores there what is being read.
            planner.lock(Lock.exclusive("site", owner));
            requireDown(task, owner, site, planner);
        }
        SiteParts parts = new SiteParts(site, planner);
        Tree home = files(site, planner);
        Id id = task.safety();
        Tree aside = home.at(home.server(), Aside.restored(home, id), home.account());
        FileStore engine = planner.engine(ServiceKind.FILE, task.store(), FileStore.class);
        EngineRequest<Tree> request = planner.request(ServiceKind.FILE, task.store(), aside);
        List<Step> fetched = task.version().isEmpty()
                ? Planners.steps(engine, () -> engine.fetch(request, owner))
                : versioned(task.store(), request, owner, task.version().get(), planner);
        Plan plan = Plan.of(new MakeRestoreDirectory(home, id))
                .together(List.of(fetched, parts.rehearsed()))
                .then(parts.frozen("closed for files from " + task.store()));
        Optional<ServiceRef> backups = site.service(ServiceKind.BACKUP);
        if (backups.isPresent()) {
            plan = plan.then(BackupPlans.safety(id, backups.get(), site, planner));
        }
        return plan.then(new SwitchDirectories(home, id))
                .then(parts.works())
                .then(parts.looked())
                .then(parts.answersStopped())
                .then(parts.milestone(Moment.READY))
                .then(parts.opened())
                .then(new SaveSite(site))
                .commit()
                .then(new RemoveFormerFiles(home, id));
    }

    private static List<Step> versioned(
            ServiceRef store, EngineRequest<Tree> request, Id owner, String version, Planner planner) {
        VersionedFileStore engine = planner.able(ServiceKind.FILE, store, VersionedFileStore.class)
                .orElseThrow(() -> new RefusedException("The store " + store
                        + " has the files as they were stored last and no earlier version. Leave the version out, or restore a"
                        + " backup."));
        return Planners.steps(engine, () -> engine.fetch(request, owner, version));
    }

    static Plan remove(RemoveStoredFiles task, Planner planner) {
        // Nobody stores or fetches meanwhile.
        planner.lock(Lock.exclusive("site", task.site()));
        FileStore engine = planner.engine(ServiceKind.FILE, task.store(), FileStore.class);
        ServiceRequest request = new ServiceRequest(
                planner.server(task.store().server()), planner.service(ServiceKind.FILE, task.store()));
        return Plan.empty().then(Planners.steps(engine, () -> engine.forget(request, task.site())));
    }

    private static Tree files(Site site, Planner planner) {
        return new SiteParts(site, planner)
                .files()
                .orElseThrow(() -> new RefusedException("The site " + site.name() + " writes no files."));
    }

    private static void requireDown(FetchFiles task, Id owner, Site site, Planner planner) {
        Optional<Site> source = planner.inventory().site(owner);
        boolean down = site.environment() != Environment.PRODUCTION
                && source.filter(other -> !SiteMoves.isLower(other, site)).isPresent();
        if (!down && !task.evenUp()) {
            throw new RefusedException("Files go down: the site " + site.name() + " (" + site.environment()
                    + ") would lose what it has to that of "
                    + source.map(other -> other.name() + " (" + other.environment() + ")")
                            .orElse("a site that is not in the inventory (" + owner + ")")
                    + ". If that is what you want, say so with up().");
        } else if (!down && site.service(ServiceKind.BACKUP).isEmpty()) {
            throw new RefusedException("The site " + site.name() + " (" + site.environment()
                    + ") is bound to no backup service, and would lose what it has for good. Bind it first.");
        }
    }
}
