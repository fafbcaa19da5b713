// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.http;

import dev.aegir.model.DomainName;
import dev.aegir.model.HostPath;
import dev.aegir.model.Id;
import dev.aegir.model.Redirect;
import dev.aegir.model.Server;
import dev.aegir.model.Service;
import dev.aegir.model.VirtualHost;
import dev.aegir.spi.EngineRequest;
import java.util.List;
import java.util.stream.Stream;

/** Values for tests. */
final class Samples {
    static final Id ID = Id.of("01JZZZZZZZZZZZZZZZZZZZZZZZ");
    static final Server WEB1 = Server.at("web1", "ssh://root@192.0.2.1");
    static final Service NGINX = Service.http("nginx");

    private Samples() {}

    static VirtualHost site() {
        return new VirtualHost(
                ID,
                DomainName.of("docs.example.net"),
                List.of(),
                List.of(),
                List.of(),
                HostPath.of("/srv/aegir/code/docs/tree/web"),
                HostPath.of("/srv/aegir/code/docs/tree"),
                new VirtualHost.StaticFiles(),
                true);
    }

    static VirtualHost as(Id id, String name) {
        VirtualHost s = site();
        return new VirtualHost(
                id,
                DomainName.of(name),
                s.aliases(),
                s.redirectedNames(),
                s.redirects(),
                s.root(),
                s.within(),
                s.handler(),
                s.indexed(),
                s.mounts());
    }

    static VirtualHost named(VirtualHost s, List<String> aliases, List<String> redirected) {
        return new VirtualHost(
                s.owner(),
                s.name(),
                names(aliases),
                names(redirected),
                s.redirects(),
                s.root(),
                s.within(),
                s.handler(),
                s.indexed(),
                s.mounts());
    }

    static VirtualHost redirecting(VirtualHost s, Redirect... redirects) {
        return new VirtualHost(
                s.owner(),
                s.name(),
                s.aliases(),
                s.redirectedNames(),
                List.of(redirects),
                s.root(),
                s.within(),
                s.handler(),
                s.indexed(),
                s.mounts());
    }

    static VirtualHost at(VirtualHost s, String root, String within) {
        return new VirtualHost(
                s.owner(),
                s.name(),
                s.aliases(),
                s.redirectedNames(),
                s.redirects(),
                HostPath.of(root),
                HostPath.of(within),
                s.handler(),
                s.indexed(),
                s.mounts());
    }

    static VirtualHost by(VirtualHost s, VirtualHost.Handler handler) {
        return new VirtualHost(
                s.owner(),
                s.name(),
                s.aliases(),
                s.redirectedNames(),
                s.redirects(),
                s.root(),
                s.within(),
                handler,
                s.indexed(),
                s.mounts());
    }

    static VirtualHost mounting(VirtualHost s, VirtualHost.Mount... mounts) {
        return new VirtualHost(
                s.owner(),
                s.name(),
                s.aliases(),
                s.redirectedNames(),
                s.redirects(),
                s.root(),
                s.within(),
                s.handler(),
                s.indexed(),
                List.of(mounts));
    }

    static VirtualHost hidden(VirtualHost s) {
        return new VirtualHost(
                s.owner(),
                s.name(),
                s.aliases(),
                s.redirectedNames(),
                s.redirects(),
                s.root(),
                s.within(),
                s.handler(),
                false,
                s.mounts());
    }

    static EngineRequest<VirtualHost> request(VirtualHost site) {
        return request(site, NGINX);
    }

    static EngineRequest<VirtualHost> request(VirtualHost site, Service service) {
        return new EngineRequest<>(site, WEB1.offering(service), service);
    }

    private static List<DomainName> names(List<String> names) {
        return Stream.of(names.toArray(String[]::new)).map(DomainName::of).toList();
    }
}
