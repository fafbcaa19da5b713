// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal.tasks;

import dev.aegir.model.Id;
import dev.aegir.model.InvalidValueException;
import dev.aegir.model.Name;
import dev.aegir.model.RefusedException;
import dev.aegir.model.Server;
import dev.aegir.model.ServerFacts;
import dev.aegir.model.Service;
import dev.aegir.model.ServiceKind;
import dev.aegir.model.ServiceRef;
import dev.aegir.model.Site;
import dev.aegir.model.SiteState;
import dev.aegir.model.Tree;
import dev.aegir.model.VirtualHost;
import dev.aegir.spi.Application;
import dev.aegir.spi.Planner;
import dev.aegir.task.MigrateSite;
import dev.aegir.task.Plan;
import dev.aegir.task.RunCommand;
import dev.aegir.task.SiteMilestone.Moment;
import dev.aegir.task.Step;
import dev.aegir.task.UpgradeSite;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Plans how a site moves. What takes long is done while it is open; it is closed for what has changed since, and its
 * database; opening it elsewhere is the commit point, since from then on somebody may write there.
 */
final class Migration {
    private final Planner planner;
    private final Site source;
    private final Site target;
    private final SiteParts from;
    private final SiteParts to;
    private final Wishes wishes;

    /** Another web server: other processes, another home. */
    private final boolean moves;

    /** Another database, rather than another way to the same. */
    private final boolean otherDatabase;

    /** Another name. */
    private final boolean renames;

    /** What somebody wants of a move beside where it goes. */
    private record Wishes(List<String> check, Optional<Duration> closedAtMost, Duration above, Optional<Id> safety) {}

    private Migration(Site source, Site target, Wishes wishes, Planner planner) {
        this.planner = planner;
        this.source = source;
        this.target = target;
        this.wishes = wishes;
        this.from = new SiteParts(source, planner);
        this.to = new SiteParts(target, planner);
        this.moves =
                !SitePlans.http(source).server().equals(SitePlans.http(target).server());
        this.renames = !source.name().equals(target.name());
        this.otherDatabase = to.needs(ServiceKind.DB)
                && !(source.service(ServiceKind.DB).equals(target.service(ServiceKind.DB))
                        && databaseName(source).equals(databaseName(target)));
    }

    static String databaseName(Site site) {
        return site.settings().text("db.name").orElse(site.id().account());
    }

    static Plan migrate(MigrateSite task, Planner planner) {
        Site source = planner.site(task.site().name());
        Site wanted = Former.changed(source, task.site().codebase(), task.site().services());
        if (!wanted.equals(task.site().identified(source.id()))) {
            throw new RefusedException("A migration changes the services and the codebase of " + source.name()
                    + " and nothing else: begin with the site as the inventory has it, and bind it elsewhere.");
        }
        return plan(
                source,
                wanted,
                new Wishes(
                        task.check(),
                        task.closedAtMost(),
                        task.anotherPassAbove().orElse(InPass.ABOVE),
                        task.withSafety() ? Optional.of(task.safety()) : Optional.empty()),
                planner);
    }

    static Plan upgrade(UpgradeSite task, Planner planner) {
        Site source = planner.site(task.site());
        return plan(
                source,
                Former.changed(source, task.codebase(), source.services()),
                new Wishes(
                        task.check(),
                        task.closedAtMost(),
                        task.anotherPassAbove().orElse(InPass.ABOVE),
                        task.withSafety() ? Optional.of(task.safety()) : Optional.empty()),
                planner);
    }

    /**
     * Where it is and as it is, but under another name. What its database has stored of the former name is changed in a copy; what it was
     * is removed when it is open.
     */
    static Plan renamed(Site source, Site wanted, Optional<Id> safety, Planner planner) {
        SiteParts parts = new SiteParts(wanted, planner);
        boolean copied = parts.needs(ServiceKind.DB)
                && !parts.planned((application, request) -> application.rename(request, source.name()))
                        .isEmpty();
        Site target = copied
                ? wanted.with("db.name", CredentialNames.nextDatabase(source))
                        .with("db.user", CredentialNames.next(source))
                : wanted;
        Wishes wishes = new Wishes(List.of(), Optional.empty(), InPass.ABOVE, safety);
        Plan plan = new Migration(source, target, wishes, planner).plan();
        return copied ? plan.then(new SiteParts(source, planner).databaseRemoved()) : plan;
    }

