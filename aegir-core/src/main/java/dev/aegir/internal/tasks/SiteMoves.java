// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal.tasks;

import dev.aegir.model.Codebase;
import dev.aegir.model.DomainName;
import dev.aegir.model.Name;
import dev.aegir.model.PackageComparison;
import dev.aegir.model.PackageComparison.Kind;
import dev.aegir.model.Packages;
import dev.aegir.model.RefusedException;
import dev.aegir.model.ServiceKind;
import dev.aegir.model.Site;
import dev.aegir.model.SiteState;
import dev.aegir.model.Tree;
import dev.aegir.model.WwwPolicy;
import dev.aegir.spi.Application;
import dev.aegir.spi.Planner;
import dev.aegir.task.CloneSite;
import dev.aegir.task.Plan;
import dev.aegir.task.RenameSite;
import dev.aegir.task.SiteMilestone.Moment;
import dev.aegir.task.Step;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Plans what makes sites of sites, and what those plans and {@link Migration} have in common. */
final class SiteMoves {
    /** What stops a site from going to another codebase. */
    private static final Set<Kind> BARRIERS =
            EnumSet.of(Kind.MISSING, Kind.DOWNGRADE, Kind.SCHEMA_LOWER, Kind.SCHEMA_TOO_OLD);

    private SiteMoves() {}

    static Plan copy(CloneSite task, Planner planner) {
        Site source = planner.site(task.source());
        Site copy = fresh(task.copy(), source);
        planner.inventory()
                .site(copy.name())
                .filter(other -> other.id().equals(copy.id()))
                .ifPresent(other -> {
                    throw new RefusedException(
                            "There is a site " + other.name() + " already. Delete it, or choose another name.");
                });
        SitePlans.requireNew(copy, planner);
        planner.claim(copy.id(), copy.allNames());
        Codebase codebase = planner.codebase(copy.codebase());
        if (codebase.locked()) {
            throw new RefusedException("The codebase " + codebase.name()
                    + " is locked and takes no new sites; use another, or unlock it.");
        }
        requireFits(source, copy, planner);
        SiteParts from = new SiteParts(source, planner);
        SiteParts to = new SiteParts(copy, planner);
        SiteParts closed = new SiteParts(copy.state(SiteState.MAINTENANCE), planner);
        Plan plan = Plan.empty()
                .then(fits(source, copy, planner))
                .then(to.translatable(from))
                .then(SitePlans.code(copy, planner).steps())
                .then(to.databaseReady())
                // Not beside the copy, which keeps all processors busy.
                .together(List.of(Renamed.all("before it is open", closed.housed()), to.rehearsed()));
        plan = filled(plan, from, to, Renamed.all("before it is open", closed.running()), "clone-" + copy.id(), planner)
                .then(to.planned((application, request) -> application.rename(request, source.name())));
        if (!copy.codebase().equals(source.codebase()) && to.needs(ServiceKind.DB)) {
            plan = plan.then(OnCopy.all(to.planned(Application::update)));
        }
        if (isLower(copy, source) && to.needs(ServiceKind.DB)) {
            plan = plan.then(to.planned(Application::sanitise));
        }
        return plan.then(to.works())
                .then(to.looked())
                .then(to.asked())
                .then(to.milestone(Moment.READY))
                .then(regularly(copy, to, planner))
                .then(to.published())
                .then(new SaveSite(copy));
    }

    /**
     * What the one has is in the other, which gets its processes and settings meanwhile. The database is dumped first: files that
     * it does not know of yet do less harm than files it misses.
     */
    private static Plan filled(
            Plan plan, SiteParts from, SiteParts to, List<Step> processes, String name, Planner planner) {
        DatabaseMove data = DatabaseMove.whole(from, to, name, planner);
        List<Step> meanwhile =
                processes.subList(0, Math.min(processes.size(), data.dumped().size()));
        List<Step> loaded = new ArrayList<>(data.brought());
        loaded.addAll(data.cleared());
        return plan.together(List.of(data.dumped(), meanwhile))
                .together(List.of(
                        loaded,
                        files(from, to, planner),
                        processes.subList(meanwhile.size(), processes.size()),
                        to.configured()));
    }

    /** A copy that shares nothing with its source but what it is made of. */
    private static Site fresh(Site wanted, Site source) {
        if (wanted.id().equals(source.id()) || wanted.name().equals(source.name())) {
            throw new RefusedException("A clone of " + source.name()
                    + " needs an id and a name of its own: begin with Site.of(name, codebase).");
        }
        List<DomainName> taken = source.allNames();
        return new Site(
                wanted.id(),
                wanted.name(),
                wanted.codebase(),
                wanted.services(),
                wanted.environment(),
                SiteState.ENABLED,
                wanted.aliases().stream().filter(name -> !taken.contains(name)).toList(),
                wanted.redirectedNames().stream()
                        .filter(name -> !taken.contains(name))
                        .toList(),
                wanted.redirects().stream()
                        .filter(redirect -> !source.redirects().contains(redirect))
                        .toList(),
                WwwPolicy.IGNORE,
                itsOwn(wanted, source).settings());
    }

