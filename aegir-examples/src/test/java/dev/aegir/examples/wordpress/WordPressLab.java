// SPDX-License-Identifier: Apache-2.0
package dev.aegir.examples.wordpress;

import dev.aegir.Aegir;
import dev.aegir.examples.Browser;
import dev.aegir.host.Secret;
import dev.aegir.lab.Fingerprint;
import dev.aegir.lab.Lab;
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
import dev.aegir.task.PrepareServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** One server with nginx, two versions of PHP and MariaDB, on which WordPress lies. */
final class WordPressLab implements AutoCloseable {
    static final SecretRef KEY = SecretRef.of("ssh/lab");

    final Lab lab = Lab.open();
    final LabServer web1 = lab.server("web1");

    /** A fresh server, enrolled and prepared. */
    Aegir fresh(Path home) throws Exception {
        web1.reset();
        // The dashboard asks for updates, and the lab has nobody who answers: so it hears that at once.
        web1.exec("sh", "-c", "grep -q wordpress.org /etc/hosts || echo 127.0.0.1 api.wordpress.org >>/etc/hosts")
                .orThrow();
        Aegir aegir = Aegir.open(home);
        aegir.secrets().keep(KEY, Secret.of(Files.readString(lab.privateKey())));
        Server server = Server.at("web1", web1.address())
                .hostKey(web1.hostKey())
                .credential(KEY)
                .offering(Service.http("nginx"))
                .offering(php("8.2"))
                .offering(php("8.4"))
                .offering(Service.of(ServiceKind.DB, "mariadb"))
                .offering(Service.of(ServiceKind.DB, "postgresql").named("pg"))
                .offering(Service.of(ServiceKind.BACKUP, "archive"));
        aegir.run(new EnrolServer(server)).orThrow();
        aegir.run(new PrepareServer("web1")).orThrow();
        return aegir;
    }

    String address() {
        return web1.address() + "?key=" + lab.privateKey();
    }

    private static Service php(String version) {
        return Service.of(ServiceKind.RUNTIME, "php-fpm")
                .named("php" + version.replace(".", ""))
                .with("version", version)
                // A page takes long where many tests run at once, and no request is to be broken off.
                .with("reload-timeout", "30");
    }

    static void codebase(Aegir aegir, String name, String directory) throws InterruptedException {
        aegir.run(new CreateCodebase(Codebase.of(name, CodeSource.directory(directory))
                        .application("wordpress")
                        .on("web1")))
                .orThrow();
    }

    static Site site(String name, String codebase, String php) {
        return Site.of(name, codebase)
                .http("web1/http")
                .runtime("web1/" + php)
                .database("web1/db")
                .with("title", "It's \"Ann's\" \\ <notes> é")
                .with("admin.name", "ann lee")
                .with("admin.mail", "ann@example.net");
    }

    Browser browser(String name) {
        return new Browser(web1.http(), name);
    }

    String sql(String statement) {
        return web1.execWithInput(statement, "mariadb", "-N", "--default-character-set=utf8mb4")
                .orThrow()
                .stdout();
    }

    String postgres(String statement) {
        return web1.execWithInput(statement, "runuser", "-u", "postgres", "--", "psql", "-AtX", "-v", "ON_ERROR_STOP=1")
                .orThrow()
                .stdout();
    }

    /** All that sites could leave behind. */
    record World(Fingerprint files, List<String> rows) {
        List<String> differencesFrom(World before) {
            List<String> all = new ArrayList<>(files.differencesFrom(before.files));
            rows.stream().filter(row -> !before.rows.contains(row)).forEach(row -> all.add("new: " + row));
            before.rows.stream().filter(row -> !rows.contains(row)).forEach(row -> all.add("gone: " + row));
            return all;
        }
    }

    World world() {
        // What useradd and userdel keep of the files as they were, and the directory that all sites are in.
        Fingerprint files = web1.fingerprint(
                        "/etc", "/srv", "/home", "/opt/applications", "/run/php", "/var/spool/cron")
                .without(path ->
                        path.matches("/etc/(group|gshadow|passwd|shadow|subuid|subgid)-|/etc/nginx/aegir/sites"));
        List<String> rows = new ArrayList<>(sql("""
                        SELECT SCHEMA_NAME, SCHEMA_COMMENT FROM information_schema.SCHEMATA ORDER BY 1;
                        SELECT User, Host FROM mysql.global_priv ORDER BY 1, 2;
                        SELECT * FROM mysql.db ORDER BY User, Host, Db;
                        SELECT Host, Db, User, Table_name, Table_priv FROM mysql.tables_priv ORDER BY 1, 2, 3, 4;
                        """).lines().toList());
        rows.addAll(postgres("""
                        SELECT datname, datacl FROM pg_database ORDER BY 1;
                        SELECT rolname, rolcanlogin FROM pg_roles ORDER BY 1;
                        """).lines().toList());
        return new World(files, rows);
    }

    @Override
    public void close() {
        lab.close();
    }
}
