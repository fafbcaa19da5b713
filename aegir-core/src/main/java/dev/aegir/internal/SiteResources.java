// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal;

import dev.aegir.model.Codebase;
import dev.aegir.model.Database;
import dev.aegir.model.DatabaseAccess;
import dev.aegir.model.Environment;
import dev.aegir.model.HostPath;
import dev.aegir.model.Name;
import dev.aegir.model.Pool;
import dev.aegir.model.RefusedException;
import dev.aegir.model.Release;
import dev.aegir.model.Server;
import dev.aegir.model.ServerFacts;
import dev.aegir.model.Service;
import dev.aegir.model.ServiceKind;
import dev.aegir.model.ServiceRef;
import dev.aegir.model.Settings;
import dev.aegir.model.Site;
import dev.aegir.model.SiteState;
import dev.aegir.model.VirtualHost;
import dev.aegir.spi.Application;
import dev.aegir.spi.ApplicationRequest;
import dev.aegir.spi.DatabaseEngine;
import dev.aegir.spi.EngineRequest;
import dev.aegir.spi.Planner;
import dev.aegir.spi.RuntimeEngine;
import dev.aegir.spi.ServiceRequest;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** What a site needs from its services, and what these tell its application. For one plan. */
final class SiteResources {
    /** Settings of a site with this prefix are its pool's. */
    private static final String POOL = "pool.";

    private final Planner planner;
    private final Site site;
    private final Codebase codebase;
    private final Server server;
    private final Application application;
    private final Release release;

    SiteResources(Planner planner, Site site) {
        this.planner = planner;
        this.site = site;
        this.codebase = planner.codebase(site.codebase());
        this.server =
                planner.server(bound(ServiceKind.HTTP, "web service", "http").server());
        this.application = planner.application(codebase.application());
        this.release = planner.release(server, codebase);
    }

    ApplicationRequest request() {
        Set<ServiceKind<?>> needs = Planners.said(application, "needs", () -> application.needs(site));
        boolean runs = needs.contains(ServiceKind.RUNTIME);
        boolean stores = needs.contains(ServiceKind.DB);
        return request(
                runs ? Optional.of(runtime(poolWithoutCron())) : Optional.empty(),
                stores ? Optional.of(access(database())) : Optional.empty());
    }

    private ApplicationRequest request(
            Optional<ApplicationRequest.Processes> runtime, Optional<DatabaseAccess> database) {
        return new ApplicationRequest(site, codebase, release, server, runtime, database);
    }

    Pool pool() {
        Pool pool = poolWithoutCron();
        boolean off = site.settings().text("cron").filter("off"::equals).isPresent();
        if (site.state() != SiteState.ENABLED || off) {
            return pool;
        }
        return new Pool(
                pool.owner(),
                pool.title(),
                pool.account(),
                pool.home(),
                pool.code(),
                pool.writable(),
                pool.environment(),
                pool.settings(),
                Planners.said(application, "cron", () -> application.cron(request())));
    }

    private Pool poolWithoutCron() {
        ServiceRef reference = bound(ServiceKind.RUNTIME, "runtime", "runtime");
        if (!reference.server().equals(server.name())) {
            throw new RefusedException("The site " + site.name() + " is served by " + server.name()
                    + ", but its runtime is " + reference + "; both must be on one server.");
        }
        Service service = planner.service(ServiceKind.RUNTIME, reference);
        HostPath home = engine(reference).home(new ServiceRequest(server, service), site.id());
        Map<String, String> settings = new TreeMap<>();
        site.settings().values().forEach((name, value) -> {
            if (name.startsWith(POOL)) {
                settings.put(name.substring(POOL.length()), value);
            }
        });
        return new Pool(
                site.id(),
                site.name().value(),
                site.id().account(),
                home,
                release.path(),
                Planners.said(application, "writable", () -> application.writable(site)),
                Planners.said(
                        application,
                        "environment",
                        () -> application.environment(request(Optional.empty(), Optional.empty()), home)),
                Settings.of(settings),
                Optional.empty());
    }

    private ApplicationRequest.Processes runtime(Pool pool) {
        ServiceRef reference = bound(ServiceKind.RUNTIME, "runtime", "runtime");
        RuntimeEngine engine = engine(reference);
        EngineRequest<Pool> request = planner.request(ServiceKind.RUNTIME, reference, pool);
        return new ApplicationRequest.Processes(engine.workbench(request), engine.handler(request));
    }

    private RuntimeEngine engine(ServiceRef reference) {
        return planner.engine(ServiceKind.RUNTIME, reference, RuntimeEngine.class);
    }

    Database database() {
        ServiceRef reference = bound(ServiceKind.DB, "database service", "database");
        return Database.of(site, reference.server().equals(server.name()) ? List.of() : addresses(server.name()));
    }

    private DatabaseAccess access(Database database) {
        ServiceRef reference = bound(ServiceKind.DB, "database service", "database");
        return planner.engine(ServiceKind.DB, reference, DatabaseEngine.class)
                .access(planner.request(ServiceKind.DB, reference, database));
    }

    /** From where a server's sites are seen by other servers: what it said of itself when it was looked at. */
    private List<String> addresses(Name of) {
        List<String> addresses = planner
                .inventory()
                .facts(of)
                .map(ServerFacts::values)
                .map(values -> values.getOrDefault("addresses", ""))
                .stream()
                .flatMap(text -> Arrays.stream(text.split(" ")))
                .filter(address -> !address.isBlank())
                .toList();
        if (addresses.isEmpty()) {
            throw new RefusedException(
                    "The site " + site.name() + " has its database on another server, and the addresses" + " of " + of
                            + " are not known; verify that server first.");
        }
        return addresses;
    }

    VirtualHost virtualHost() {
        ApplicationRequest request = request();
        return new VirtualHost(
                site.id(),
                site.name(),
                site.aliases(),
                site.allRedirectedNames(),
                site.redirects(),
                request.root(),
                release.path(),
                handler(request),
                site.environment() == Environment.PRODUCTION,
                Planners.said(application, "mounts", () -> application.mounts(request)));
    }

    private VirtualHost.Handler handler(ApplicationRequest request) {
        return switch (site.state()) {
            case ENABLED -> Planners.said(application, "handler", () -> application.handler(request));
            case DISABLED -> new VirtualHost.Disabled();
            case MAINTENANCE -> new VirtualHost.Maintenance();
        };
    }

    private ServiceRef bound(ServiceKind<?> kind, String what, String method) {
        return site.service(kind)
                .orElseThrow(() -> new RefusedException("The site " + site.name() + " is bound to no " + what
                        + "; bind it with " + method + "(\"server/service\")."));
    }
}
