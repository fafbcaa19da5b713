// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal.tasks;

import dev.aegir.internal.Planners;
import dev.aegir.model.Database;
import dev.aegir.model.InvalidValueException;
import dev.aegir.model.Pool;
import dev.aegir.model.RefusedException;
import dev.aegir.model.ServiceKind;
import dev.aegir.model.ServiceRef;
import dev.aegir.model.Site;
import dev.aegir.model.SiteState;
import dev.aegir.model.Tree;
import dev.aegir.model.VirtualHost;
import dev.aegir.spi.Application;
import dev.aegir.spi.ApplicationRequest;
import dev.aegir.spi.ComparingEngine;
import dev.aegir.spi.DatabaseEngine;
import dev.aegir.spi.EngineRequest;
import dev.aegir.spi.MeasuringEngine;
import dev.aegir.spi.Planner;
import dev.aegir.spi.RehearsingEngine;
import dev.aegir.spi.RuntimeEngine;
import dev.aegir.spi.SeedingEngine;
import dev.aegir.spi.TranslatingEngine;
import dev.aegir.task.ForgetSecret;
import dev.aegir.task.MakeSecret;
import dev.aegir.task.SiteMilestone;
import dev.aegir.task.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The steps for what a site consists of, as its application needs it. For one plan. */
final class SiteParts {
    private static final Pattern PROBED = Pattern.compile("/[A-Za-z0-9._~/?=&%-]{0,500}");

    private final Site site;
    private final Planner planner;
    private final Application application;

    SiteParts(Site site, Planner planner) {
        this.site = site;
        this.planner = planner;
        this.application = planner.application(planner.codebase(site.codebase()).application());
    }

    /** What the application plans for the site. */
    List<Step> planned(BiFunction<Application, ApplicationRequest, List<Step>> asked) {
        ApplicationRequest request = planner.application(site);
        return Planners.steps(application, () -> asked.apply(application, request));
    }

    boolean needs(ServiceKind<?> kind) {
        return Planners.said(application, "needs", () -> application.needs(site))
                .contains(kind);
    }

    /** Database, processes and settings. */
    List<Step> ready() {
        List<Step> steps = new ArrayList<>(databaseReady());
        steps.addAll(runtimeReady());
        steps.addAll(configured());
        return steps;
    }

    List<Step> databaseReady() {
        if (!needs(ServiceKind.DB)) {
            return List.of();
        }
        Database database = planner.database(site);
        List<Step> steps = new ArrayList<>();
        steps.add(new MakeSecret(database.password(), "the database account of " + site.name()));
        steps.addAll(planner.ensure(ServiceKind.DB, bound(ServiceKind.DB), database));
        return steps;
    }

    List<Step> runtimeReady() {
        return needs(ServiceKind.RUNTIME)
                ? planner.ensure(ServiceKind.RUNTIME, bound(ServiceKind.RUNTIME), planner.pool(site))
                : List.of();
    }

    /** The first of {@link #runtimeReady}: what the site writes has a place. */
    List<Step> housed() {
        if (!needs(ServiceKind.RUNTIME)) {
            return List.of();
        }
        RuntimeEngine engine = runtimeEngine();
        EngineRequest<Pool> request =
                planner.request(ServiceKind.RUNTIME, bound(ServiceKind.RUNTIME), planner.pool(site));
        List<Step> first = Planners.steps(engine, () -> engine.housing(request));
        List<Step> all = runtimeReady();
        if (first.size() > all.size() || !all.subList(0, first.size()).equals(first)) {
            throw new RefusedException("The runtime engine " + engine.name() + " ("
                    + engine.getClass().getName() + ") ensures a pool by other steps than those it begins with.");
        }
        return first;
    }

    /** The others of {@link #runtimeReady}: the site's code can run. */
    List<Step> running() {
        return runtimeReady().subList(housed().size(), runtimeReady().size());
    }

    /** Why nothing can keep the site's code from reaching others by a network; absent when something can, or none of it runs. */
    Optional<String> reachesOut() {
        if (!needs(ServiceKind.RUNTIME)) {
            return Optional.empty();
        } else if (!runtimeEngine().holdsBack()) {
            return Optional.of("its runtime engine " + runtimeEngine().name() + " cannot hold it back");
        }
        boolean network = planner.application(site)
                .database()
                .filter(access -> access.socket().isEmpty())
                .isPresent();
        return network ? Optional.of("its database is reached by the network") : Optional.empty();
    }

