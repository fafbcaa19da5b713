// SPDX-License-Identifier: Apache-2.0
package dev.aegir.examples.move;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aegir.Aegir;
import dev.aegir.examples.Browser;
import dev.aegir.examples.Browser.Page;
import dev.aegir.examples.FailsForGood;
import dev.aegir.lab.LabServer;
import dev.aegir.model.CodeSource;
import dev.aegir.model.Codebase;
import dev.aegir.model.Name;
import dev.aegir.model.Server;
import dev.aegir.model.Service;
import dev.aegir.model.ServiceKind;
import dev.aegir.model.ServiceRef;
import dev.aegir.model.Site;
import dev.aegir.task.CloneSite;
import dev.aegir.task.CreateCodebase;
import dev.aegir.task.EnrolServer;
import dev.aegir.task.InstallSite;
import dev.aegir.task.MigrateSite;
import dev.aegir.task.PrepareServer;
import dev.aegir.task.RunCron;
import dev.aegir.task.ScanCodebase;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * A real WordPress moves while people write in it: its web server without its database, its database without its web server, and all
 * at once to another codebase, another PHP and another kind of web server. In between it is cloned to that code, with a database elsewhere.
 */
@Tag("lab")
@ExtendWith(FailsForGood.class)
@Timeout(600)
class CombinationsIT {
    private static final String NAME = MoveLab.NAME;
    private static final String OLDER = "wordpress";
    private static final String NEWER = "wordpress-next";
    private static final String PICTURE = "a \"picture\" ü.png";
    private static MoveLab lab;

    /** Everything that somebody was told is kept, since the site was installed. */
    private final Set<Integer> kept = new TreeSet<>();

    @TempDir
    Path home;

    @BeforeAll
    static void open() {
        lab = new MoveLab();
    }

    @AfterAll
    static void close() {
        lab.close();
    }

    /** Two servers of whose databases each is reached from both, and a WordPress 6.1 on the first. */
    private static void installed(Aegir aegir) throws Exception {
        lab.enrolled(aegir, server -> {
            String name = server.name().value();
            Service php =
                    Service.of(ServiceKind.RUNTIME, "php-fpm").named("php84").with("version", "8.4");
            return server.offering(Service.of(ServiceKind.DB, "mariadb")
                            .with("listen", "0.0.0.0")
                            .with("address", name))
                    // What runs there is Caddy's later.
                    .offering(name.equals("web1") ? php.with("web-account", "caddy") : php);
        });
        for (LabServer machine : List.of(lab.web1, lab.web2)) {
            String older = Writers.code(machine, "wordpress-6.1", "writer-6.1");
            machine.exec("cp", "-a", older + "/wp-content/themes/twentytwentythree", themes(machine))
                    .orThrow();
        }
        codebase(aegir, OLDER, "/opt/applications/writer-6.1");
        codebase(aegir, NEWER, Writers.code(lab.web1));
        aegir.run(new InstallSite(Site.of(NAME, OLDER)
                        .http("web1/http")
                        .runtime("web1/runtime")
                        .database("web1/db")
                        .with("title", "It goes everywhere")
                        .with("admin.name", "ann")
                        .with("admin.mail", "ann@example.net")))
                .orThrow();
        // Its first cron makes the directory of the month and a setting, at any moment of the first five minutes.
        aegir.run(new RunCron(NAME)).orThrow();
    }

    private static String themes(LabServer machine) {
        return Writers.code(machine) + "/wp-content/themes/";
    }

    private static void codebase(Aegir aegir, String name, String directory) throws Exception {
        aegir.run(new CreateCodebase(Codebase.of(name, CodeSource.directory(directory))
                        .application("wordpress")
                        .on("web1")))
                .orThrow();
        aegir.run(new ScanCodebase(name)).orThrow();
    }

    /** Nginx gives way to Caddy, on a server that has no site. */
    private static void serveWithCaddy(Aegir aegir, LabServer machine) throws Exception {
        machine.exec("systemctl", "stop", "nginx").orThrow();
        machine.exec("systemctl", "start", "caddy").orThrow();
        Server server = aegir.inventory().server(Name.of(machine.name())).orElseThrow();
        aegir.run(new EnrolServer(
                        server.offering(Service.http("caddy").named("http").with("https", "off"))))
                .orThrow();
        aegir.run(new PrepareServer(machine.name())).orThrow();
    }

    private static Site now(Aegir aegir) {
        return aegir.inventory().site(NAME).orElseThrow();
    }

    private static LabServer on(Site site, ServiceKind<?> kind) {
        ServiceRef service = site.service(kind).orElseThrow();
        return service.server().value().equals("web1") ? lab.web1 : lab.web2;
    }

    private static String database(Site site) {
        return site.settings().text("db.name").orElse(site.id().account());
    }

    private static Set<Integer> written(Site site) {
        return MoveLab.written(on(site, ServiceKind.DB), database(site));
    }

    /** What the site has, but for what people write meanwhile: rows as WordPress made them, and a file. */
    private static List<String> content(Site site) {
        String posts = MoveLab.sql(
                on(site, ServiceKind.DB),
                "USE `" + database(site)
                        + "`; SELECT post_title, post_name, MD5(post_content) FROM wp_posts ORDER BY ID;"
                        + " SELECT user_login, user_pass, user_email FROM wp_users ORDER BY ID;"
                        + " SELECT comment_author, comment_content FROM wp_comments ORDER BY comment_ID;");
        String file = on(site, ServiceKind.RUNTIME)
                .exec("stat", "-c", "%n %s %a %Y", "--", "/srv/aegir/sites/" + site.id() + "/files/" + PICTURE)
                .orThrow()
                .stdout();
        return List.of(posts, file);
    }

