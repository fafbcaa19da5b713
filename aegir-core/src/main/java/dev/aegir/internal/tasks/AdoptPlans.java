// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal.tasks;

import dev.aegir.internal.Planners;
import dev.aegir.model.Database;
import dev.aegir.model.DomainName;
import dev.aegir.model.HostPath;
import dev.aegir.model.ImportRules;
import dev.aegir.model.Name;
import dev.aegir.model.RefusedException;
import dev.aegir.model.RunningSite;
import dev.aegir.model.ServiceKind;
import dev.aegir.model.Site;
import dev.aegir.model.SiteState;
import dev.aegir.model.Tree;
import dev.aegir.spi.Application;
import dev.aegir.spi.DatabaseEngine;
import dev.aegir.spi.EngineRequest;
import dev.aegir.spi.ImportEngine;
import dev.aegir.spi.ImportRequest;
import dev.aegir.spi.Planner;
import dev.aegir.task.AdoptSite;
import dev.aegir.task.Plan;
import dev.aegir.task.SiteMilestone.Moment;
import dev.aegir.task.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Plans how a site that somebody has set up by hand becomes one of ours. What it writes is packed first and taken from there: what
 * was inspected is what lands, whatever the running site does meanwhile.
 */
final class AdoptPlans {
    private static final Name FORMAT = Name.of(PackRunning.MARKER);

    private final AdoptSite task;
    private final Site site;
    private final Planner planner;
    private final SiteParts parts;

    private AdoptPlans(AdoptSite task, Planner planner) {
        this.task = task;
        this.site = ImportPlans.requireNew(task.site(), planner);
        this.planner = planner;
        this.parts = new SiteParts(site, planner);
    }

    static Plan adopted(AdoptSite task, Planner planner) {
        return new AdoptPlans(task, planner).plan();
    }

    private Plan plan() {
        planner.server(task.running().server());
        boolean gated = ImportPlans.gated(site, parts, planner);
        SiteParts closed = new SiteParts(site.state(SiteState.MAINTENANCE), planner);
        ImportEngine engine = planner.importer();
        HostPath packed = RemoveStaging.directory(site.id(), "adopted-files").child("files.tar");
        Map<String, String> brought = parts.files().isPresent() ? parts.brought() : Map.of();
        ImportRequest archive = archive(packed, brought);
        Plan plan = Plan.empty()
                .then(parts.planned((application, request) -> application.lookAt(task.running(), site)))
                .then(gated ? List.of(new RequireFound(site, task.leaving())) : List.of())
                .then(new FindFormer(task.running(), task.former().orElse(site.name())))
                .then(SitePlans.code(site, planner).steps());
        if (task.closedAtMost().isPresent()) {
            requireClosable();
            plan = plan.then(new Freeze(site.name(), false, task.closedAtMost()))
                    .then(Renamed.all("closed to be taken over", closed.published()));
        }
        Optional<Tree> dump = dump();
        // The database first: files that it does not know of yet do less harm than files it misses.
        plan = plan.then(dump.map(this::dumped).orElse(List.of()))
                .then(new PackRunning(
                        task.running(),
                        site.id(),
                        packed,
                        brought.values().stream().sorted().toList(),
                        task.mostBytes()))
                .then(Unseen.all(engine.look(archive)))
                .then(parts.databaseReady())
                .then(Renamed.all("before it is open", closed.runtimeReady()))
                .then(ImportPlans.files(archive, parts, engine))
                .then(new RemoveStaging(task.running().server(), packed.parent()))
                .then(parts.configured())
                .then(dump.map(this::loaded).orElse(List.of()))
                .then(dump.isPresent() ? parts.planned(Application::loaded) : List.of())
                .then(parts.looked())
                .then(gated ? List.of(new RequirePackages(site)) : List.of())
                .then(ImportPlans.renamed(task.former(), site, parts))
                .then(parts.planned(Application::imported))
                .then(parts.works())
                .then(Renamed.all("as it is now", parts.looked()))
                .then(parts.answers())
                .then(parts.milestone(Moment.READY))
                .then(Renamed.all("now that it is open", parts.runtimeReady()))
                .then(parts.published())
                .then(new SaveSite(site))
                .commit();
        if (task.closedAtMost().isPresent()) {
            plan = Bounded.freeze(
                    plan.then(new Freeze(site.name(), true, Optional.empty())),
                    site.name(),
                    task.closedAtMost().get());
        }
        return plan;
    }