    List<Step> configured() {
        return planned(Application::configure);
    }

    /** The application, in a database that was empty, before anybody can reach it. */
    List<Step> installed() {
        List<Step> steps = new ArrayList<>();
        if (needs(ServiceKind.DB)) {
            DatabaseEngine engine = databaseEngine();
            steps.addAll(Planners.steps(engine, () -> engine.requireEmpty(database())));
        }
        steps.addAll(planned(Application::install));
        steps.addAll(looked());
        return steps;
    }

    /** Everybody gets it; nothing is left of what {@link #answers} to its own server. */
    List<Step> published() {
        return rehearsing()
                .map(engine -> Planners.steps(engine, () -> engine.open(host())))
                .orElseGet(() -> planner.ensure(ServiceKind.HTTP, bound(ServiceKind.HTTP), planner.virtualHost(site)));
    }

    /** It answers over HTTP where it will, before anybody else can ask it; when it will be open, and its web service can do that. */
    List<Step> answers() {
        String path = site.settings().text("probe").orElse("/");
        if (!path.equals("off") && !PROBED.matcher(path).matches()) {
            throw new InvalidValueException(
                    "setting probe", path, "write the path of a page that answers without an error, or off");
        }
        return rehearsing()
                .map(engine -> Planners.steps(engine, () -> engine.rehearse(host(), path)))
                .orElse(List.of());
    }

    /** All of {@link #answers} but the question: needs only the code, and may come long before. */
    List<Step> rehearsed() {
        List<Step> answers = answers();
        return answers.subList(0, Math.max(0, answers.size() - 1));
    }

    /** The last of {@link #answers}, after {@link #rehearsed}. */
    List<Step> asked() {
        List<Step> answers = answers();
        return answers.subList(Math.max(0, answers.size() - 1), answers.size());
    }

    /** The place for steps of others, when the site comes to a moment. */
    Step milestone(SiteMilestone.Moment moment) {
        return new SiteMilestone(moment, site);
    }

    /** What was stopped runs again, so that it {@link #answers} after it was {@link #rehearsed}; nothing of it regularly. */
    List<Step> answersStopped() {
        List<Step> asked = asked();
        List<Step> steps = new ArrayList<>();
        if (!asked.isEmpty()) {
            steps.addAll(Renamed.all("before it is open", closed().runtimeReady()));
        }
        steps.addAll(asked);
        return steps;
    }

    private SiteParts closed() {
        return new SiteParts(site.state(SiteState.MAINTENANCE), planner);
    }

    private Optional<RehearsingEngine> rehearsing() {
        boolean off = site.settings().text("probe").filter("off"::equals).isPresent();
        return off || site.state() != SiteState.ENABLED
                ? Optional.empty()
                : planner.able(ServiceKind.HTTP, bound(ServiceKind.HTTP), RehearsingEngine.class);
    }

    private EngineRequest<VirtualHost> host() {
        return planner.request(ServiceKind.HTTP, bound(ServiceKind.HTTP), planner.virtualHost(site));
    }

    List<Step> works() {
        return site.state() == SiteState.ENABLED ? planned(Application::verify) : List.of();
    }

    /** What it has is known. */
    List<Step> looked() {
        return site.state() == SiteState.ENABLED ? planned(Application::packages) : List.of();
    }

    List<Step> cronRun() {
        Optional<Pool> pool = needs(ServiceKind.RUNTIME) ? Optional.of(planner.pool(site)) : Optional.empty();
        if (pool.flatMap(Pool::cron).isEmpty()) {
            throw new RefusedException("The site " + site.name() + " has nothing that is run regularly"
                    + (site.state() == SiteState.ENABLED ? "." : " while it is not enabled."));
        }
        RuntimeEngine engine = runtimeEngine();
        EngineRequest<Pool> request = planner.request(ServiceKind.RUNTIME, bound(ServiceKind.RUNTIME), pool.get());
        return Planners.steps(engine, () -> engine.runCron(request));
    }

