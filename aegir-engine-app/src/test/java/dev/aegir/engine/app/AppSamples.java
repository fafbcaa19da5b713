// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.app;

import dev.aegir.host.Workbench;
import dev.aegir.model.CodeSource;
import dev.aegir.model.Codebase;
import dev.aegir.model.DatabaseAccess;
import dev.aegir.model.HostPath;
import dev.aegir.model.Name;
import dev.aegir.model.Release;
import dev.aegir.model.SecretRef;
import dev.aegir.model.Server;
import dev.aegir.model.ServiceKind;
import dev.aegir.model.Site;
import dev.aegir.model.VirtualHost;
import dev.aegir.spi.ApplicationRequest;
import java.util.Map;
import java.util.Optional;

/** Sites as applications are asked about them. */
final class AppSamples {
    static final SecretRef PASSWORD = SecretRef.of("site/db");
    static final VirtualHost.Handler HANDLER = new VirtualHost.PhpFpm(HostPath.of("/run/php/site.sock"), 32);

    private AppSamples() {}

    static Site site(String application) {
        return Site.of("blog.example.net", application).bind(ServiceKind.RUNTIME, "web1/runtime");
    }

    static DatabaseAccess socket(String protocol) {
        return new DatabaseAccess(
                Name.of(protocol),
                Optional.of(HostPath.of("/run/mysqld/mysqld.sock")),
                "localhost",
                3306,
                "d'b",
                "u\\",
                PASSWORD);
    }

    static DatabaseAccess server(String protocol, String host) {
        return new DatabaseAccess(Name.of(protocol), Optional.empty(), host, 3306, "db", "u", PASSWORD);
    }

    static ApplicationRequest request(Site site, DatabaseAccess database) {
        return request(site, Optional.of(database));
    }

    static ApplicationRequest request(Site site, Optional<DatabaseAccess> database) {
        Codebase codebase = Codebase.of("code", CodeSource.directory("/srv/code"));
        HostPath tree = HostPath.of("/srv/aegir/code/c/tree");
        Workbench workbench = new Workbench(
                Name.of("web1"),
                site.id().account(),
                HostPath.of("/srv/aegir/sites/" + site.id()),
                tree,
                HostPath.of("/usr/bin/php8.2"),
                Map.of());
        return new ApplicationRequest(
                site,
                codebase,
                new Release(codebase.id(), codebase.name(), codebase.source(), Optional.empty(), tree),
                Server.at("web1", "ssh://web1.example.net"),
                Optional.of(new ApplicationRequest.Processes(workbench, HANDLER)),
                database);
    }
}