    private static Plan plan(Site source, Site wanted, Wishes wishes, Planner planner) {
        if (wanted.equals(source)) {
            throw new RefusedException("The site " + source.name() + " is there already, with that codebase.");
        } else if (Former.of(source).isPresent()) {
            throw new RefusedException("The site " + source.name() + " was migrated before, and what it has left behind"
                    + " is still there. Retire that first.");
        } else if (!wanted.codebase().equals(source.codebase())
                && planner.codebase(wanted.codebase()).locked()) {
            throw new RefusedException("The codebase " + wanted.codebase()
                    + " is locked and takes no more sites; use another, or unlock it.");
        }
        SiteMoves.requireFits(source, wanted, planner);
        return new Migration(source, named(source, wanted), wishes, planner).plan();
    }

    /**
     * With another account where the same database is reached from elsewhere, so that both get there until it has moved; with
     * another database where the code does something to it, so that this is done to a copy.
     */
    private static Site named(Site source, Site wanted) {
        boolean moves =
                !SitePlans.http(source).server().equals(SitePlans.http(wanted).server());
        boolean changes = !source.codebase().equals(wanted.codebase());
        boolean same = source.service(ServiceKind.DB).isPresent()
                && source.service(ServiceKind.DB).equals(wanted.service(ServiceKind.DB));
        Site named = wanted;
        if (same && (moves || changes)) {
            named = wanted.with("db.user", CredentialNames.next(source));
        }
        if (same && changes) {
            named = named.with("db.name", named.settings().text("db.user").orElseThrow());
        }
        return moves || changes || !source.service(ServiceKind.DB).equals(wanted.service(ServiceKind.DB))
                ? Former.known(named, source)
                : named;
    }

    /** To what it has left behind: nothing is brought, and what it has now is left behind in its turn. */
    static Plan back(Site source, Site target, Optional<Id> safety, Planner planner) {
        Wishes wishes = new Wishes(List.of(), Optional.empty(), InPass.ABOVE, safety);
        return new Migration(source, target, wishes, planner).back();
    }

    private Plan back() {
        Plan plan = Plan.empty().then(SitePlans.code(target, planner).steps());
        if (moves) {
            plan = plan.then(processes()).then(to.configured());
        }
        plan = plan.then(to.rehearsed())
                .then(new Freeze(source.name(), false, Optional.empty()))
                .then(frozen());
        Optional<ServiceRef> backups = source.service(ServiceKind.BACKUP);
        if (wishes.safety().isPresent()
                && backups.isPresent()
                && (from.files().isPresent() || from.needs(ServiceKind.DB))) {
            // Closed: it has all that was written since.
            plan = plan.then(BackupPlans.safety(wishes.safety().get(), backups.get(), source, planner));
        }
        if (!moves) {
            plan = plan.then(to.configured());
        }
        return opened(plan.then(to.works()).then(to.looked()));
    }

    /** What it runs in, without what it does regularly. */
    private List<Step> processes() {
        SiteParts closed = new SiteParts(target.state(SiteState.MAINTENANCE), planner);
        return Renamed.all("before it is open", closed.runtimeReady());
    }