    /** The directories of {@link #files} that may come from elsewhere. */
    List<String> importable() {
        return Planners.said(application, "importable", () -> application.importable(site)).stream()
                .map(path -> path.split("/", 2)[0])
                .distinct()
                .toList();
    }

    /** Where a running site that somebody has set up has what {@link #importable} are here. */
    Map<String, String> brought() {
        List<String> importable = importable();
        Map<String, String> brought =
                new TreeMap<>(Planners.said(application, "brought", () -> application.brought(site)));
        brought.keySet().retainAll(importable);
        return brought;
    }

    /** What the site writes, if it writes anything. */
    Optional<Tree> files() {
        List<String> writable = Planners.said(application, "writable", () -> application.writable(site));
        if (writable.isEmpty() || !needs(ServiceKind.RUNTIME)) {
            return Optional.empty();
        }
        Pool pool = planner.pool(site);
        return Optional.of(new Tree(
                site.id(),
                site.name().value(),
                bound(ServiceKind.RUNTIME).server(),
                pool.home(),
                // Whole directories, which can be switched by renaming them.
                writable.stream().map(path -> path.split("/", 2)[0]).distinct().toList(),
                Optional.of(pool.account())));
    }

    /** The site's database as a tree, once it is dumped into a directory on its own server; absent when it has none. */
    Optional<Tree> dump(String name) {
        return needs(ServiceKind.DB)
                ? Optional.of(new Tree(
                        site.id(),
                        site.name().value(),
                        bound(ServiceKind.DB).server(),
                        RemoveStaging.directory(site.id(), name),
                        List.of(""),
                        Optional.empty()))
                : Optional.empty();
    }

    List<Step> dumped(Tree into) {
        DatabaseEngine engine = databaseEngine();
        return Planners.steps(engine, () -> engine.dump(database(), into.directory()));
    }

    List<Step> loaded(Tree from) {
        DatabaseEngine engine = databaseEngine();
        return Planners.steps(engine, () -> engine.load(database(), from.directory()));
    }

    /** Its database's engine, when that can copy it while it is written to. */
    Optional<SeedingEngine> seeding() {
        return needs(ServiceKind.DB) && databaseEngine() instanceof SeedingEngine engine
                ? Optional.of(engine)
                : Optional.empty();
    }

    /** Refuses a database that its own engine cannot take over. */
    void requireTakes(SiteParts other) {
        DatabaseEngine engine = databaseEngine();
        String of = other.databaseEngine().name();
        if (!engine.name().equals(of) && translating(of).isEmpty()) {
            throw new RefusedException("The database of " + other.site.name() + " is kept by the engine " + of
                    + ", and the engine " + engine.name() + " of " + bound(ServiceKind.DB)
                    + " does not understand it. Bind the site to a database service of its kind.");
        }
    }

    /** Nothing in the database of another is beyond its own engine; nothing to do where both are kept by the same. */
    List<Step> translatable(SiteParts other) {
        if (!needs(ServiceKind.DB) || !other.needs(ServiceKind.DB)) {
            return List.of();
        }
        return translating(other.databaseEngine().name())
                .map(engine -> Planners.steps(engine, () -> engine.requireTranslatable(other.database(), database())))
                .orElse(List.of());
    }

    private Optional<TranslatingEngine> translating(String other) {
        return databaseEngine() instanceof TranslatingEngine engine
                        && !engine.name().equals(other)
                        && Planners.said(engine, "understands", engine::understands)
                                .contains(other)
                ? Optional.of(engine)
                : Optional.empty();
    }

    /** What an ability of its database's engine plans. */
    <E extends DatabaseEngine> List<Step> planned(E engine, BiFunction<E, EngineRequest<Database>, List<Step>> asked) {
        return Planners.steps(engine, () -> asked.apply(engine, database()));
    }

    /** How much room the database takes is known to the task, by a name, and where there is room, where its engine can tell. */
    List<Step> measured(String name) {
        return databaseEngine() instanceof MeasuringEngine engine
                ? Planners.steps(engine, () -> engine.measure(database(), name))
                : List.of();
    }

