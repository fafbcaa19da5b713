// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal.tasks;

import dev.aegir.host.Command;
import dev.aegir.host.Workbench;
import dev.aegir.model.Codebase;
import dev.aegir.model.DomainName;
import dev.aegir.model.RefusedException;
import dev.aegir.model.Server;
import dev.aegir.model.ServiceKind;
import dev.aegir.model.ServiceRef;
import dev.aegir.model.Site;
import dev.aegir.model.SiteState;
import dev.aegir.spi.Application;
import dev.aegir.spi.ApplicationRequest;
import dev.aegir.spi.Planner;
import dev.aegir.task.ChangeRuntime;
import dev.aegir.task.ClearCaches;
import dev.aegir.task.DeleteSite;
import dev.aegir.task.DisableSite;
import dev.aegir.task.EnableSite;
import dev.aegir.task.InstallSite;
import dev.aegir.task.LoginLink;
import dev.aegir.task.Plan;
import dev.aegir.task.ResetPassword;
import dev.aegir.task.RotateCredentials;
import dev.aegir.task.RunCron;
import dev.aegir.task.RunInSite;
import dev.aegir.task.SetMaintenance;
import dev.aegir.task.SetSiteAliases;
import dev.aegir.task.SiteMilestone.Moment;
import dev.aegir.task.Step;
import dev.aegir.task.UpdateDatabase;
import dev.aegir.task.UpdateSite;
import dev.aegir.task.VerifySite;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Plans what is done to sites. */
final class SitePlans {
    private static final int MOST_SAID = 256 * 1024;

    private SitePlans() {}

    static Plan install(InstallSite task, Planner planner) {
        Optional<Site> known = planner.inventory().site(task.site().name());
        Site site = known.map(old -> Former.kept(task.site().identified(old.id()), old))
                .orElse(task.site());
        known.ifPresent(old -> {
            if (!old.equals(site)) {
                throw new RefusedException("There is a site " + old.name()
                        + " already, and it is not the same. Update, migrate or delete it, or choose another name.");
            }
        });
        if (known.isEmpty()) {
            requireNew(site, planner);
        }
        planner.claim(site.id(), site.allNames());
        Codebase codebase = planner.codebase(site.codebase());
        if (codebase.locked() && known.isEmpty()) {
            throw new RefusedException("The codebase " + codebase.name()
                    + " is locked and takes no new sites; use another, or unlock it.");
        }
        SiteParts parts = new SiteParts(site, planner);
        Plan plan = code(site, planner).then(parts.ready());
        if (known.isEmpty()) {
            plan = plan.then(parts.installed()).then(parts.milestone(Moment.READY));
        }
        return plan.then(parts.published()).then(new SaveSite(site));
    }

    /** What bears the identity of a site on a server is that site's: never does another one come by it. */
    static void requireNew(Site site, Planner planner) {
        planner.inventory().site(site.id()).ifPresent(other -> {
            throw new RefusedException("The site " + other.name() + " has the id " + site.id() + " already; "
                    + site.name() + " needs one of its own, such as Site.of(name, codebase) makes.");
        });
    }

    static Plan verify(VerifySite task, Planner planner) {
        Site site = planner.site(task.site());
        SiteParts parts = new SiteParts(site, planner);
        return code(site, planner)
                .then(parts.ready())
                .then(parts.published())
                .then(parts.works())
                .then(parts.looked());
    }

    static Plan update(UpdateSite task, Planner planner) {
        Site old = planner.site(task.site().name());
        Site site = Former.kept(task.site().identified(old.id()), old);
        if (!old.name().equals(site.name())
                || !old.codebase().equals(site.codebase())
                || !old.services().equals(site.services())) {
            throw new RefusedException("An update keeps the site's name, codebase and services ("
                    + old.name() + ", " + old.codebase() + ", " + old.services().values()
                    + "); to change those, rename or migrate it.");
        }
        return published(site, planner);
    }

    static Plan aliases(SetSiteAliases task, Planner planner) {
        Site site = planner.site(task.site());
        return published(
                site.aliases(task.aliases().stream().map(DomainName::value).toArray(String[]::new))
                        .redirectedNames(task.redirectedNames().stream()
                                .map(DomainName::value)
                                .toArray(String[]::new)),
                planner);
    }

    static Plan enable(EnableSite task, Planner planner) {
        return published(planner.site(task.site()).state(SiteState.ENABLED), planner);
    }

    static Plan disable(DisableSite task, Planner planner) {
        return published(planner.site(task.site()).state(SiteState.DISABLED), planner);
    }

    static Plan maintenance(SetMaintenance task, Planner planner) {
        Site site = planner.site(task.site());
        if (task.on() && site.state() == SiteState.DISABLED) {
            throw new RefusedException("The site " + site.name() + " is disabled; enable it first.");
        }
        SiteState state = task.on() ? SiteState.MAINTENANCE : SiteState.ENABLED;
        return published(site.state(site.state() == SiteState.DISABLED ? SiteState.DISABLED : state), planner);
    }

