// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal.tasks;

import dev.aegir.host.DriftPolicy;
import dev.aegir.internal.Planners;
import dev.aegir.model.Backup;
import dev.aegir.model.Codebase;
import dev.aegir.model.Name;
import dev.aegir.model.RefusedException;
import dev.aegir.model.Server;
import dev.aegir.model.Service;
import dev.aegir.model.ServiceKind;
import dev.aegir.model.ServiceRef;
import dev.aegir.model.Site;
import dev.aegir.spi.BackupEngine;
import dev.aegir.spi.Planner;
import dev.aegir.spi.ServiceRequest;
import dev.aegir.task.ConfigChange;
import dev.aegir.task.EnrolServer;
import dev.aegir.task.Lock;
import dev.aegir.task.Plan;
import dev.aegir.task.PrepareServer;
import dev.aegir.task.RemoveServer;
import dev.aegir.task.Step;
import dev.aegir.task.VerifyServer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Plans what is done to servers. */
final class ServerPlans {
    private ServerPlans() {}

    static Plan enrol(EnrolServer task, Planner planner) {
        Name name = task.server().name();
        planner.lock(Lock.exclusive("server", name));
        Optional<Server> known = planner.inventory().server(name);
        Server server = known.map(old -> task.server().identified(old.id())).orElse(task.server());
        known.ifPresent(old -> {
            if (old.hostKey().isPresent() && !old.hostKey().equals(server.hostKey())) {
                throw new RefusedException("The server " + name + " is enrolled with the host key "
                        + old.hostKey().get() + ". If the machine was really replaced, remove the server first"
                        + " (its sites must be elsewhere), then enrol the new one.");
            }
            for (Site site : planner.inventory().sitesOn(name)) {
                site.services().values().stream()
                        .filter(ref -> ref.server().equals(name)
                                && server.service(ref.service()).isEmpty())
                        .findFirst()
                        .ifPresent(ref -> {
                            throw new RefusedException(
                                    "The site " + site.name() + " uses the service " + ref + "; it cannot be dropped.");
                        });
            }
            for (Backup backup : planner.inventory().backups()) {
                if (backup.service().server().equals(name)
                        && server.service(backup.service().service()).isEmpty()) {
                    throw new RefusedException("The service " + backup.service() + " keeps a backup of "
                            + backup.title() + "; it cannot be dropped.");
                }
            }
        });
        List<Step> moved =
                known.map(old -> keepingElsewhere(old, server, planner)).orElse(List.of());
        planner.prepare(server); // Unknown engines are refused now rather than when the first site comes.
        return Plan.of(new DiscoverServer(server)).then(moved).then(new SaveServer(server));
    }

    /** A service that keeps backups and is told otherwise: they must be where it would look for them. */
    private static List<Step> keepingElsewhere(Server old, Server server, Planner planner) {
        List<Step> steps = new ArrayList<>();
        for (Service service : server.services()) {
            ServiceRef ref = new ServiceRef(server.name(), service.name());
            Optional<Service> before = old.service(service.name());
            if (before.isEmpty() || before.get().equals(service)) {
                continue;
            }
            Optional<Backup> kept = planner.inventory().backups().stream()
                    .filter(backup -> backup.service().equals(ref))
                    .findFirst();
            if (kept.isEmpty()) {
                continue;
            }
            if (!before.get().kind().equals(service.kind())
                    || !before.get().engine().equals(service.engine())) {
                throw new RefusedException("The service " + ref + " keeps a backup of "
                        + kept.get().title() + " by the engine " + before.get().engine()
                        + ", and no other can read it: give the new engine a service of its own.");
            }
            BackupEngine engine = planner.engine(ServiceKind.BACKUP, ref, BackupEngine.class);
            steps.addAll(Planners.steps(engine, () -> engine.require(new ServiceRequest(server, service))));
        }
        return steps;
    }

    static Plan verify(VerifyServer task, Planner planner) {
        Server server = planner.serverAlone(task.server());
        List<Step> wanted = new ArrayList<>(planner.prepare(server));
        for (Site site : planner.inventory().sitesOn(server.name())) {
            Optional<ServiceRef> http =
                    site.service(ServiceKind.HTTP).filter(ref -> ref.server().equals(server.name()));
            site.service(ServiceKind.RUNTIME)
                    .filter(ref -> ref.server().equals(server.name()))
                    .ifPresent(ref -> wanted.addAll(new SiteParts(site, planner).runtimeReady()));
            http.ifPresent(ref -> wanted.addAll(planner.ensure(ServiceKind.HTTP, ref, planner.virtualHost(site))));
        }
        return Plan.of(new DiscoverServer(server), new SaveFacts(server.name())).then(merged(server, wanted));
    }

    /**
     * Changes of configuration become one for each drift policy, in the order in which these first come and after everything
     * else.
     */
    private static List<Step> merged(Server server, List<Step> steps) {
        Map<DriftPolicy, List<ConfigChange>> changes = new LinkedHashMap<>();
        List<Step> all = new ArrayList<>();
        for (Step step : steps) {
            if (step instanceof ConfigChange change && change.server().equals(server.name())) {
                changes.computeIfAbsent(change.change().drift(), policy -> new ArrayList<>())
                        .add(change);
            } else {
                all.add(step);
            }
        }
        changes.forEach((policy, of) -> {
            String which =
                    changes.size() == 1 ? "" : " (on drift: " + policy.name().toLowerCase(Locale.ROOT) + ")";
            all.add(ConfigChange.merged("republish everything on " + server.name() + which, of));
        });
        return all;
    }

    static Plan prepare(PrepareServer task, Planner planner) {
        Server server = planner.serverAlone(task.server());
        return Plan.empty().then(planner.prepare(server));
    }

    static Plan remove(RemoveServer task, Planner planner) {
        Server server = planner.serverAlone(task.server());
        List<Site> sites = planner.inventory().sitesOn(server.name());
        if (!sites.isEmpty()) {
            throw new RefusedException("The server " + server.name() + " has " + sites.size() + " sites, such as "
                    + sites.get(0).name() + "; move or delete them first.");
        }
        List<Codebase> codebases = planner.inventory().codebases().stream()
                .filter(codebase -> codebase.servers().contains(server.name()))
                .toList();
        if (!codebases.isEmpty()) {
            throw new RefusedException("The server " + server.name() + " has the codebase "
                    + codebases.get(0).name() + "; delete it there first.");
        }
        List<Backup> backups = planner.inventory().backups().stream()
                .filter(backup -> backup.service().server().equals(server.name()))
                .toList();
        if (!backups.isEmpty()) {
            throw new RefusedException("The server " + server.name() + " has " + backups.size()
                    + " backups, such as one of " + backups.get(0).title() + "; delete them first.");
        }
        return Plan.of(new RemoveServerRecord(server));
    }
}