    /** What is in the database is known to the task, by a name, where its engine can tell. */
    List<Step> summed(String name) {
        return databaseEngine() instanceof ComparingEngine engine
                ? Planners.steps(engine, () -> engine.sum(database(), name))
                : List.of();
    }

    /** The database has what is known by a name, where its engine can tell. */
    List<Step> compared(String name) {
        return databaseEngine() instanceof ComparingEngine engine
                ? Planners.steps(engine, () -> engine.compare(database(), name))
                : List.of();
    }

    List<Step> loadedForeign(Tree from) {
        DatabaseEngine engine = databaseEngine();
        return Planners.steps(engine, () -> engine.loadForeign(database(), from.directory()));
    }

    /** The database is gone, with all its accounts. Cannot be undone. */
    List<Step> databaseRemoved() {
        Database database = planner.database(site);
        List<Step> steps = new ArrayList<>(planner.remove(ServiceKind.DB, bound(ServiceKind.DB), database));
        steps.add(new ForgetSecret(database.password()));
        return steps;
    }

    /** Nobody can write what the site consists of: a page says that it will be back, and nothing of it runs. */
    List<Step> frozen(String why) {
        List<Step> steps = closed().published();
        return Stream.concat(Renamed.all(why, steps).stream(), stopped(why).stream())
                .toList();
    }

    /** Nothing of the site runs. */
    List<Step> stopped(String why) {
        return needs(ServiceKind.RUNTIME) ? Renamed.all(why, runtimeStopped(bound(ServiceKind.RUNTIME))) : List.of();
    }

    /** What was frozen runs again, as it did before. */
    List<Step> thawed() {
        List<Step> steps = new ArrayList<>(runtimeReady());
        steps.addAll(published());
        return steps;
    }

    /** The same after {@link #answersStopped}, of which nothing is done once more. */
    List<Step> opened() {
        List<Step> steps = thawed();
        if (!asked().isEmpty()) {
            steps.removeAll(closed().runtimeReady());
        }
        return steps;
    }

    /** What people wrote, and what was made for it. Cannot be undone. */
    List<Step> removed() {
        List<Step> steps = new ArrayList<>();
        steps.addAll(planned(Application::remove));
        if (needs(ServiceKind.RUNTIME)) {
            steps.addAll(planner.remove(ServiceKind.RUNTIME, bound(ServiceKind.RUNTIME), planner.pool(site)));
        }
        if (needs(ServiceKind.DB)) {
            steps.addAll(databaseRemoved());
        }
        return steps;
    }

    List<Step> databaseUserRemoved() {
        if (!needs(ServiceKind.DB)) {
            throw new RefusedException("The site " + site.name() + " has no database, and so no credentials.");
        }
        DatabaseEngine engine = databaseEngine();
        List<Step> steps = new ArrayList<>(Planners.steps(engine, () -> engine.removeUser(database())));
        steps.add(new ForgetSecret(planner.database(site).password()));
        return steps;
    }

    List<Step> runtimeStopped(ServiceRef other) {
        if (!bound(ServiceKind.RUNTIME).server().equals(other.server())) {
            throw new RefusedException("The runtime " + other + " is on another server than the site " + site.name()
                    + "; migrate the site to get there.");
        }
        RuntimeEngine engine = runtimeEngine();
        EngineRequest<Pool> request =
                planner.request(ServiceKind.RUNTIME, bound(ServiceKind.RUNTIME), planner.pool(site));
        return Planners.steps(engine, () -> engine.stop(request));
    }

    private RuntimeEngine runtimeEngine() {
        return planner.engine(ServiceKind.RUNTIME, bound(ServiceKind.RUNTIME), RuntimeEngine.class);
    }

    private DatabaseEngine databaseEngine() {
        return planner.engine(ServiceKind.DB, bound(ServiceKind.DB), DatabaseEngine.class);
    }

    private EngineRequest<Database> database() {
        return planner.request(ServiceKind.DB, bound(ServiceKind.DB), planner.database(site));
    }

    private ServiceRef bound(ServiceKind<?> kind) {
        return site.service(kind)
                .orElseThrow(
                        () -> new RefusedException("The site " + site.name() + " is bound to no service of the kind "
                                + kind + ", which its application " + application.name() + " needs."));
    }
}
