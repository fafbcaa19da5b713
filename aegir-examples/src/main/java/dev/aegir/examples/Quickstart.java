// SPDX-License-Identifier: Apache-2.0
package dev.aegir.examples;

import dev.aegir.Aegir;
import dev.aegir.TaskHandle;
import dev.aegir.examples.move.Writers;
import dev.aegir.host.Secret;
import dev.aegir.lab.Lab;
import dev.aegir.lab.LabGit;
import dev.aegir.lab.LabServer;
import dev.aegir.model.CodeSource;
import dev.aegir.model.Codebase;
import dev.aegir.model.SecretRef;
import dev.aegir.model.Server;
import dev.aegir.model.Service;
import dev.aegir.model.ServiceKind;
import dev.aegir.model.Site;
import dev.aegir.model.WwwPolicy;
import dev.aegir.task.CreateCodebase;
import dev.aegir.task.DeleteSite;
import dev.aegir.task.DisableSite;
import dev.aegir.task.EnableSite;
import dev.aegir.task.EnrolServer;
import dev.aegir.task.InstallSite;
import dev.aegir.task.LoginLink;
import dev.aegir.task.MigrateSite;
import dev.aegir.task.PlanPreview;
import dev.aegir.task.PrepareServer;
import dev.aegir.task.RetireMigration;
import dev.aegir.task.Submission;
import dev.aegir.task.Task;
import dev.aegir.task.TaskEvent;
import dev.aegir.task.TaskInfo;
import dev.aegir.task.TaskState;
import dev.aegir.task.UpdateSite;
import dev.aegir.task.VerifyServer;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The whole life of a site on two real servers: enrolled, verified, planned, approved, installed, broken, taken back,
 * disabled, enabled, deleted; then a WordPress with its database, which moves to the other server while people write in it.
 */
public final class Quickstart {
    private static final String SITE = "docs.example.net";
    private static final String BLOG = "blog.example.net";

    private static final SecretRef KEY = SecretRef.of("ssh/lab");

    private final Aegir aegir;
    private final PrintStream out;

    private Quickstart(Aegir aegir, PrintStream out) {
        this.aegir = aegir;
        this.out = out;
    }

    /**
     * Runs it on the servers of the lab.
     *
     * @param arguments none
     * @throws Exception when something is not as it says
     */
    public static void main(String[] arguments) throws Exception {
        run(System.out);
    }

    static void run(PrintStream out) throws Exception {
        Path home = Files.createTempDirectory("aegir-quickstart");
        try (Lab lab = Lab.open();
                Aegir aegir = Aegir.open(home)) {
            out.println("Starting two Debian servers (systemd, nginx, OpenSSH) ...");
            LabServer web1 = lab.servers("web1", "web2").get(0);
            LabServer web2 = lab.server("web2");
            web1.reset();
            web2.reset();
            String repository = LabGit.handbook(web1, "/srv/git/handbook.git").daemonUrl();
            aegir.secrets().keep(KEY, Secret.of(Files.readString(lab.privateKey())));
            new Quickstart(aegir, out).everything(web1, web2, repository);
        } finally {
            Temporary.delete(home);
        }
    }

    private void everything(LabServer web1, LabServer web2, String repository) throws Exception {
        chapter("Enrol two servers, each with its host key pinned, and look at what they have");
        for (LabServer machine : new LabServer[] {web1, web2}) {
            // tag::enrol[]
            Server server = Server.at(machine.name(), machine.address())
                    .hostKey(machine.hostKey())
                    .credential(KEY)
                    .offering(Service.http("nginx"));
            follow(new EnrolServer(server));
            follow(new PrepareServer(machine.name()));
            // end::enrol[]
        }
        TaskInfo verified = follow(new VerifyServer("web1"));
        verified.results().forEach((fact, value) -> out.printf("      %-32s %s%n", fact, value));

        chapter("Bring a codebase from a git repository to both");
        // tag::codebase[]
        Codebase handbook = Codebase.of("handbook", CodeSource.git(repository, "v2"))
                .webRoot("public")
                .on("web1", "web2");
        follow(new CreateCodebase(handbook));
        // end::codebase[]

        chapter("Plan a site: every file as a difference, every command, and a hash to approve it by");
        // tag::plan[]
        Site site = Site.of(SITE, "handbook")
                .http("web1/http")
                .aliases("manual.example.net")
                .www(WwwPolicy.REDIRECT)
                .redirect("/old", "/chapters/one.html");
        InstallSite install = new InstallSite(site);
        PlanPreview plan = aegir.preview(install);
        // end::plan[]
        out.println(plan.toString().indent(2));

        chapter("Install it: exactly what was approved, or nothing");
        // tag::approve[]
        TaskHandle task = aegir.submit(Submission.of(install).approved(plan));
        TaskInfo installed = task.follow(this::print);
        // end::approve[]
        expect(installed.state() == TaskState.SUCCEEDED, installed);
        show(web1, SITE, "/");
        show(web1, "www." + SITE, "/");
        show(web1, SITE, "/old");
        show(web1, "somebody-else.example.org", "/");

        chapter("Install it again: nothing to do");
        PlanPreview again = aegir.preview(install);
        out.println(again.toString().indent(2));
        expect(again.isEmpty(), installed);

        chapter("Break the server's configuration by hand, then try to change the site");
        web1.execWithInput("server { this is no nginx configuration\n", "tee", "/etc/nginx/conf.d/by-hand.conf")
                .orThrow();
        TaskInfo broken = aegir.submit(new UpdateSite(site.aliases("manual.example.net", "handbuch.example.net")))
                .follow(this::print);
        expect(broken.state() == TaskState.ROLLED_BACK, broken);
        out.println("  The new name is not there, and the site is as it was:");
        show(web1, "handbuch.example.net", "/");
        show(web1, "manual.example.net", "/chapters/one.html");
        web1.exec("rm", "/etc/nginx/conf.d/by-hand.conf").orThrow();

        chapter("Disable, enable and delete it");
        follow(new DisableSite(SITE));
        show(web1, SITE, "/");
        follow(new EnableSite(SITE));
        show(web1, SITE, "/");
        follow(new DeleteSite(SITE));
        show(web1, SITE, "/");

        wordpress(web1);
        move(web1, web2);

        chapter("What next");
        out.println("""
                  README.md                  what Aegir is, and ten lines to begin with
                  docs/host-wordpress.md     WordPress, step by step; docs/host-drupal.md likewise
                  docs/move-a-site.md        migrate, clone, rename, upgrade
                  docs/write-an-engine.md    run sites with other software: a Caddy engine in a hundred lines
                  aegir-examples/            one feature, one main; this is Quickstart.java
                  bin/test                   everything that is promised, on these servers
                  bin/lab down               ends the servers
                """);
    }

