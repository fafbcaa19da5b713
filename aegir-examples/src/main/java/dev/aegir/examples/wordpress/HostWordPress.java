// SPDX-License-Identifier: Apache-2.0
package dev.aegir.examples.wordpress;

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
import dev.aegir.task.ResetPassword;
import dev.aegir.task.RotateCredentials;
import dev.aegir.task.RunInSite;
import dev.aegir.task.TaskInfo;
import dev.aegir.task.VerifySite;
import java.nio.file.Path;

/** A WordPress site on one server, from code that is there already. */
public final class HostWordPress {
    private HostWordPress() {}

    /**
     * Hosts a site.
     *
     * @param arguments a directory for what Aegir knows, the server's address ({@code ssh://root@web1.example.net}), its
     *     host key ({@code SHA256:...}), a directory on it with WordPress, the site's name
     * @throws Exception when it cannot be done; what was begun is taken back then
     */
    public static void main(String[] arguments) throws Exception {
        host(Path.of(arguments[0]), arguments[1], arguments[2], arguments[3], arguments[4]);
    }

    static String host(Path home, String address, String hostKey, String wordpress, String name) throws Exception {
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
            Codebase blog = Codebase.of("wordpress", CodeSource.directory(wordpress))
                    .application("wordpress")
                    .on("web1");
            aegir.run(new CreateCodebase(blog)).orThrow();
            // end::codebase[]

            // tag::site[]
            Site site = Site.of(name, "wordpress")
                    .http("web1/http")
                    .runtime("web1/runtime")
                    .database("web1/db")
                    .with("title", "Ann's notes")
                    .with("admin.name", "ann")
                    .with("admin.mail", "ann@example.net");
            aegir.run(new InstallSite(site)).orThrow();
            // end::site[]

            // tag::login[]
            TaskInfo made = aegir.run(new LoginLink(name)).orThrow();
            String link = made.results().get("login.link"); // works once, for five minutes
            // end::login[]

            // tag::password[]
            TaskInfo reset = aegir.run(new ResetPassword(name, "ann")).orThrow();
            String secret = reset.results().get("password.secret"); // the name it is kept under
            // end::password[]

            // tag::later[]
            TaskInfo seen = aegir.run(new VerifySite(name)).orThrow();
            System.out.println("WordPress " + seen.results().get("wordpress.version") + ", "
                    + seen.results().get("wordpress.updates.plugins") + " plugins to update");
            aegir.run(new RotateCredentials(name)).orThrow();
            // end::later[]
            // tag::packages[]
            Packages installed = aegir.inventory().sitePackages(name).orElseThrow();
            System.out.println(installed.table());
            // end::packages[]
            // tag::command[]
            RunInSite command = RunInSite.of(
                            name,
                            "{interpreter}",
                            "-r",
                            "require '{root}/wp-load.php'; echo wp_count_posts()->publish;")
                    .changingNothing();
            System.out.println(aegir.run(command).orThrow().results().get("output") + " posts");
            // end::command[]
            return link + " " + secret;
        }
    }
}