    /** Elsewhere the name is another web server's until those who keep the DNS say otherwise; and another name is not its own. */
    private void requireClosable() {
        DomainName had = task.former().orElse(site.name());
        if (!site.allNames().contains(had)) {
            throw new RefusedException("The site at " + task.running() + " can be closed meanwhile only where "
                    + site.name() + " has its name " + had + " too. Make that an alias, or leave closedAtMost away.");
        }
        Name serving = SitePlans.http(site).server();
        if (!serving.equals(task.running().server())) {
            throw new RefusedException("The site at " + task.running() + " can be closed meanwhile only where "
                    + site.name() + " is served by the same server, and that is " + serving
                    + ". Close it there by hand, and leave closedAtMost away.");
        }
    }

    /** Names in the archive are those below the document root. */
    private ImportRequest archive(HostPath packed, Map<String, String> brought) {
        List<ImportRules.Directory> directories = brought.entrySet().stream()
                .map(each -> new ImportRules.Directory(each.getKey(), Pattern.quote(each.getValue())))
                .toList();
        return new ImportRequest(
                site.id(),
                task.running().server(),
                packed,
                List.of(new ImportRules(FORMAT, List.of(PackRunning.MARKER), directories, Optional.empty())),
                false,
                List.copyOf(brought.keySet()),
                false,
                task.mostEntries(),
                task.mostBytes(),
                Optional.empty(),
                Optional.empty());
    }

    private Optional<Tree> dump() {
        Optional<RunningSite.Store> store = task.running().database();
        if (store.isPresent() != parts.needs(ServiceKind.DB)) {
            throw new RefusedException(
                    store.isPresent()
                            ? "The site " + site.name() + " has no database, and so cannot take "
                                    + store.get().name() + "; bind it to a database service."
                            : "The site " + site.name() + " needs a database: say which one the site at "
                                    + task.running() + " has, by database(\"server/service\", \"name\").");
        }
        return store.map(known -> new Tree(
                site.id(),
                site.name().value(),
                known.service().server(),
                RemoveStaging.directory(site.id(), "adopted-database"),
                List.of(""),
                Optional.empty()));
    }

    /** Whole, consistent and counted, by the administrator; the running site is not asked. */
    private List<Step> dumped(Tree dump) {
        RunningSite.Store store = task.running().database().orElseThrow();
        DatabaseEngine engine = planner.engine(ServiceKind.DB, store.service(), DatabaseEngine.class);
        String nobody = site.id().account();
        EngineRequest<Database> request = planner.request(
                ServiceKind.DB,
                store.service(),
                new Database(
                        site.id(),
                        task.running().toString(),
                        store.name(),
                        nobody,
                        Database.passwordOf(site.id(), nobody),
                        List.of()));
        Name there = engine.access(request).protocol();
        Name here = planner.application(site).database().orElseThrow().protocol();
        if (!there.equals(here)) {
            throw new RefusedException("The database " + store.name() + " speaks " + there
                    + ", and the database service of the site " + site.name() + " " + here
                    + "; bind it to one of the same kind.");
        }
        return Planners.steps(engine, () -> engine.dumpForeign(request, dump.directory()));
    }

    private List<Step> loaded(Tree dump) {
        Tree there = parts.dump("adopted-database").orElseThrow();
        boolean elsewhere = !there.server().equals(dump.server());
        List<Step> steps = new ArrayList<>(elsewhere ? planner.copy(dump, there) : List.of());
        steps.addAll(parts.loaded(there));
        steps.add(new RemoveStaging(dump.server(), dump.directory()));
        if (elsewhere) {
            steps.add(new RemoveStaging(there.server(), there.directory()));
        }
        return steps;
    }
}
