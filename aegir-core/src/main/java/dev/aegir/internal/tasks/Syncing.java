// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal.tasks;

import dev.aegir.model.Environment;
import dev.aegir.model.Id;
import dev.aegir.model.RefusedException;
import dev.aegir.model.ServiceKind;
import dev.aegir.model.ServiceRef;
import dev.aegir.model.Site;
import dev.aegir.model.SiteState;
import dev.aegir.model.Tree;
import dev.aegir.spi.Application;
import dev.aegir.spi.Planner;
import dev.aegir.task.Plan;
import dev.aegir.task.Step;
import dev.aegir.task.SyncSite;
import dev.aegir.task.SyncSite.Content;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Plans how a site gets the content of another. */
final class Syncing {
    private final SyncSite task;
    private final Site source;
    private final Site target;
    private final Site after;
    private final Planner planner;
    private final SiteParts from;
    private final SiteParts before;
    private final SiteParts to;

    private Syncing(SyncSite task, Site source, Site target, Planner planner) {
        this.task = task;
        this.source = source;
        this.target = target;
        this.planner = planner;
        this.from = new SiteParts(source, planner);
        this.before = new SiteParts(target, planner);
        this.after = task.content() != Content.FILES && from.needs(ServiceKind.DB)
                ? target.with("db.name", CredentialNames.nextDatabase(target))
                        .with("db.user", CredentialNames.next(target))
                : target;
        this.to = new SiteParts(after, planner);
    }

    static Plan plan(SyncSite task, Planner planner) {
        Site source = planner.site(task.source());
        Site target = planner.site(task.target());
        if (source.id().equals(target.id())) {
            throw new RefusedException("The site " + source.name() + " has its own content already.");
        } else if (target.state() != SiteState.ENABLED) {
            throw new RefusedException("The site " + target.name() + " is not enabled; enable it first.");
        }
        requireDown(task, source, target);
        SiteMoves.requireFits(source, target, planner);
        return new Syncing(task, source, target, planner).plan();
    }

    private static void requireDown(SyncSite task, Site source, Site target) {
        boolean down = target.environment() != Environment.PRODUCTION && !SiteMoves.isLower(source, target);
        if (!down && !task.evenUp()) {
            throw new RefusedException("Content goes down: the site " + target.name() + " (" + target.environment()
                    + ") would lose what it has to that of " + source.name() + " (" + source.environment()
                    + "). If that is what you want, say so with up().");
        } else if (!down && target.service(ServiceKind.BACKUP).isEmpty()) {
            throw new RefusedException("The site " + target.name() + " (" + target.environment()
                    + ") is bound to no backup service, and would lose what it has for good. Bind it first.");
        }
    }

    private Plan plan() {
        Id id = task.safety();
        boolean database = !after.equals(target);
        Optional<Tree> files = task.content() == Content.DATABASE ? Optional.empty() : filesBoth();
        if (!database && files.isEmpty()) {
            throw new RefusedException(
                    "The site " + source.name() + " has nothing of what shall be brought (" + task.content() + ").");
        }
        Plan plan = Plan.empty().then(SiteMoves.fits(source, target, planner));
        if (database) {
            // The database first: files that it does not know of yet do less harm than files it misses.
            plan = plan.then(to.translatable(from))
                    .then(to.databaseReady())
                    .then(SiteMoves.database(from, to, "sync-" + id, planner));
        }
        if (files.isPresent()) {
            plan = plan.then(new MakeRestoreDirectory(files.get(), id)).then(brought(files.get()));
        }
        plan = plan.then(before.frozen("closed for other content"));
        Optional<ServiceRef> backups = target.service(ServiceKind.BACKUP);
        if (backups.isPresent()) {
            plan = plan.then(BackupPlans.safety(id, backups.get(), target, planner));
        }
        if (files.isPresent()) {
            plan = plan.then(new SwitchDirectories(files.get(), id));
        }
        if (database) {
            plan = plan.then(its());
        }
        plan = plan.then(to.works())
                .then(to.looked())
                .then(to.answersStopped())
                .then(to.thawed())
                .then(new SaveSite(after))
                .commit();
        return plan.then(gone(database, files));
    }

    /** What the site writes, if the source writes it too. */
    private Optional<Tree> filesBoth() {
        return from.files().isPresent() ? before.files() : Optional.empty();
    }

    private List<Step> brought(Tree home) {
        return planner.copy(
                from.files().orElseThrow(),
                home.at(home.server(), Aside.restored(home, task.safety()), home.account()));
    }

    /** The database that was brought becomes the site's own: its name, what its code expects, and nothing that is not for it. */
    private List<Step> its() {
        List<Step> steps = new ArrayList<>(to.configured());
        steps.addAll(to.planned((application, request) -> application.rename(request, source.name())));
        if (!target.codebase().equals(source.codebase())) {
            steps.addAll(OnCopy.all(to.planned(Application::update)));
        }
        if (SiteMoves.isLower(target, source)) {
            steps.addAll(to.planned(Application::sanitise));
        }
        return steps;
    }

    private List<Step> gone(boolean database, Optional<Tree> files) {
        List<Step> steps = new ArrayList<>();
        if (database) {
            steps.addAll(before.databaseRemoved());
        }
        files.ifPresent(home -> steps.add(new RemoveFormerFiles(home, task.safety())));
        return steps;
    }
}
