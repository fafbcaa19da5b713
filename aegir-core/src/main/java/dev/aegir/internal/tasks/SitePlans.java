// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal.tasks;

import dev.aegir.model.Codebase;
import dev.aegir.model.DomainName;
import dev.aegir.model.RefusedException;
import dev.aegir.model.Server;
import dev.aegir.model.ServiceKind;
import dev.aegir.model.ServiceRef;
import dev.aegir.model.Site;
import dev.aegir.model.SiteState;
import dev.aegir.spi.Planner;
import dev.aegir.task.DeleteSite;
import dev.aegir.task.DisableSite;
import dev.aegir.task.EnableSite;
import dev.aegir.task.InstallSite;
import dev.aegir.task.Plan;
import dev.aegir.task.SetSiteAliases;
import dev.aegir.task.UpdateSite;
import dev.aegir.task.VerifySite;
import java.util.Optional;

/** Plans what is done to sites. */
final class SitePlans {
    private SitePlans() {}

    static Plan install(InstallSite task, Planner planner) {
        Optional<Site> known = planner.inventory().site(task.site().name());
        Site site = known.map(old -> task.site().identified(old.id())).orElse(task.site());
        known.ifPresent(old -> {
            if (!old.equals(site)) {
                throw new RefusedException("There is a site " + old.name()
                        + " already, and it is not the same. Update, migrate or delete it, or choose another name.");
            }
        });
        planner.claim(site.id(), site.allNames());
        Codebase codebase = planner.codebase(site.codebase());
        if (codebase.locked() && known.isEmpty()) {
            throw new RefusedException("The codebase " + codebase.name()
                    + " is locked and takes no new sites; use another, or unlock it.");
        }
        return code(site, planner)
                .then(planner.ensure(ServiceKind.HTTP, http(site), planner.virtualHost(site)))
                .then(new SaveSite(site));
    }

    static Plan verify(VerifySite task, Planner planner) {
        Site site = planner.site(task.site());
        return code(site, planner).then(planner.ensure(ServiceKind.HTTP, http(site), planner.virtualHost(site)));
    }

    static Plan update(UpdateSite task, Planner planner) {
        Site old = planner.site(task.site().name());
        Site site = task.site().identified(old.id());
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

    static Plan delete(DeleteSite task, Planner planner) {
        Site site = planner.site(task.site());
        return Plan.empty()
                .then(planner.remove(ServiceKind.HTTP, http(site), planner.virtualHost(site)))
                .then(new RemoveSiteRecord(site));
    }

    private static Plan published(Site site, Planner planner) {
        planner.claim(site.id(), site.allNames());
        return Plan.empty()
                .then(planner.ensure(ServiceKind.HTTP, http(site), planner.virtualHost(site)))
                .then(new SaveSite(site));
    }

    /** The site's code, on the server of its web service. */
    private static Plan code(Site site, Planner planner) {
        Server server = planner.server(http(site).server());
        Codebase codebase = planner.codebase(site.codebase());
        Plan plan = Plan.empty().then(planner.deploy(server, codebase));
        return codebase.servers().contains(server.name())
                ? plan
                : plan.then(new SaveCodebase(
                        planner.codebaseAlone(site.codebase()).on(server.name().value())));
    }

    private static ServiceRef http(Site site) {
        return site.service(ServiceKind.HTTP)
                .orElseThrow(() -> new RefusedException("The site " + site.name()
                        + " is bound to no web service; bind it with http(\"server/service\")."));
    }
}
