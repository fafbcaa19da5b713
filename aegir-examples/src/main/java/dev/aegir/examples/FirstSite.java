// SPDX-License-Identifier: Apache-2.0
package dev.aegir.examples;

import dev.aegir.Aegir;
import dev.aegir.model.CodeSource;
import dev.aegir.model.Codebase;
import dev.aegir.model.Server;
import dev.aegir.model.Service;
import dev.aegir.model.Site;
import dev.aegir.task.CreateCodebase;
import dev.aegir.task.EnrolServer;
import dev.aegir.task.InstallSite;
import dev.aegir.task.PrepareServer;
import java.nio.file.Path;

/** A static site from a git repository on one server, in as few lines as it takes. */
public final class FirstSite {
    private FirstSite() {}

    /**
     * Hosts a site.
     *
     * @param arguments a directory for what Aegir knows, the server's address ({@code ssh://root@web1.example.net}), its
     *     host key ({@code SHA256:...}), a git repository, the site's name
     * @throws Exception when it cannot be done; what was begun is taken back then
     */
    public static void main(String[] arguments) throws Exception {
        host(Path.of(arguments[0]), arguments[1], arguments[2], arguments[3], arguments[4]);
    }

    static void host(Path home, String address, String hostKey, String repository, String name) throws Exception {
        // tag::first-site[]
        try (Aegir aegir = Aegir.open(home)) {
            Server web1 = Server.at("web1", address).hostKey(hostKey).offering(Service.http("nginx"));
            aegir.run(new EnrolServer(web1)).orThrow();
            aegir.run(new PrepareServer("web1")).orThrow();

            Codebase handbook = Codebase.of("handbook", CodeSource.git(repository, "main"));
            aegir.run(new CreateCodebase(handbook.webRoot("public").on("web1"))).orThrow();

            InstallSite install = new InstallSite(Site.of(name, "handbook").http("web1/http"));
            System.out.println(aegir.preview(install)); // every file as a difference, every command, and a hash
            aegir.run(install).orThrow();
        }
        // end::first-site[]
    }
}