    private static Page served(LabServer machine, String name) throws Exception {
        Page page = new Browser(machine.http(), name).get("/");
        assertThat(page).returns(200, Page::status);
        assertThat(page.body()).contains("It goes everywhere");
        return page;
    }

    /** Moves it while people write, and looks whether all of it is there, and only there. */
    private void moves(Aegir aegir, Site wanted) throws Exception {
        Site before = now(aegir);
        List<String> content = content(before);
        Set<Integer> late;
        int first = kept.stream().mapToInt(Integer::intValue).max().orElse(0) + 1000;
        try (Writers writers = new Writers(on(before, ServiceKind.HTTP).http(), NAME, 3, first)) {
            writers.awaitMore(10);
            aegir.run(new MigrateSite(wanted)).orThrow();
            // They still ask the former server, which hands them on.
            writers.awaitMore(10);
            Set<Integer> known = new TreeSet<>(writers.acknowledged());
            writers.awaitMore(10);
            writers.rest();
            kept.addAll(writers.acknowledged());
            late = new TreeSet<>(writers.acknowledged());
            late.removeAll(known);
        }
        Site site = now(aegir);
        assertThat(site.services()).isEqualTo(wanted.services());
        assertThat(site.codebase()).isEqualTo(wanted.codebase());
        assertThat(written(site)).as("rows that were acknowledged").containsAll(kept);
        assertThat(MoveLab.uploads(on(site, ServiceKind.RUNTIME), site))
                .as("uploads that were acknowledged")
                .containsAll(kept);
        assertThat(content(site)).isEqualTo(content);
        if (!site.service(ServiceKind.DB).equals(before.service(ServiceKind.DB))) {
            assertThat(written(before)).as("the former database").isNotEmpty().doesNotContainAnyElementsOf(late);
        }
        Page page = served(on(site, ServiceKind.HTTP), NAME);
        assertThat(page.body()).contains("WordPress " + (site.codebase().value().equals(NEWER) ? "6.8" : "6.1"));
        assertThat(new Browser(on(site, ServiceKind.HTTP).http(), NAME)
                        .get("/wp-content/uploads/written-" + late.iterator().next() + ".txt"))
                .returns(200, Page::status)
                .returns(String.valueOf(late.iterator().next()), Page::body);

        MoveSite.retire(aegir, NAME);
        served(on(site, ServiceKind.HTTP), NAME);
        // One account is left, let in from where the site runs and where its database is.
        boolean apart = on(site, ServiceKind.DB) != on(site, ServiceKind.RUNTIME);
        assertThat(accounts(site)).hasSize(apart ? 2 : 1).allMatch(host -> apart || host.equals("localhost"));
        if (on(before, ServiceKind.RUNTIME) != on(site, ServiceKind.RUNTIME)) {
            assertThat(on(before, ServiceKind.RUNTIME).exists("/srv/aegir/sites/" + site.id()))
                    .isFalse();
        }
        if (on(before, ServiceKind.DB) != on(site, ServiceKind.DB)) {
            assertThat(MoveLab.databases(on(before, ServiceKind.DB)).toString())
                    .doesNotContain(site.id().account());
        }
    }

    /** Newer code beside it, with a database on the other server; the site itself is as it was. */
    private void isCloned(Aegir aegir) throws Exception {
        Site source = now(aegir);
        List<String> content = content(source);
        Site copy = Site.of("copy.example.net", NEWER)
                .http("web2/http")
                .runtime("web2/php84")
                .database("web1/db")
                .with("cron", "off");
        aegir.run(new CloneSite(NAME, copy)).orThrow();
        assertThat(served(lab.web2, "copy.example.net").body())
                .contains("WordPress 6.8", "http://copy.example.net/")
                .doesNotContain(NAME);
        assertThat(written(copy)).isEqualTo(written(source)).containsAll(kept);
        assertThat(MoveLab.uploads(lab.web2, copy)).containsAll(kept);
        assertThat(now(aegir)).isEqualTo(source);
        assertThat(content(source)).isEqualTo(content);
        assertThat(served(lab.web2, NAME).body()).contains("WordPress 6.1");
    }

    @Test
    void everythingComesAlongWhereverItGoes() throws Exception {
        try (Aegir aegir = Aegir.open(home)) {
            installed(aegir);
            Site site = now(aegir);
            // Whoever is the first makes WordPress write a page of navigation.
            served(lab.web1, NAME);
            lab.web1
                    .execWithInput(
                            "a picture",
                            "runuser",
                            "-u",
                            site.id().account(),
                            "--",
                            "tee",
                            "/srv/aegir/sites/" + site.id() + "/files/" + PICTURE)
                    .orThrow();
            moves(aegir, site.http("web2/http").runtime("web2/runtime"));
            moves(aegir, now(aegir).database("web2/db"));
            isCloned(aegir);
            serveWithCaddy(aegir, lab.web1);
            moves(aegir, MoveSite.everythingElse(now(aegir)));
            // And from Caddy to nginx.
            moves(aegir, now(aegir).http("web2/http").runtime("web2/php84"));
        }
    }

    /** From where anybody is let in for the site, on both servers. */
    private static List<String> accounts(Site site) {
        String sql = "SELECT Host FROM mysql.global_priv WHERE User LIKE '"
                + site.id().account() + "%'";
        return (MoveLab.sql(lab.web1, sql) + MoveLab.sql(lab.web2, sql)).lines().toList();
    }
}
