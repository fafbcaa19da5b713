// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.http;

import dev.aegir.host.Command;
import dev.aegir.host.DriftPolicy;
import dev.aegir.model.HostPath;
import dev.aegir.model.Server;
import dev.aegir.model.Service;
import dev.aegir.model.ServiceKind;
import dev.aegir.model.ServiceRef;
import dev.aegir.model.VirtualHost;
import dev.aegir.spi.EngineRequest;
import dev.aegir.spi.RehearsingEngine;
import dev.aegir.spi.ServiceRequest;
import dev.aegir.task.ConfigChange;
import dev.aegir.task.RunCommand;
import dev.aegir.task.Step;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Serves sites with nginx. Every site is one file, named by its id; every change is tested with {@code nginx -t}, loaded, and
 * asked for on the server itself before it counts, and otherwise put back.
 *
 * <p>The settings of a service, all of them optional:
 *
 * <ul>
 *   <li>{@code listen} - where sites are served: ports, or addresses and ports, separated by commas
 *       ({@code 80, [::]:80}). On a server without IPv6, write {@code 80}.
 *   <li>{@code drift} - what to do about a file of ours that somebody else has changed: {@code overwrite} (which keeps it on
 *       the server), {@code keep} or {@code fail} ({@code overwrite}).
 *   <li>{@code install} - whether to install Debian's package when nginx is missing ({@code false}).
 *   <li>{@code config-dir} - where {@code nginx.conf} is, which must include {@code conf.d/*.conf} in its {@code http} block
 *       ({@code /etc/nginx}).
 *   <li>{@code sites-dir} - where the files of the sites go; nobody else's ({@code aegir/sites} in the former).
 *   <li>{@code log-dir} - where every site has its access log {@code aegir-<id>.log}, and nginx its {@code error.log}
 *       ({@code /var/log/nginx}).
 *   <li>{@code pid-file} - where nginx writes its process id ({@code /run/nginx.pid}).
 *   <li>{@code reload-timeout} - how many seconds nginx may take to load its configuration ({@code 30}).
 *   <li>{@code rehearsal-port} - the port of {@code 127.0.0.1} where a site is served before it is opened, to see whether it
 *       answers ({@code 20080}).
 *   <li>{@code resolver} - the address of a DNS server, needed where a site is handed to another web server by name.
 * </ul>
 *
 * <p>Names that are no site's get a 404 that says nothing about any. Debian's default site is disabled when the service is
 * prepared. A server that offers a second service of this engine needs a second nginx for it, with a {@code config-dir}, a
 * {@code pid-file} and a {@code rehearsal-port} of its own.
 */
public final class NginxEngine implements RehearsingEngine {
    /** For ServiceLoader. */
    public NginxEngine() {}

    @Override
    public ServiceKind<VirtualHost> kind() {
        return ServiceKind.HTTP;
    }

    @Override
    public String name() {
        return "nginx";
    }

    @Override
    public List<Step> prepare(ServiceRequest request) {
        NginxSettings settings = NginxSettings.of(request.settings());
        String where = where(request.server(), request.service());
        List<Step> steps = new ArrayList<>();
        if (settings.install()) {
            steps.add(install(request, where));
        }
        ConfigChange.Builder prepare = change("nginx: prepare " + where, request.server(), request.service(), settings);
        HostPath defaultSite = settings.configDir().resolve("sites-enabled/default");
        if (settings.drift() == DriftPolicy.OVERWRITE) {
            prepare.delete(defaultSite);
        } else {
            // Debian's, not ours, so it would always count as changed; but with it there no other site can be the
            // default.
            steps.add(
                    change("nginx: disable the default site of " + where, request.server(), request.service(), settings)
                            .drift(DriftPolicy.OVERWRITE)
                            .delete(defaultSite)
                            .build());
        }
        ServiceRef service =
                new ServiceRef(request.server().name(), request.service().name());
        NginxGeneration.File file = NginxServerFile.render(service, settings);
        steps.add(prepare.write(settings.serverFile(), file.content())
                .write(settings.disabledPage(), Scripts.resource("disabled.html"))
                .write(settings.maintenancePage(), Scripts.resource("maintenance.html"))
                .confirm(NginxCommands.confirm(
                        settings, settings.serverFile(), file.generation(), "no-site.aegir.invalid"))
                .build());
        return steps;
    }

    @Override
    public List<Step> ensure(EngineRequest<VirtualHost> request) {
        return List.of(publish(request).build());
    }

    private static ConfigChange.Builder publish(EngineRequest<VirtualHost> request) {
        NginxSettings settings = NginxSettings.of(request.settings());
        VirtualHost site = request.resource();
        NginxGeneration.File file = NginxSiteFile.render(site, settings);
        HostPath path = path(settings, site);
        String name = "nginx: publish " + published(site) + " on " + where(request.server(), request.service());
        ConfigChange.Builder change = change(name, request.server(), request.service(), settings)
                .write(path, file.content(), site.owner())
                .confirm(NginxCommands.confirm(
                        settings, path, file.generation(), site.name().value()));
        if (servesFiles(site)) {
            change.contained(site.root(), site.within());
        }
        return change;
    }

    @Override
    public List<Step> remove(EngineRequest<VirtualHost> request) {
        NginxSettings settings = NginxSettings.of(request.settings());
        VirtualHost site = request.resource();
        String name = "nginx: withdraw " + site.title() + " from " + where(request.server(), request.service());
        return List.of(change(name, request.server(), request.service(), settings)
                .delete(path(settings, site), site.owner())
                .build());
    }

    @Override
    public List<Step> rehearse(EngineRequest<VirtualHost> request, String path) {
        NginxSettings settings = NginxSettings.of(request.settings()).rehearsing();
        VirtualHost site = request.resource();
        NginxGeneration.File file = NginxSiteFile.render(site, settings);
        HostPath rehearsal = rehearsal(settings, site);
        String where = where(request.server(), request.service());
        ConfigChange.Builder open = change(
                        "nginx: rehearse " + site.title() + " on " + where,
                        request.server(),
                        request.service(),
                        settings)
                .write(rehearsal, file.content(), site.owner())
                .confirm(NginxCommands.confirm(
                        settings, rehearsal, file.generation(), site.name().value()));
        if (servesFiles(site)) {
            open.contained(site.root(), site.within());
        }
        return List.of(
                open.build(),
                new AskSite(
                        "nginx: " + site.title() + " answers on " + where + " itself",
                        request.server().name(),
                        NginxCommands.rehearse(settings, site.name().value(), path)));
    }

    @Override
    public Set<Class<? extends Step>> steps() {
        return Set.of(AskSite.class);
    }

    @Override
    public List<Step> open(EngineRequest<VirtualHost> request) {
        NginxSettings settings = NginxSettings.of(request.settings());
        VirtualHost site = request.resource();
        return List.of(
                publish(request).delete(rehearsal(settings, site), site.owner()).build());
    }

    private static HostPath rehearsal(NginxSettings settings, VirtualHost site) {
        return settings.sitesDir().child(site.owner() + ".rehearsal.conf");
    }

    private static ConfigChange.Builder change(String name, Server server, Service service, NginxSettings settings) {
        return ConfigChange.named(name, server.name())
                .drift(settings.drift())
                .check(NginxCommands.check(settings, service.name().value()))
                .activate(NginxCommands.activate(settings));
    }

    private static RunCommand install(ServiceRequest request, String where) {
        String name = "nginx: install on " + where;
        RunCommand script = RunCommand.script(name, request.server().name(), NginxCommands.install());
        Command patient = script.command().timeout(Duration.ofMinutes(15));
        return new RunCommand(
                        name,
                        script.server(),
                        patient,
                        script.script(),
                        script.secret(),
                        script.unless(),
                        script.undo())
                .unless(NginxCommands.isInstalled());
    }

    private static HostPath path(NginxSettings settings, VirtualHost site) {
        return settings.sitesDir().child(site.owner() + ".conf");
    }

    /** By what is published: one plan may close a site and open it again. */
    private static String published(VirtualHost site) {
        if (site.handler() instanceof VirtualHost.Maintenance) {
            return "maintenance page of " + site.title();
        } else if (site.handler() instanceof VirtualHost.ReverseProxy) {
            return "proxy of " + site.title();
        } else if (site.handler() instanceof VirtualHost.Disabled) {
            return "disabled page of " + site.title();
        }
        return site.title();
    }

    private static boolean servesFiles(VirtualHost site) {
        return site.handler() instanceof VirtualHost.StaticFiles || site.handler() instanceof VirtualHost.PhpFpm;
    }

    /** The server, and the service where it is not the one that is called like its kind. */
    private static String where(Server server, Service service) {
        return service.name().equals(service.kind()) ? server.name().value() : server.name() + "/" + service.name();
    }
}
