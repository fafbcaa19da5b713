// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal.tasks;

import dev.aegir.internal.Planners;
import dev.aegir.model.Backup;
import dev.aegir.model.Database;
import dev.aegir.model.RefusedException;
import dev.aegir.model.ServiceKind;
import dev.aegir.model.ServiceRef;
import dev.aegir.model.Site;
import dev.aegir.spi.EngineRequest;
import dev.aegir.spi.Planner;
import dev.aegir.spi.TableEngine;
import dev.aegir.task.Plan;
import dev.aegir.task.RestoreSite;
import dev.aegir.task.SiteMilestone.Moment;
import dev.aegir.task.Step;
import java.util.ArrayList;
import java.util.List;

/** Plans how a single path or a single table of a site is made what it was. */
final class RestorePart {
    private final RestoreSite task;
    private final Site site;
    private final Backup backup;
    private final Planner planner;
    private final SiteParts parts;

    RestorePart(RestoreSite task, Site site, Backup backup, Planner planner) {
        this.task = task;
        this.site = site;
        this.backup = backup;
        this.planner = planner;
        this.parts = new SiteParts(site, planner);
    }

    Plan plan() {
        String name = task.part().orElseThrow();
        return task.what() == RestoreSite.What.PATH ? path(name) : table(name);
    }

    private Plan path(String path) {
        requirePart("files");
        OnePath one = OnePath.of(site, parts, backup.id(), path);
        List<Step> beside = new ArrayList<>(one.hasWay());
        beside.addAll(RestorePlans.filesBeside(backup, one.home(), planner));
        beside.addAll(one.isBrought());
        return switched(beside, List.of(one.switched()), List.of(new RemoveFormerFiles(one.home(), backup.id())));
    }

    private Plan table(String table) {
        requirePart("database");
        List<String> tables = List.of(table);
        Site beside =
                site.with("db.name", CredentialNames.nextDatabase(site)).with("db.user", CredentialNames.next(site));
        SiteParts besides = new SiteParts(beside, planner);
        ServiceRef service = site.service(ServiceKind.DB)
                .orElseThrow(() -> new RefusedException("The site " + site.name() + " has no database."));
        TableEngine engine = planner.engine(ServiceKind.DB, service, TableEngine.class);
        EngineRequest<Database> request = planner.request(ServiceKind.DB, service, planner.database(site));
        Database other = planner.database(beside);
        List<Step> before = new ArrayList<>(Planners.steps(engine, () -> engine.requireSwitchable(request, tables)));
        before.addAll(RestorePlans.databaseBeside(backup, besides, planner));
        List<Step> former = new ArrayList<>(Planners.steps(engine, () -> engine.forgetTables(request, tables)));
        former.addAll(besides.databaseRemoved());
        return switched(before, Planners.steps(engine, () -> engine.switchTables(request, other, tables)), former);
    }

    /** What was brought beside takes its place while nobody writes, and what was there goes when the site is served again. */
    private Plan switched(List<Step> beside, List<Step> switching, List<Step> former) {
        Plan plan = Plan.empty()
                .then(beside)
                .then(parts.rehearsed())
                .then(parts.frozen("frozen for the restore of backup " + backup.id()));
        if (task.withSafety()) {
            plan = plan.then(BackupPlans.safety(task.safety(), backup.service(), site, planner));
        }
        return plan.then(switching)
                .then(parts.works())
                .then(parts.looked())
                .then(parts.answersStopped())
                .then(parts.milestone(Moment.READY))
                .then(parts.opened())
                .then(new SaveSite(site))
                .commit()
                .then(former);
    }

    private void requirePart(String name) {
        if (!RestorePlans.part(backup, name, true)) {
            throw new RefusedException("The backup " + backup.id() + " has no " + name + ".");
        }
    }
}