    static Plan delete(DeleteSite task, Planner planner) {
        Site site = planner.site(task.site());
        if (Former.of(site).isPresent()) {
            throw new RefusedException("The site " + site.name() + " was migrated, and what it has left behind is still"
                    + " there. Retire that first.");
        }
        SiteParts parts = new SiteParts(site, planner);
        Plan plan = Plan.empty().then(planner.remove(ServiceKind.HTTP, http(site), planner.virtualHost(site)));
        List<Step> data = parts.removed();
        if (data.isEmpty()) {
            return plan.then(new RemoveSiteRecord(site));
        }
        Optional<ServiceRef> backups = task.withSafety() ? site.service(ServiceKind.BACKUP) : Optional.empty();
        if (backups.isPresent()
                && (parts.files().isPresent() || parts.dump("any").isPresent())) {
            plan = plan.then(parts.stopped("before the last backup"))
                    .then(BackupPlans.safety(task.safety(), backups.get(), site, planner));
        }
        // What people wrote cannot be brought back: from here on it is finished rather than taken back.
        return plan.then(new SaveSite(site.state(SiteState.DISABLED)))
                .commit()
                .then(data)
                .then(new ForgetSiteSecrets(site.name(), site.id()))
                .then(new RemoveSiteRecord(site));
    }

    static Plan cron(RunCron task, Planner planner) {
        return Plan.empty().then(new SiteParts(planner.site(task.site()), planner).cronRun());
    }

    static Plan command(RunInSite task, Planner planner) {
        Site site = planner.site(task.site());
        ApplicationRequest request = planner.application(site);
        Workbench workbench = request.workbench();
        List<String> words = task.words().stream()
                .map(word -> word.replace("{code}", request.release().path().value())
                        .replace("{root}", request.root().value())
                        .replace("{interpreter}", workbench.interpreter().value()))
                .toList();
        Command command = workbench.command(words).timeout(task.timeout()).keeping(MOST_SAID);
        return Plan.empty()
                .then(new RunSiteCommand(
                        site.name(), site.id(), workbench.server(), command, task.input(), task.changes()));
    }

    static Plan clearCaches(ClearCaches task, Planner planner) {
        SiteParts parts = new SiteParts(planner.site(task.site()), planner);
        return Plan.empty().then(parts.planned(Application::clearCaches));
    }

    static Plan loginLink(LoginLink task, Planner planner) {
        SiteParts parts = new SiteParts(planner.site(task.site()), planner);
        return Plan.empty().then(parts.planned((application, request) -> application.loginLink(request, task.user())));
    }

    static Plan resetPassword(ResetPassword task, Planner planner) {
        SiteParts parts = new SiteParts(planner.site(task.site()), planner);
        return Plan.empty()
                .then(parts.planned((application, request) -> application.resetPassword(request, task.user())));
    }

    static Plan updateDatabase(UpdateDatabase task, Planner planner) {
        Site site = planner.site(task.site());
        SiteParts parts = new SiteParts(site, planner);
        Plan update = Plan.empty().then(parts.planned(Application::update));
        if (site.state() != SiteState.ENABLED) {
            return update;
        }
        // Nobody sees a database that is between two states, nor does cron work on it.
        Site closed = site.state(SiteState.MAINTENANCE);
        SiteParts away = new SiteParts(closed, planner);
        List<Step> closing = new ArrayList<>(away.published());
        closing.addAll(away.runtimeReady());
        closing.add(new SaveSite(closed));
        return Plan.empty()
                .then(Renamed.all("closed for the update", closing))
                .then(update.steps())
                .then(parts.works())
                .then(parts.looked())
                .then(parts.runtimeReady())
                .then(parts.published())
                .then(new SaveSite(site));
    }

    static Plan rotate(RotateCredentials task, Planner planner) {
        Site site = planner.site(task.site());
        SiteParts before = new SiteParts(site, planner);
        Site after = site.with("db.user", CredentialNames.next(site));
        SiteParts parts = new SiteParts(after, planner);
        return Plan.empty()
                .then(parts.databaseReady())
                .then(parts.configured())
                .then(parts.works())
                .then(new SaveSite(after))
                .commit()
                .then(before.databaseUserRemoved());
    }

    static Plan changeRuntime(ChangeRuntime task, Planner planner) {
        Site site = planner.site(task.site());
        Site after = site.bind(ServiceKind.RUNTIME, task.runtime().toString());
        SiteParts parts = new SiteParts(after, planner);
        Plan plan = Plan.empty()
                .then(parts.runtimeReady())
                .then(parts.configured())
                .then(parts.works())
                .then(parts.published())
                .then(new SaveSite(after));
        return site.equals(after)
                ? plan
                : plan.commit().then(new SiteParts(site, planner).runtimeStopped(task.runtime()));
    }

    private static Plan published(Site site, Planner planner) {
        planner.claim(site.id(), site.allNames());
        SiteParts parts = new SiteParts(site, planner);
        // Names and cron are part of them.
        return Plan.empty()
                .then(parts.runtimeReady())
                .then(parts.configured())
                .then(parts.published())
                .then(new SaveSite(site));
    }

    /** The site's code, on the server of its web service. */
    static Plan code(Site site, Planner planner) {
        Server server = planner.server(http(site).server());
        Codebase codebase = planner.codebase(site.codebase());
        Plan plan = Plan.empty().then(planner.deploy(server, codebase));
        return codebase.servers().contains(server.name())
                ? plan
                : plan.then(new SaveCodebase(
                        planner.codebaseAlone(site.codebase()).on(server.name().value())));
    }

    static ServiceRef http(Site site) {
        return site.service(ServiceKind.HTTP)
                .orElseThrow(() -> new RefusedException("The site " + site.name()
                        + " is bound to no web service; bind it with http(\"server/service\")."));
    }
}
