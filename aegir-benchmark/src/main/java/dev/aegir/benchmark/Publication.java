// SPDX-License-Identifier: Apache-2.0
package dev.aegir.benchmark;

import dev.aegir.engine.http.NginxEngine;
import dev.aegir.host.FileChange;
import dev.aegir.model.Server;
import dev.aegir.model.Service;
import dev.aegir.spi.EngineRequest;
import dev.aegir.spi.ServiceRequest;
import dev.aegir.task.ConfigChange;
import dev.aegir.task.Step;
import java.util.List;
import java.util.stream.Stream;

/** What the nginx engine makes of sites: the one change that verifying a server applies, and the files of the sites in it. */
final class Publication {
    private static final NginxEngine NGINX = new NginxEngine();

    private Publication() {}

    /** Everything that belongs to the web service, as one change. */
    static ConfigChange change(Server server, Fleet fleet) {
        Service service = service(server);
        Stream<Step> prepared = NGINX.prepare(new ServiceRequest(server, service)).stream();
        return ConfigChange.merged(
                "republish",
                Stream.concat(prepared, ensured(server, service, fleet))
                        .map(ConfigChange.class::cast)
                        .toList());
    }

    /** What the server needs before it has any site. */
    static ConfigChange preparation(Server server) {
        return change(server, new Fleet(List.of()));
    }

    /** The files of the sites, in their order. */
    static List<FileChange.Write> files(Server server, Fleet fleet) {
        return ensured(server, service(server), fleet)
                .map(ConfigChange.class::cast)
                .flatMap(change -> change.change().files().stream())
                .map(FileChange.Write.class::cast)
                .toList();
    }

    private static Stream<Step> ensured(Server server, Service service, Fleet fleet) {
        return fleet.virtualHosts().stream()
                .flatMap(site -> NGINX.ensure(new EngineRequest<>(site, server, service)).stream());
    }

    private static Service service(Server server) {
        return server.services().get(0);
    }
}