    private Plan plan() {
        DatabaseMove data = otherDatabase ? DatabaseMove.seeded(from, to, planner) : DatabaseMove.NONE;

        Plan plan = Plan.empty()
                .then(SiteMoves.fits(source, target, planner))
                .then(otherDatabase ? to.translatable(from) : List.of())
                .then(apart())
                .then(room())
                .then(BackupPlans.beforehand(wishes.safety(), source, planner))
                .then(SitePlans.code(target, planner).steps());
        if (otherDatabase || moves && to.needs(ServiceKind.DB)) {
            plan = plan.then(to.databaseReady());
        }
        if (moves) {
            plan = plan.then(processes()).then(to.configured());
        }
        plan = copied(plan, data)
                .then(to.rehearsed())
                .then(Half.undone(data.brought()))
                .then(new Freeze(source.name(), false, wishes.closedAtMost()))
                .then(frozen());
        plan = brought(plan, data);
        if (!moves) {
            plan = plan.then(to.configured());
        }
        if (renames) {
            plan = plan.then(to.planned((application, request) -> application.rename(request, source.name())));
        }
        if (!source.codebase().equals(target.codebase()) && to.needs(ServiceKind.DB)) {
            plan = plan.then(OnCopy.all(to.planned(Application::update))).then(to.looked());
        }
        plan = opened(plan.then(checked()).then(to.works()));
        return wishes.closedAtMost().isPresent()
                ? Bounded.freeze(plan, source.name(), wishes.closedAtMost().get())
                : plan;
    }

    /** From where it is ready but for its processes to where everybody finds it. */
    private Plan opened(Plan ready) {
        Plan plan = moves ? ready : ready.then(processes());
        plan = plan.then(to.asked())
                .then(to.milestone(Moment.READY))
                .then(renames ? new SaveSite(target) : SaveMoved.of(target))
                .then(to.published())
                .commit();
        if (moves) {
            plan = plan.then(handedOn());
        } else if (!SitePlans.http(source).equals(SitePlans.http(target))) {
            plan = plan.then(planner.remove(ServiceKind.HTTP, SitePlans.http(source), planner.virtualHost(source)));
        }
        return plan.then(new Freeze(source.name(), true, Optional.empty()))
                .then(SiteMoves.regularly(target, to, planner));
    }

    /** While it is open: all of it, and then what was changed meanwhile. */
    private Plan copied(Plan plan, DatabaseMove data) {
        List<List<Step>> all = new ArrayList<>();
        Stream.concat(files().stream(), data.before().stream())
                .forEach(step -> all.add(List.of(new Renamed(step.name() + ", while it is open", step))));
        Plan copied = InPass.then(plan, all, source.name(), 1, wishes.above());
        for (int pass = 2; pass <= InPass.MOST; pass++) {
            List<List<Step>> rows = new ArrayList<>();
            List<Step> files = new ArrayList<>(files());
            for (List<Step> row : data.further(pass)) {
                List<Step> together = new ArrayList<>(row);
                // What takes long goes side by side: the files, and the dump, for which a directory is made first.
                if (!rows.isEmpty() && !files.isEmpty()) {
                    together.add(files.remove(0));
                }
                rows.add(together);
            }
            files.forEach(step -> rows.add(List.of(step)));
            copied = InPass.then(copied, renamed(rows, pass), source.name(), pass, wishes.above());
        }
        return copied;
    }

    /** There is room for it, unless somebody knows better. */
    private List<Step> room() {
        if (source.settings().text("room").filter("off"::equals).isPresent()) {
            return List.of();
        }
        Optional<RequireRoom.Way> files = moves && to.files().isPresent()
                ? from.files().map(here -> new RequireRoom.Way(here, to.files().orElseThrow()))
                : Optional.empty();
        Optional<RequireRoom.Way> dump = Optional.empty();
        List<Step> steps = new ArrayList<>();
        if (otherDatabase && from.needs(ServiceKind.DB)) {
            steps.addAll(from.measured(RequireRoom.HERE));
            steps.addAll(to.measured(RequireRoom.THERE));
            if (!steps.isEmpty()) {
                dump = from.dump("migration")
                        .map(here ->
                                new RequireRoom.Way(here, to.dump("migration").orElse(here)));
            }
        }
        if (files.isPresent() || dump.isPresent()) {
            steps.add(new RequireRoom(source.name(), files, dump));
        }
        return steps;
    }

    private static List<List<Step>> renamed(List<List<Step>> rows, int pass) {
        return rows.stream()
                .map(row -> Renamed.all("while it is open, pass " + pass, row))
                .toList();
    }

    /** What it writes is there, if it goes to another server. */
    private List<Step> files() {
        return moves ? SiteMoves.files(from, to, planner) : List.of();
    }