    private void wordpress(LabServer web1) throws Exception {
        chapter("A real WordPress: nginx, PHP under an account of its own, MariaDB");
        Server server = aegir.inventory().server("web1").orElseThrow();
        follow(new EnrolServer(server.offering(Service.of(ServiceKind.RUNTIME, "php-fpm"))
                .offering(Service.of(ServiceKind.DB, "mariadb"))));
        follow(new PrepareServer("web1"));
        follow(new CreateCodebase(Codebase.of("wordpress", CodeSource.directory(Writers.code(web1)))
                .application("wordpress")
                .on("web1")));
        follow(new InstallSite(Site.of(BLOG, "wordpress")
                .http("web1/http")
                .runtime("web1/runtime")
                .database("web1/db")
                .with("title", "A quick start")
                .with("admin.name", "ann")
                .with("admin.mail", "ann@example.net")));
        Http page = Http.get(web1.http(), BLOG, "/");
        out.println("  GET http://" + BLOG + "/ -> " + page.status() + ", " + page.between("<title>", "</title>"));

        chapter("Nobody knows its password: a link logs in, once");
        URI link = URI.create(follow(new LoginLink(BLOG)).results().get("login.link"));
        HttpClient browser = Http.browser();
        String path = link.getRawPath() + "?" + link.getRawQuery();
        out.println("  GET the link -> " + Http.get(browser, web1.http(), BLOG, path));
        Http admin = Http.get(browser, web1.http(), BLOG, "/wp-admin/");
        out.println("  GET /wp-admin/ -> " + admin.status() + ", " + admin.between("<title>", "</title>"));
        out.println(
                "  GET the link again -> " + Http.get(web1.http(), BLOG, path).status());
    }

    private void move(LabServer web1, LabServer web2) throws Exception {
        chapter("Move it to the other server, while people write in it all the time");
        Server server = aegir.inventory().server("web2").orElseThrow();
        follow(new EnrolServer(server.offering(Service.of(ServiceKind.RUNTIME, "php-fpm"))
                .offering(Service.of(ServiceKind.DB, "mariadb"))));
        follow(new PrepareServer("web2"));
        Writers.code(web2);
        Site blog = aegir.inventory().site(BLOG).orElseThrow();
        try (Writers writers = new Writers(web1.http(), BLOG, 2)) {
            writers.awaitMore(10);
            TaskInfo moved = follow(new MigrateSite(
                    blog.http("web2/http").runtime("web2/runtime").database("web2/db")));
            // They ask the former server, which hands them on.
            writers.awaitMore(10);
            writers.rest();
            String rows = web2.execWithInput(
                            "SELECT option_value FROM `" + blog.id().account()
                                    + "`.wp_options WHERE option_name LIKE 'written\\_%'",
                            "mariadb",
                            "-N")
                    .orThrow()
                    .stdout();
            Set<String> kept = rows.lines().collect(Collectors.toSet());
            long lost = writers.acknowledged().stream()
                    .filter(number -> !kept.contains(number.toString()))
                    .count();
            out.println("  writes acknowledged: " + writers.acknowledged().size() + ", lost: " + lost
                    + ", asked to come back later: " + writers.refused() + "; closed for "
                    + moved.results().get("freeze.milliseconds") + " ms");
            expect(lost == 0, moved);
        }
        follow(new RetireMigration(BLOG).now());
        Http page = Http.get(web2.http(), BLOG, "/");
        out.println("  GET http://" + BLOG + "/ -> " + page.status() + ", " + page.between("<title>", "</title>"));
        follow(new DeleteSite(BLOG));
    }

    private TaskInfo follow(Task task) throws InterruptedException {
        return aegir.submit(task).follow(this::print).orThrow();
    }

    private void print(TaskEvent event) {
        switch (event.kind()) {
            case SUBMITTED -> out.println("  " + event.text());
            case STEP_STARTED -> out.println("    [" + event.text() + "] " + event.step());
            case STEP_FAILED, STEP_UNDOING, STEP_UNDONE, ENDED -> out.println("    " + event);
            default -> {
                // Logs and the rest are for those who ask for them.
            }
        }
    }

    private void show(LabServer machine, String name, String path) throws IOException, InterruptedException {
        out.println("  GET http://" + name + path);
        out.println(Http.get(machine.http(), name, path).toString().indent(6).stripTrailing());
    }

    private void chapter(String title) {
        out.println();
        out.println("== " + title);
    }

    private static void expect(boolean asItShouldBe, TaskInfo task) {
        if (!asItShouldBe) {
            throw new IllegalStateException("not as it should be: " + task);
        }
    }
}
