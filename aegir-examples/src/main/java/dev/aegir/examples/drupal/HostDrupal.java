// SPDX-License-Identifier: Apache-2.0
package dev.aegir.examples.drupal;

import dev.aegir.Aegir;
import dev.aegir.model.CodeSource;
import dev.aegir.model.Codebase;
import dev.aegir.model.Packages;
import dev.aegir.model.Server;
import dev.aegir.model.Service;
import dev.aegir.model.ServiceKind;
import dev.aegir.model.Site;
import dev.aegir.task.CreateCodebase;
import dev.aegir.task.EnrolServer;
import dev.aegir.task.InstallSite;
import dev.aegir.task.LoginLink;
import dev.aegir.task.PrepareServer;
import dev.aegir.task.ScanCodebase;
import dev.aegir.task.TaskInfo;
import dev.aegir.task.UpdateDatabase;
import dev.aegir.task.VerifySite;
import java.nio.file.Path;

/** A Drupal site on one server. */
public final class HostDrupal {
    private HostDrupal() {}

    /**
     * Hosts a site.
     *
     * @param arguments a directory for what Aegir knows, the server's address ({@code ssh://root@web1.example.net}), its
     *     host key ({@code SHA256:...}), a git repository with a composer project of Drupal, the site's name
     * @throws Exception when it cannot be done; what was begun is taken back then
     */
    public static void main(String[] arguments) throws Exception {
        String repository = arguments[3];
        // tag::source[]
        CodeSource code = CodeSource.composer(repository, "main").with("trusted", "true");
        // end::source[]
        host(Path.of(arguments[0]), arguments[1], arguments[2], code, arguments[4]);
    }

    static String host(Path home, String address, String hostKey, CodeSource code, String name) throws Exception {
        try (Aegir aegir = Aegir.open(home)) {
            // tag::server[]
            Server web1 = Server.at("web1", address)
                    .hostKey(hostKey)
                    .offering(Service.http("nginx"))
                    .offering(Service.of(ServiceKind.RUNTIME, "php-fpm").with("version", "8.2"))
                    .offering(Service.of(ServiceKind.DB, "mariadb"));
            aegir.run(new EnrolServer(web1)).orThrow();
            aegir.run(new PrepareServer("web1")).orThrow();
            // end::server[]

            // tag::codebase[]
            Codebase shop = Codebase.of("shop-1", code)
                    .application("drupal")
                    .webRoot("web")
                    .on("web1");
            aegir.run(new CreateCodebase(shop)).orThrow();
            // end::codebase[]

            // tag::scan[]
            aegir.run(new ScanCodebase("shop-1")).orThrow();
            Packages packages = aegir.inventory().packages("shop-1").orElseThrow();
            String core = packages.find("core", "drupal").orElseThrow().version();
            // end::scan[]

            // tag::site[]
            Site site = Site.of(name, "shop-1")
                    .http("web1/http")
                    .runtime("web1/runtime")
                    .database("web1/db")
                    .with("title", "Ann's shop")
                    .with("admin.name", "ann")
                    .with("admin.mail", "ann@example.net")
                    .with("profile", "minimal");
            aegir.run(new InstallSite(site)).orThrow();
            // end::site[]

            // tag::login[]
            TaskInfo made = aegir.run(new LoginLink(name)).orThrow();
            String link = made.results().get("login.link"); // works once
            // end::login[]

            // tag::later[]
            aegir.run(new UpdateDatabase(name)).orThrow();
            TaskInfo seen = aegir.run(new VerifySite(name)).orThrow();
            String pending = seen.results().get("drupal.updates");
            // end::later[]
            return link + " " + core + " " + pending;
        }
    }
}