    /** A copy with no setting that is only its source's, and quiet where it is lower. */
    static Site itsOwn(Site wanted, Site source) {
        Map<String, String> settings = new TreeMap<>(wanted.settings().values());
        settings.keySet().removeAll(Set.of("db.name", "db.user"));
        Site own = Former.forgotten(Former.with(wanted, settings));
        return isLower(wanted, source) ? quiet(own) : own;
    }

    /** Without cron and mail, unless somebody has said how they are. */
    static Site quiet(Site site) {
        Map<String, String> settings = new TreeMap<>(site.settings().values());
        settings.putIfAbsent("cron", "off");
        settings.putIfAbsent("mail", "off");
        return Former.with(site, settings);
    }

    static boolean isLower(Site copy, Site source) {
        return copy.environment().compareTo(source.environment()) > 0;
    }

    static Plan rename(RenameSite task, Planner planner) {
        Site old = planner.site(task.site());
        if (old.name().equals(task.name())) {
            throw new RefusedException("The site is called " + old.name() + " already.");
        } else if (old.state() != SiteState.ENABLED) {
            throw new RefusedException("The site " + old.name() + " is not enabled; enable it first.");
        }
        List<DomainName> redirected = new ArrayList<>(others(old.redirectedNames(), task));
        if (task.redirect()) {
            redirected.add(old.name());
        }
        Site site = new Site(
                old.id(),
                task.name(),
                old.codebase(),
                old.services(),
                old.environment(),
                old.state(),
                others(old.aliases(), task),
                redirected,
                old.redirects(),
                old.www(),
                old.settings());
        planner.claim(site.id(), site.allNames());
        return Migration.renamed(old, site, task.withSafety() ? Optional.of(task.safety()) : Optional.empty(), planner);
    }

    private static List<DomainName> others(List<DomainName> names, RenameSite task) {
        return names.stream().filter(name -> !name.equals(task.name())).toList();
    }

    /** Stops a site from going to code that is not its own, or that lacks what it has. */
    static void requireFits(Site source, Site target, Planner planner) {
        if (source.codebase().equals(target.codebase())) {
            return;
        }
        Name here = planner.codebase(source.codebase()).application();
        Name there = planner.codebase(target.codebase()).application();
        if (!here.equals(there)) {
            throw new RefusedException("The site " + source.name() + " is of " + here + ", and the codebase "
                    + target.codebase() + " is of " + there + ".");
        }
        Optional<Packages> has = planner.inventory().sitePackages(source.name());
        Optional<Packages> offered = planner.inventory().packages(target.codebase());
        if (has.isEmpty()) {
            boolean tells = !new SiteParts(source.state(SiteState.ENABLED), planner)
                    .looked()
                    .isEmpty();
            if (tells && source.state() != SiteState.ENABLED) {
                throw new RefusedException(
                        "What the site " + source.name() + " has switched on is not known: enable it and verify it.");
            }
            // Where its application tells, it is looked at first of all.
            return;
        } else if (offered.isEmpty()) {
            throw new RefusedException("What the codebase " + target.codebase() + " has is not known: scan it.");
        }
        barriers(has.get(), offered.get()).ifPresent(table -> {
            throw new RefusedException("The site " + source.name() + " cannot go to the codebase " + target.codebase()
                    + ":\n" + table + "\nIf that is no longer what it has switched on, verify it.");
        });
    }

    /**
     * What {@link #requireFits} judged by what was known, judged by what the site has now, before anything is made: somebody may
     * have switched on something since it was verified.
     */
    static List<Step> fits(Site source, Site target, Planner planner) {
        List<Step> looked =
                source.codebase().equals(target.codebase()) ? List.of() : new SiteParts(source, planner).looked();
        if (looked.isEmpty()) {
            return List.of();
        }
        List<Step> steps = new ArrayList<>(Renamed.all("before anything is made", looked));
        steps.add(new RequirePackages(Former.changed(source, target.codebase(), source.services())));
        return steps;
    }

    /** A table of what a site has switched on that code has not, or only in an older state; nothing when it fits. */
    static Optional<String> barriers(Packages has, Packages offered) {
        PackageComparison barriers = new PackageComparison(has.compare(offered).ofWhatIsOn().differences().stream()
                .filter(difference -> BARRIERS.contains(difference.kind()))
                .toList());
        return barriers.differences().isEmpty() ? Optional.empty() : Optional.of(barriers.table());
    }

    /** What the one has in its database is in the other's, which is there and has nothing. */
    static List<Step> database(SiteParts from, SiteParts to, String name, Planner planner) {
        return DatabaseMove.whole(from, to, name, planner).all();
    }

    /** What the one writes is where the other writes it. */
    static List<Step> files(SiteParts from, SiteParts to, Planner planner) {
        Optional<Tree> here = from.files();
        Optional<Tree> there = to.files();
        return here.isPresent() && there.isPresent() ? planner.copy(here.get(), there.get()) : List.of();
    }

    /** From here on what is run regularly is. */
    static List<Step> regularly(Site site, SiteParts parts, Planner planner) {
        return parts.needs(ServiceKind.RUNTIME) && planner.pool(site).cron().isPresent()
                ? Renamed.all("now that it is open", parts.runtimeReady())
                : List.of();
    }
}
