// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal.tasks;

import dev.aegir.model.InvalidValueException;
import dev.aegir.model.RefusedException;
import dev.aegir.model.ServiceKind;
import dev.aegir.model.ServiceRef;
import dev.aegir.model.Site;
import dev.aegir.model.SiteState;
import dev.aegir.spi.Application;
import dev.aegir.spi.Planner;
import dev.aegir.task.ForgetSecret;
import dev.aegir.task.Plan;
import dev.aegir.task.RetireMigration;
import dev.aegir.task.Step;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Plans how what a move has left behind is removed. */
public final class Retirement {
    private static final String GRACE = "PT24H";

    private Retirement() {}

    /**
     * From when on what a site has left behind may be removed without a question.
     *
     * @param site the site
     * @return when; absent when it has left nothing behind, or does not know since when
     * @throws InvalidValueException when its setting is no time
     */
    public static Optional<Instant> due(Site site) {
        String text = site.settings().text("retire.after").orElse(GRACE);
        try {
            Duration grace = Duration.parse(text);
            return Former.since(site).map(since -> since.plus(grace));
        } catch (DateTimeException | ArithmeticException e) {
            throw new InvalidValueException("setting retire.after", text, "write a time such as PT24H or P7D");
        }
    }

    static Plan plan(RetireMigration task, Planner planner) {
        Site site = planner.site(task.site());
        Site former = Former.of(site)
                .orElseThrow(() -> new RefusedException("The site " + site.name()
                        + " has left nothing behind: it was not migrated, or that is retired."));
        SiteParts left = new SiteParts(former, planner);
        boolean moved =
                !SitePlans.http(site).server().equals(SitePlans.http(former).server());
        Plan plan = task.atOnce() ? Plan.empty() : Plan.of(new RequireGrace(site));
        if (moved) {
            plan = plan.then(planner.remove(
                    ServiceKind.HTTP,
                    SitePlans.http(former),
                    planner.virtualHost(former.state(SiteState.MAINTENANCE))));
        }
        // What is removed cannot be brought back: from here on it is finished rather than taken back.
        plan = plan.then(Renamed.all("retiring", List.of(new SaveSite(Former.retiring(site)))))
                .commit();
        if (moved || !site.codebase().equals(former.codebase())) {
            plan = plan.then(left.planned(Application::remove).stream()
                    // Its secrets are still in use.
                    .filter(step -> !(step instanceof ForgetSecret))
                    .toList());
        }
        if (moved && left.needs(ServiceKind.RUNTIME)) {
            plan = plan.then(planner.remove(
                    ServiceKind.RUNTIME, former.service(ServiceKind.RUNTIME).orElseThrow(), planner.pool(former)));
        }
        return plan.then(databaseRetired(site, former, left, planner)).then(new SaveSite(Former.forgotten(site)));
    }

    /** Never by its name alone: a database is that of a service, and the one that is in use is never among those. */
    private static List<Step> databaseRetired(Site site, Site former, SiteParts left, Planner planner) {
        if (!left.needs(ServiceKind.DB)) {
            return List.of();
        }
        ServiceRef service = former.service(ServiceKind.DB).orElseThrow();
        boolean sameService =
                site.service(ServiceKind.DB).filter(service::equals).isPresent();
        if (!sameService) {
            return planner.remove(ServiceKind.DB, service, planner.database(former));
        } else if (!Migration.databaseName(site).equals(Migration.databaseName(former))) {
            List<Step> steps = new ArrayList<>(planner.remove(ServiceKind.DB, service, planner.database(former)));
            steps.add(new ForgetSecret(planner.database(former).password()));
            return steps;
        }
        boolean sameAccount =
                planner.database(site).user().equals(planner.database(former).user());
        return sameAccount ? List.of() : left.databaseUserRemoved();
    }
}