    /** What is left behind is deleted in the end, and must not be what is in use. */
    private List<Step> apart() {
        Optional<Tree> here = from.files();
        Optional<Tree> there = to.files();
        return moves && here.isPresent() && there.isPresent()
                ? List.of(new RequireApart(here.get(), there.get()))
                : List.of();
    }

    /**
     * Files, database, and the proof that this is what it was. What is there is summed up while it is loaded elsewhere, unless it is
     * known already. What is done elsewhere is taken back when the site is open again, whether a server answers there or not.
     */
    private Plan brought(Plan plan, DatabaseMove data) {
        List<Step> files = files();
        if (!otherDatabase) {
            return plan.then(files);
        }
        List<Step> sums = from.summed("migration");
        List<Step> proof = sums.isEmpty() ? List.of() : to.compared("migration");
        List<Step> there = Half.done(data.brought());
        // What takes long goes side by side: the dump itself and the files.
        int dump = data.dumped().size() - 1;
        List<Step> carried = new ArrayList<>(data.dumped().subList(dump, dump + 1));
        carried.addAll(there.subList(0, there.size() - 1));
        List<List<Step>> loaded =
                List.of(there.subList(there.size() - 1, there.size()), proof.isEmpty() ? List.of() : sums);
        List<List<Step>> proved = new ArrayList<>(List.of(proof));
        data.cleared().forEach(step -> proved.add(List.of(step)));
        return plan.then(data.dumped().subList(0, dump))
                .together(List.of(carried, files))
                .together(loaded)
                .together(proved);
    }

    /** Nobody can write what the site consists of. What was answered before is part of it. */
    private List<Step> frozen() {
        Site closedSite = source.state(SiteState.MAINTENANCE);
        List<Step> steps = new ArrayList<>(new SiteParts(closedSite, planner).published());
        source.service(ServiceKind.RUNTIME)
                .filter(runtime -> from.needs(ServiceKind.RUNTIME))
                .ifPresent(runtime -> steps.addAll(from.runtimeStopped(runtime)));
        steps.add(new SaveSite(closedSite));
        return Renamed.all(renames ? "to be renamed" : "to be moved", steps);
    }

    private List<Step> checked() {
        if (wishes.check().isEmpty()) {
            return List.of();
        }
        var workbench = planner.application(target).workbench();
        return List.of(RunCommand.of(
                "check " + target.name() + " on " + workbench.server(),
                workbench.server(),
                workbench.command(wishes.check())));
    }

    /** Who still asks the former server is answered by the present one. */
    private List<Step> handedOn() {
        VirtualHost former = planner.virtualHost(source.state(SiteState.MAINTENANCE));
        VirtualHost proxy = new VirtualHost(
                former.owner(),
                former.name(),
                former.aliases(),
                former.redirectedNames(),
                List.of(),
                former.root(),
                former.within(),
                upstream(),
                true);
        return planner.ensure(ServiceKind.HTTP, SitePlans.http(source), proxy);
    }

    /** How the former server reaches the present one: as the service's setting says, or by its first address. */
    private VirtualHost.ReverseProxy upstream() {
        ServiceRef reference = SitePlans.http(target);
        Service service = planner.service(ServiceKind.HTTP, reference);
        Server server = planner.server(reference.server());
        String host = service.settings()
                .text("address")
                .or(() -> address(server.name()))
                .orElseThrow(() -> new InvalidValueException(
                        "setting address",
                        "",
                        "the former server of " + target.name() + " hands visitors on to " + reference
                                + ", whose addresses are not known: verify " + server.name()
                                + ", or set address on the service to how other servers reach it"));
        return new VirtualHost.ReverseProxy(host, service.settings().number("port", 80));
    }

    private Optional<String> address(Name server) {
        return planner
                .inventory()
                .facts(server)
                .map(ServerFacts::values)
                .map(values -> values.getOrDefault("addresses", ""))
                .stream()
                .flatMap(text -> Arrays.stream(text.split(" ")))
                .filter(address -> !address.isBlank())
                .map(address -> address.indexOf(':') < 0 ? address : "[" + address + "]")
                .findFirst();
    }
}
