// SPDX-License-Identifier: Apache-2.0
package dev.aegir.examples.drupal;

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
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * One server with nginx, PHP, MariaDB and PostgreSQL, and a Drupal that the environment variable names: a directory, or a
 * bare git repository, with a project of Drupal, its packages installed.
 */
final class DrupalLab implements AutoCloseable {
    static final String CODE = "/opt/drupal";
    private static final SecretRef KEY = SecretRef.of("ssh/lab");

    private final Lab lab = Lab.open();
    final LabServer web1 = lab.server("web1");

    /** A fresh server, enrolled and prepared, with the code of a project. */
    Aegir fresh(Path home, Path project) throws Exception {
        web1.reset();
        bring(project);
        Aegir aegir = Aegir.open(home);
        aegir.secrets().keep(KEY, Secret.of(Files.readString(lab.privateKey())));
        Server server = Server.at("web1", web1.address())
                .hostKey(web1.hostKey())
                .credential(KEY)
                .offering(Service.http("nginx"))
                .offering(Service.of(ServiceKind.RUNTIME, "php-fpm").with("version", "8.2"))
                .offering(Service.of(ServiceKind.DB, "mariadb"))
                .offering(Service.of(ServiceKind.DB, "postgresql").named("pg"));
        aegir.run(new EnrolServer(server)).orThrow();
        aegir.run(new PrepareServer("web1")).orThrow();
        return aegir;
    }

    /** The code of a project is on the server, in place of what was there. What its own site had is left out. */
    void bring(Path project) throws IOException, InterruptedException {
        web1.exec("sh", "-c", "rm -rf " + CODE + " && mkdir -p " + CODE).orThrow();
        List<String> ssh = List.of(
                "ssh",
                "-q",
                "-i",
                lab.privateKey().toString(),
                "-p",
                Integer.toString(web1.sshPort()),
                "-o",
                "StrictHostKeyChecking=no",
                "-o",
                "UserKnownHostsFile=/dev/null",
                "root@127.0.0.1",
                "tar -C " + CODE + " -x --no-same-owner && chown -R 0:0 " + CODE);
        List<String> files = List.of(
                "tar",
                "-C",
                project.toString(),
                "--exclude=./.git",
                "--exclude=./web/sites/default/files",
                "--exclude=./web/sites/default/settings*.php",
                "--exclude=./web/sites/default/services.yml",
                "-c",
                ".");
        List<String> repository = List.of("git", "-C", project.toString(), "archive", "--format=tar", "HEAD");
        List<String> tar = Files.isDirectory(project.resolve("objects")) ? repository : files;
        List<Process> both = ProcessBuilder.startPipeline(List.of(
                new ProcessBuilder(tar).redirectError(ProcessBuilder.Redirect.DISCARD),
                new ProcessBuilder(ssh).redirectErrorStream(true)));
        String said = new String(both.get(1).getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (both.get(0).waitFor() != 0 || both.get(1).waitFor() != 0) {
            throw new IllegalStateException(project + " cannot be brought to the lab: " + said);
        }
    }

    /** The code has a module of ours, with an update of that number, if any, and a deploy hook; both note who has run them. */
    void probe(String update) {
        String note =
                "\\Drupal::state()->set('probe.%s', (class_exists('Drush\\Drush', false) ? 'drush' : 'runner') . ' of '"
                        + " . posix_getpwuid(posix_geteuid())['name'] . ' with ' . PHP_VERSION);";
        String top = CODE + "/web/modules/probe/";
        write(top + "probe.info.yml", "name: Probe\ntype: module\ncore_version_requirement: '>=9'\n");
        if (!update.isEmpty()) {
            write(
                    top + "probe.install",
                    "<?php\nfunction probe_update_" + update + "() { " + note.formatted(update) + " }\n");
            write(
                    top + "probe.deploy.php",
                    "<?php\nfunction probe_deploy_once() { " + note.formatted("deploy") + " }\n");
        }
    }

    private void write(String path, String text) {
        web1.execWithInput(text, "sh", "-ec", "mkdir -p \"${1%/*}\" && cat >\"$1\"", "sh", path)
                .orThrow();
    }

    String address() {
        return web1.address() + "?key=" + lab.privateKey();
    }

    static void codebase(Aegir aegir) throws InterruptedException {
        aegir.run(new CreateCodebase(Codebase.of("shop", CodeSource.directory(CODE))
                        .application("drupal")
                        .webRoot("web")
                        .on("web1")))
                .orThrow();
    }

    static Site site(String name, String database) {
        return Site.of(name, "shop")
                .http("web1/http")
                .runtime("web1/runtime")
                .database("web1/" + database)
                .with("title", "It's \"Ann's\" \\ <shop> é")
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

    /** All that sites could leave behind. */
    List<Object> world() {
        Fingerprint files = web1.fingerprint("/etc", "/srv", "/home", CODE + "/web/sites", "/run/php")
                .without(path ->
                        path.equals("/etc/.pwd.lock") || path.matches("/etc/(g?shadow|passwd|group|sub[gu]id)-"))
                // Made for the first site or copy, and kept for the next.
                .without(path -> path.equals("/etc/nginx/aegir/sites") || path.equals("/srv/aegir/staging"));
        String rows = sql("SELECT SCHEMA_NAME FROM information_schema.SCHEMATA ORDER BY 1;"
                + " SELECT User, Host FROM mysql.global_priv ORDER BY 1, 2;");
        String databases = web1.exec(
                        "runuser",
                        "-u",
                        "postgres",
                        "--",
                        "psql",
                        "-AtXc",
                        "SELECT datname FROM pg_database ORDER BY 1")
                .orThrow()
                .stdout();
        return List.of(files, rows, databases);
    }

    @Override
    public void close() {
        lab.close();
    }
}
