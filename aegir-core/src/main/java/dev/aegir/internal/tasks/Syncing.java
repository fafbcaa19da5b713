// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal.tasks;

import dev.aegir.internal.Planners;
import dev.aegir.model.Database;
import dev.aegir.model.Environment;
import dev.aegir.model.Id;
import dev.aegir.model.RefusedException;
import dev.aegir.model.ServiceKind;
import dev.aegir.model.ServiceRef;
import dev.aegir.model.Site;
import dev.aegir.model.SiteState;
import dev.aegir.model.Tree;
import dev.aegir.spi.Application;
import dev.aegir.spi.EngineRequest;
import dev.aegir.spi.Planner;
import dev.aegir.spi.TableEngine;
import dev.aegir.task.Plan;
import dev.aegir.task.SiteMilestone.Moment;
import dev.aegir.task.Step;
import dev.aegir.task.SyncSite;
import dev.aegir.task.SyncSite.Content;
import dev.aegir.task.SyncSite.Tables;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;

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
        Optional<OnePath> path = task.path().map(name -> OnePath.of(target, before, id, name));
        if (files.isEmpty() && (!database || path.isPresent())) {
            throw new RefusedException(
                    "The site " + source.name() + " has nothing of what shall be brought (" + task.content() + ").");
        } else if (!database && task.tables().isPresent()) {
            throw new RefusedException("The site " + source.name() + " has no database, and so no tables.");
        }
        Plan plan = Plan.empty()
                .then(SiteMoves.fits(source, target, planner))
                .then(task.tables().map(this::known).orElse(List.of()))
                .then(path.map(OnePath::hasWay).orElse(List.of()));
        if (database) {
            // The database first: files that it does not know of yet do less harm than files it misses.
            plan = plan.then(to.translatable(from))
                    .then(to.databaseReady())
                    .then(SiteMoves.database(from, to, "sync-" + id, planner));
        }
        if (files.isPresent()) {
            Tree brought = path.map(one -> one.within(files.get())).orElse(files.get());
            plan = plan.then(new MakeRestoreDirectory(brought, id))
                    .then(brought(brought))
                    .then(path.map(OnePath::isBrought).orElse(List.of()));
        }
        SiteParts served = onlyTables() ? before : to;
        plan = plan.then(served.rehearsed()).then(before.frozen("closed for other content"));
        Optional<ServiceRef> backups = target.service(ServiceKind.BACKUP);
        if (backups.isPresent()) {
            plan = plan.then(BackupPlans.safety(id, backups.get(), target, planner));
        }
        if (files.isPresent()) {
            plan = plan.then(path.map(OnePath::switched).orElseGet(() -> new SwitchDirectories(files.get(), id)));
        }
        if (database) {
            plan = plan.then(its()).then(task.tables().map(this::switched).orElse(List.of()));
        }
        plan = plan.then(served.works())
                .then(served.looked())
                .then(served.answersStopped())
                .then(served.milestone(Moment.READY))
                .then(served.opened())
                .then(new SaveSite(onlyTables() ? target : after))
                .commit();
        return plan.then(gone(database, files));
    }

    /** Whether the site keeps its database, and gets some tables of the one that is brought beside. */
    private boolean onlyTables() {
        return task.tables().filter(tables -> !tables.kept()).isPresent();
    }

    /** The tables that somebody has named are there, and can change places. */
    private List<Step> known(Tables tables) {
        List<Step> steps = new ArrayList<>(tables(
                tables.kept() ? target : source, (engine, database) -> engine.requireTables(database, tables.names())));
        for (Site site : List.of(source, target)) {
            steps.addAll(tables(site, (engine, database) -> engine.requireSwitchable(database, tables.names())));
        }
        return steps;
    }

    /** The site has some tables of the one database, and all others of the other. */
    private List<Step> switched(Tables tables) {
        List<Step> steps = new ArrayList<>();
        if (!tables.kept()) {
            steps.addAll(before.configured());
        }
        Database other = planner.database(tables.kept() ? target : after);
        steps.addAll(tables(
                tables.kept() ? after : target,
                (engine, database) -> engine.switchTables(database, other, tables.names())));
        if (tables.kept()) {
            steps.addAll(cachesCleared(to));
        }
        return steps;
    }

    /** An application that clears no caches is taken to have none. */
    private static List<Step> cachesCleared(SiteParts parts) {
        try {
            return Renamed.all("for other tables", parts.planned(Application::clearCaches));
        } catch (RefusedException e) {
            return List.of();
        }
    }

    private List<Step> tables(Site site, BiFunction<TableEngine, EngineRequest<Database>, List<Step>> asked) {
        ServiceRef service = site.service(ServiceKind.DB)
                .orElseThrow(
                        () -> new RefusedException("The site " + site.name() + " is bound to no database service."));
        TableEngine engine = planner.engine(ServiceKind.DB, service, TableEngine.class);
        EngineRequest<Database> request = planner.request(ServiceKind.DB, service, planner.database(site));
        return Planners.steps(engine, () -> asked.apply(engine, request));
    }

    /** What the site writes, if the source writes it too. */
    private Optional<Tree> filesBoth() {
        return from.files().isPresent() ? before.files() : Optional.empty();
    }

    private List<Step> brought(Tree home) {
        Tree whole = from.files().orElseThrow();
        Tree source = new Tree(
                whole.owner(), whole.title(), whole.server(), whole.directory(), home.paths(), whole.account());
        return planner.copy(source, home.at(home.server(), Aside.restored(home, task.safety()), home.account()));
    }

    /** The database that was brought becomes the site's own: its name, what its code expects, and nothing that is not for it. */
    private List<Step> its() {
        List<Step> steps =
                new ArrayList<>(onlyTables() ? Renamed.all("for what was brought", to.configured()) : to.configured());
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
        if (onlyTables()) {
            // Its own caches would not come back when something fails.
            steps.addAll(cachesCleared(before));
        }
        task.tables()
                .ifPresent(tables -> steps.addAll(tables(
                        tables.kept() ? after : target, (engine, of) -> engine.forgetTables(of, tables.names()))));
        if (database) {
            steps.addAll((onlyTables() ? to : before).databaseRemoved());
        }
        files.ifPresent(home -> steps.add(new RemoveFormerFiles(home, task.safety())));
        return steps;
    }
}
