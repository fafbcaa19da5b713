// SPDX-License-Identifier: Apache-2.0
package dev.aegir.examples.move;

import dev.aegir.Aegir;
import dev.aegir.host.Secret;
import dev.aegir.lab.Fingerprint;
import dev.aegir.lab.Lab;
import dev.aegir.lab.LabMySql;
import dev.aegir.lab.LabServer;
import dev.aegir.model.CodeSource;
import dev.aegir.model.Codebase;
import dev.aegir.model.SecretRef;
import dev.aegir.model.Server;
import dev.aegir.model.Service;
import dev.aegir.model.ServiceKind;
import dev.aegir.model.Site;
import dev.aegir.task.CreateCodebase;
import dev.aegir.task.EnrolServer;
import dev.aegir.task.InstallSite;
import dev.aegir.task.PrepareServer;
import dev.aegir.task.RunCron;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/** Two servers with nginx, PHP and MariaDB each, and a WordPress on the first that writes what it is asked to. */
final class MoveLab implements AutoCloseable {
    static final String NAME = "blog.example.net";
    private static final SecretRef KEY = SecretRef.of("ssh/lab");

    private final Lab lab = Lab.open();
    final LabServer web1;
    final LabServer web2;

    MoveLab() {
        List<LabServer> both = lab.servers("web1", "web2");
        web1 = both.get(0);
        web2 = both.get(1);
    }

    /** Fresh servers, enrolled and prepared, and the site on the first. */
    Aegir fresh(Path home) throws Exception {
        return fresh(Aegir.open(home));
    }

    /** The same for a program of one's own. */
    Aegir fresh(Aegir aegir) throws Exception {
        return fresh(aegir, "mariadb", "mariadb");
    }

    /** The same with databases of one kind on the first, and of another on the second. */
    Aegir fresh(Aegir aegir, String first, String second) throws Exception {
        enrolled(aegir, first, second);
        aegir.run(new CreateCodebase(Codebase.of("wordpress", CodeSource.directory(Writers.code(web1)))
                        .application("wordpress")
                        .on("web1")))
                .orThrow();
        aegir.run(new InstallSite(Site.of(NAME, "wordpress")
                        .http("web1/http")
                        .runtime("web1/runtime")
                        .database("web1/db")
                        .with("title", "A moving story")
                        .with("admin.name", "ann")
                        .with("admin.mail", "ann@example.net")))
                .orThrow();
        // Its first cron makes the directory of the month and a setting, at any moment of the first five minutes.
        aegir.run(new RunCron(NAME)).orThrow();
        return aegir;
    }

    /** Fresh servers, enrolled and prepared, with databases of one kind. */
    void enrolled(Aegir aegir, String database) throws Exception {
        enrolled(aegir, database, database);
    }

    private void enrolled(Aegir aegir, String first, String second) throws Exception {
        enrolled(
                aegir,
                server -> server.offering(
                        Service.of(ServiceKind.DB, server.name().value().equals(web1.name()) ? first : second)));
    }

    /** The same with services of one's own beside those that all have. */
    void enrolled(Aegir aegir, UnaryOperator<Server> more) throws Exception {
        aegir.secrets().keep(KEY, Secret.of(Files.readString(lab.privateKey())));
        for (LabServer machine : List.of(web1, web2)) {
            machine.reset();
            Writers.code(machine);
            Server server = more.apply(Server.at(machine.name(), machine.address())
                    .hostKey(machine.hostKey())
                    .credential(KEY)
                    .offering(Service.http("nginx"))
                    .offering(Service.of(ServiceKind.RUNTIME, "php-fpm"))
                    .offering(Service.of(ServiceKind.BACKUP, "archive")));
            if (server.services().stream()
                    .anyMatch(service -> service.engine().value().equals("mysql"))) {
                LabMySql.install(machine);
            }
            aegir.run(new EnrolServer(server)).orThrow();
            aegir.run(new PrepareServer(machine.name())).orThrow();
        }
    }

    static String sql(LabServer server, String statement) {
        return server.execWithInput(statement, "mariadb", "-N", "--default-character-set=utf8mb4")
                .orThrow()
                .stdout();
    }

    /** What a shell says that runs as a site's account, where the site has its files. */
    static String as(LabServer server, Site site, String script) {
        return server.exec(
                        "runuser",
                        "-u",
                        site.id().account(),
                        "--",
                        "sh",
                        "-c",
                        "cd /srv/aegir/sites/" + site.id() + " && " + script)
                .orThrow()
                .stdout();
    }

    /** The numbers of {@link Writers} that a database has. */
    static Set<Integer> written(LabServer server, String database) {
        return sql(
                        server,
                        "SELECT option_value FROM `" + database + "`.wp_options WHERE option_name LIKE 'written\\_%'")
                .lines()
                .map(Integer::valueOf)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** The numbers of {@link Writers} that a site's files have. */
    static Set<Integer> uploads(LabServer server, Site site) {
        String list = "cd /srv/aegir/sites/" + site.id() + "/files && grep -H '' -- written-*.txt";
        return server.exec("sh", "-c", list)
                .orThrow()
                .stdout()
                .lines()
                .filter(line -> line.matches("written-([0-9]+)\\.txt:\\1"))
                .map(line -> Integer.valueOf(line.substring(line.indexOf(':') + 1)))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** All that a site could leave behind, but for what changes on its own. */
    static Fingerprint files(LabServer server) {
        return server.fingerprint("/etc", "/srv", "/opt/applications", "/run/php")
                .without(path -> path.matches(
                        "/etc/(group|gshadow|passwd|shadow|subuid|subgid)-|/etc/nginx/aegir/sites|/srv/aegir/staging"
                                + "|.*/(sessions|tmp|logs)(/.*)?"));
    }

    static List<String> databases(LabServer server) {
        return sql(server, """
                        SELECT SCHEMA_NAME, SCHEMA_COMMENT FROM information_schema.SCHEMATA ORDER BY 1;
                        SELECT User, Host FROM mysql.global_priv ORDER BY 1, 2;
                        SELECT * FROM mysql.db ORDER BY User, Host, Db;
                        """).lines().toList();
    }

    @Override
    public void close() {
        lab.close();
    }
}
