// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.app.drupal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aegir.engine.app.copy.SanitisePolicy;
import dev.aegir.engine.app.drupal.DrupalException.Problem;
import dev.aegir.host.Command;
import dev.aegir.host.CommandResult;
import dev.aegir.host.FileChange;
import dev.aegir.host.SecretText;
import dev.aegir.host.Workbench;
import dev.aegir.model.CodeSource;
import dev.aegir.model.Codebase;
import dev.aegir.model.DatabaseAccess;
import dev.aegir.model.HostPath;
import dev.aegir.model.Id;
import dev.aegir.model.InvalidValueException;
import dev.aegir.model.Name;
import dev.aegir.model.RefusedException;
import dev.aegir.model.Release;
import dev.aegir.model.RunningSite;
import dev.aegir.model.SecretRef;
import dev.aegir.model.Server;
import dev.aegir.model.Settings;
import dev.aegir.model.Site;
import dev.aegir.model.VirtualHost;
import dev.aegir.spi.Application;
import dev.aegir.spi.ApplicationRequest;
import dev.aegir.spi.CodeRequest;
import dev.aegir.spi.StoredForm;
import dev.aegir.task.Step;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is written for a site of Drupal, and how it is asked. */
class DrupalApplicationTest {
    private static final Id SITE = Id.of("01ARZ3NDEKTSV4RRFFQ69G5FAV");
    private static final Id CODE = Id.of("01ARZ3NDEKTSV4RRFFQ69G5FAW");
    private static final SecretRef PASSWORD = SecretRef.of("site/db");

    private static final RunningSite RUNNING =
            new RunningSite(Name.of("web1"), HostPath.of("/var/www/shop"), "www-data", Optional.empty());

    private static Site site() {
        return Site.of("shop.example.net", "shop")
                .aliases("store.example.net")
                .identified(SITE)
                .with("title", "Ann's");
    }

    private static DatabaseAccess socket(String protocol, String path, int port) {
        return new DatabaseAccess(
                Name.of(protocol),
                Optional.of(HostPath.of(path)),
                "localhost",
                port,
                "d'b",
                "u\\{{db.password}}",
                PASSWORD);
    }

    private static ApplicationRequest request(Site site, DatabaseAccess database) {
        HostPath tree = HostPath.of("/srv/aegir/code/c/tree");
        Codebase codebase = new Codebase(
                CODE,
                Name.of("shop"),
                Name.of("drupal"),
                CodeSource.directory("/srv/shop"),
                "web",
                Optional.of("1"),
                List.of(Name.of("web1")),
                false,
                Settings.none());
        Workbench workbench = new Workbench(
                Name.of("web1"),
                SITE.account(),
                HostPath.of("/srv/aegir/sites/" + SITE),
                tree,
                HostPath.of("/usr/bin/php8.2"),
                Map.of("AEGIR_SITE", SITE.value()));
        return new ApplicationRequest(
                site,
                codebase,
                new Release(CODE, codebase.name(), codebase.source(), codebase.revision(), tree),
                Server.at("web1", "ssh://web1"),
                Optional.of(new ApplicationRequest.Processes(
                        workbench, new VirtualHost.PhpFpm(HostPath.of("/run/php/site.sock"), 32))),
                Optional.of(database));
    }

    private static ApplicationRequest request() {
        return request(site(), socket("mysql", "/run/mysqld/mysqld.sock", 3306));
    }

    @Test
    void theSettingsAreExactlySo() {
        FileChange.Write file = DrupalSettings.file(request());
        assertThat(file.path().value()).isEqualTo("/srv/aegir/sites/" + SITE + "/settings/settings.php");
        assertThat(file.mode() + " " + file.account()).isEqualTo("0440 root:" + SITE.account());
        assertThat(file.secrets())
                .containsEntry("{{db.password}}", SecretText.php(PASSWORD))
                .containsEntry("{{hash.salt}}", SecretText.php(SecretRef.of("site/" + SITE + "/drupal/hash-salt")));
        assertThat(file.content()).isEqualTo("""
                <?php
                // Settings of the site shop.example.net (01ARZ3NDEKTSV4RRFFQ69G5FAV), written by Aegir: what is changed here is lost.
                // Settings of your own belong into settings.local.php beside this file.
                $databases['default']['default'] = [
                  'driver' => 'mysql',
                  'namespace' => 'Drupal\\\\mysql\\\\Driver\\\\Database\\\\mysql',
                  'autoload' => 'core/modules/mysql/src/Driver/Database/mysql/',
                  'database' => 'd\\'b',
                  'username' => 'u\\\\{'.'{db.password}}',
                  'password' => {{db.password}},
                  'prefix' => '',
                  'host' => 'localhost',
                  'port' => '3306',
                  'unix_socket' => '/run/mysqld/mysqld.sock',
                  'charset' => 'utf8mb4',
                  'collation' => 'utf8mb4_general_ci',
                  'isolation_level' => 'READ COMMITTED',
                ];
                $settings['hash_salt'] = {{hash.salt}};
                $settings['deployment_identifier'] = '01ARZ3NDEKTSV4RRFFQ69G5FAW';
                $settings['trusted_host_patterns'] = ['^shop\\\\.example\\\\.net$', '^store\\\\.example\\\\.net$'];
                $settings['config_sync_directory'] = '/srv/aegir/sites/01ARZ3NDEKTSV4RRFFQ69G5FAV/config/sync';
                $settings['file_public_path'] = 'sites/01ARZ3NDEKTSV4RRFFQ69G5FAV/files';
                $settings['file_private_path'] = '/srv/aegir/sites/01ARZ3NDEKTSV4RRFFQ69G5FAV/private';
                $settings['file_temp_path'] = '/srv/aegir/sites/01ARZ3NDEKTSV4RRFFQ69G5FAV/tmp';
                $settings['php_storage'] = ['default' => ['directory' => '/srv/aegir/sites/01ARZ3NDEKTSV4RRFFQ69G5FAV/php']];
                $settings['reverse_proxy'] = FALSE;
                $settings['reverse_proxy_addresses'] = [];
                $settings['update_free_access'] = FALSE;
                $settings['rebuild_access'] = FALSE;
                $settings['allow_authorize_operations'] = FALSE;
                $settings['skip_permissions_hardening'] = TRUE;
                $settings['file_scan_ignore_directories'] = ['node_modules', 'bower_components'];
                $settings['entity_update_batch_size'] = 50;
                if (is_readable(__DIR__ . '/settings.local.php')) {
                  include __DIR__ . '/settings.local.php';
                }
                """);
    }

    @Test
    void postgresqlAndProxies() {
        String text = DrupalSettings.file(request(
                        site().with("proxies", "192.0.2.1, 2001:db8::/32"),
                        socket("postgresql", "/run/postgresql", 5432)))
                .content();
        assertThat(text)
                .contains(
                        "'driver' => 'pgsql'",
                        "'namespace' => 'Drupal\\\\pgsql\\\\Driver\\\\Database\\\\pgsql'",
                        "'host' => '/run/postgresql'",
                        "$settings['reverse_proxy'] = TRUE;",
                        "$settings['reverse_proxy_addresses'] = ['192.0.2.1', '2001:db8::/32'];")
                .doesNotContain("unix_socket", "isolation_level");
        assertThatThrownBy(() -> DrupalSettings.file(
                        request(site().with("proxies", "192.0.2.1']; evil();//"), socket("mysql", "/run/x", 1))))
                .isInstanceOf(InvalidValueException.class);
        assertThatThrownBy(() -> DrupalSettings.file(request(site(), socket("oracle", "/run/x", 1))))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("oracle");
    }

    /** Computed by PHP: base64_encode(hash_hmac('sha256', data, salt . hash, true)) with URL-safe letters and no padding. */
    @Test
    void loginHashesAreThoseOfDrupal() {
        String salt = "abcDEF0123456789abcDEF0123456789abcDEF01";
        String hash = "$2y$10$abcdefghijklmnopqrstuuJ0m3Vh1ZkYQ8w1yqv3e2hQmYyqkV7xS";
        assertThat(LoginHash.of(salt, hash, 1700000000L, "0", "1", "ann@example.net"))
                .isEqualTo("cJtWSR-N98UiL6BxcmaH8TNwny0JfUSHj-z4ChbAgjU");
        assertThat(LoginHash.of(salt, hash, 1700000001L, "1699999999", "42", "b\u00fccher@example.net"))
                .isEqualTo("wIE9URacAs1mXlxG6znORIZz1YzdtTVLeJTWvYlFOzg");
        MakeLoginLink step = new MakeLoginLink("link", DrupalSite.of(request()), Optional.empty());
        Map<String, String> facts = Map.of(
                "uid", "1", "mail", "ann@example.net", "login", "0", "hash", hash, "prefix", "de", "now", "1700000000");
        assertThat(step.link(salt, facts))
                .isEqualTo("http://shop.example.net/de/user/reset/1/1700000000/"
                        + "cJtWSR-N98UiL6BxcmaH8TNwny0JfUSHj-z4ChbAgjU/login");
        String proof = "wIE9URacAs1mXlxG6znORIZz1YzdtTVLeJTWvYlFOzg";
        assertThat(step.link(salt, Map.of("uid", "7", "proof", proof, "prefix", "", "now", "1700000000")))
                .isEqualTo("http://shop.example.net/user/reset/7/1700000000/" + proof + "/login");
        assertThatThrownBy(() -> step.link(salt, Map.of("uid", "1/../../evil", "now", "1", "login", "0")))
                .isInstanceOf(DrupalException.class)
                .hasMessageContaining("no number");
    }

    @Test
    void whatItAsksIsAFixedProgram() {
        DrupalSite drupal = DrupalSite.of(request(site().with("scheme", "https"), socket("mysql", "/run/x", 1)));
        Command command = drupal.command(Duration.ofMinutes(2));
        assertThat(command.user()).contains(SITE.account());
        assertThat(command.words().subList(0, 5))
                .containsExactly("sh", "-c", "exec \"$@\" 3>&1 1>&2", "aegir-drupal", "/usr/bin/php8.2");
        assertThat(command.environment()).isEqualTo(Map.of("AEGIR_SITE", SITE.value()));
        assertThat(String.join(" ", command.words())).doesNotContain("shop.example.net", SITE.value());
        assertThat(drupal.url()).isEqualTo("https://shop.example.net");
        assertThat(drupal.cron()).startsWith("/usr/bin/php8.2").endsWith("/srv/aegir/sites/" + SITE + "/bin/cron.php");
        assertThat(drupal.cronText()).contains("PHP_SAPI !== 'cli'", "'site' => '" + SITE + "'", SITE.value());
    }

    private static CommandResult said(int exit, String out) {
        return new CommandResult(
                "web1",
                Command.of("php"),
                exit,
                out.getBytes(StandardCharsets.UTF_8),
                "Warning:\u001b[31m red".getBytes(StandardCharsets.UTF_8),
                false);
    }

    @Test
    void onlyWhatStandsBetweenTheMarksIsAnAnswer() {
        DrupalSite drupal = DrupalSite.of(request());
        assertThat(drupal.read(
                        said(0, "noise {\"facts\":{}}\n\nabc {\"facts\":{\"version\":\"10.3.6\"}}\nabc.\nmore"), "abc"))
                .containsExactly(Map.entry("version", "10.3.6"));
        for (String out : List.of(
                "", "{\"facts\":{}}", "\nxyz {\"facts\":{}}\nxyz.\n", "\nabc {\"facts\":", "\nabc []\nabc.\n")) {
            assertThatThrownBy(() -> drupal.read(said(0, out), "abc"))
                    .isInstanceOfSatisfying(
                            DrupalException.class, e -> assertThat(e.problem()).isEqualTo(Problem.NO_ANSWER))
                    .hasMessageContaining("web1")
                    .hasMessageContaining("shop.example.net")
                    .hasMessageNotContaining("\u001b");
        }
        assertThatThrownBy(() ->
                        drupal.read(said(3, "\nabc {\"problem\":\"NOT_INSTALLED\",\"message\":\"m\"}\nabc.\n"), "abc"))
                .isInstanceOfSatisfying(
                        DrupalException.class, e -> assertThat(e.problem()).isEqualTo(Problem.NOT_INSTALLED));
        assertThatThrownBy(() -> drupal.read(said(1, "\nabc {\"facts\":{}}\nabc.\n"), "abc"))
                .isInstanceOfSatisfying(
                        DrupalException.class, e -> assertThat(e.problem()).isEqualTo(Problem.DIES));
    }

    @Test
    void itsStepsAreStoredAndDeclared() {
        DrupalApplication drupal = new DrupalApplication();
        ApplicationRequest request = request();
        CodeRequest code = new CodeRequest(request.codebase(), request.release(), request.server());
        List<Step> steps = new ArrayList<>();
        steps.addAll(drupal.deployed(code));
        steps.addAll(drupal.scan(code));
        steps.addAll(drupal.configure(request));
        steps.addAll(drupal.install(request));
        steps.addAll(drupal.verify(request));
        steps.addAll(drupal.update(request));
        steps.addAll(drupal.loginLink(request, Optional.of("ann")));
        steps.addAll(drupal.resetPassword(request, Optional.empty()));
        steps.addAll(drupal.clearCaches(request));
        steps.addAll(drupal.maintenance(request, true));
        steps.addAll(drupal.sanitise(request));
        steps.addAll(drupal.lookAt(RUNNING, request.site()));
        steps.addAll(drupal.remove(request));
        for (Step step : steps) {
            assertThat(StoredForm.read(StoredForm.write(step), step.getClass())).isEqualTo(step);
            if (step.getClass().getName().startsWith("dev.aegir.engine")) {
                assertThat(drupal.steps()).contains(step.getClass());
            }
        }
        assertThat(steps.stream().map(Step::name).distinct()).hasSize(steps.size() - 1); // caches are rebuilt twice
        assertThat(drupal.mounts(request))
                .containsExactly(new VirtualHost.Mount(
                        "/sites/" + SITE + "/files", HostPath.of("/srv/aegir/sites/" + SITE + "/files"), true));
        assertThat(drupal.cron(request).orElseThrow().minutes()).isEqualTo(15);
        assertThat(ServiceLoader.load(Application.class))
                .extracting(Application::name)
                .contains("drupal");
    }

    /** No statement is changed by accident, and none is lost. */
    @Test
    void whatACopyLoses() {
        assertThat(SanitiseDrupal.EMPTY)
                .containsExactly(
                        "sessions",
                        "watchdog",
                        "flood",
                        "queue",
                        "batch",
                        "semaphore",
                        "key_value_expire",
                        "cache_*",
                        "cachetags",
                        "oauth2_token");
        assertThat(SanitiseDrupal.STATEMENTS)
                .extracting(each -> each.table() + "." + each.column() + ": " + each.sql())
                .containsExactly(
                        "users_field_data.pass: UPDATE users_field_data SET pass = '!' WHERE uid > 0",
                        "users_field_data.api_key: UPDATE users_field_data SET api_key = NULL",
                        "users_data.module: DELETE FROM users_data WHERE module = 'tfa'",
                        "consumer_field_data.secret: UPDATE consumer_field_data SET secret = '!'",
                        "comment_field_data.hostname: UPDATE comment_field_data SET hostname = ''",
                        "webform_submission.remote_addr: UPDATE webform_submission SET remote_addr = ''",
                        "key_value.collection: DELETE FROM key_value WHERE collection = 'state' AND name IN"
                                + " ('system.private_key', 'system.cron_key', 'system.test_mail_collector')");
        assertThat(StoredForm.write(SanitiseDrupal.STATEMENTS.subList(1, 2)))
                .isEqualTo("[{\"column\":\"api_key\",\"sql\":\"UPDATE users_field_data SET api_key = NULL\","
                        + "\"table\":\"users_field_data\"}]");
        assertThat(SanitisePolicy.of(site()).told()).isEqualTo("addresses of people");
        SanitisePolicy policy = SanitisePolicy.of(site().with("sanitise.keep", "@Example.org, ann@x.net")
                .with("sanitise.empty", "webform_submission, webform_*")
                .with("sanitise.forget", "mailer.settings,key.key.*"));
        assertThat(policy)
                .isEqualTo(new SanitisePolicy(
                        "@example.org, ann@x.net", "webform_submission, webform_*", "mailer.settings,key.key.*"));
        assertThat(policy.told())
                .isEqualTo("addresses of people but @example.org, ann@x.net, all rows of webform_submission, webform_*,"
                        + " what is set as mailer.settings,key.key.*");
        Map.of("keep", "everybody", "empty", "users; DROP", "forget", "a'b")
                .forEach((name, value) -> assertThatThrownBy(
                                () -> SanitisePolicy.of(site().with("sanitise." + name, value)))
                        .isInstanceOf(InvalidValueException.class)
                        .hasMessageContaining("sanitise." + name));
    }

    @Test
    void aSiteThatSendsNoMail() {
        DatabaseAccess access = socket("mysql", "/run/x", 1);
        assertThat(DrupalSettings.file(request(site().with("mail", "off"), access))
                        .content())
                .contains("$config['system.mail']['interface']['default'] = 'test_mail_collector';\n");
        assertThat(DrupalSettings.file(request(site().with("mail", "on"), access))
                        .content())
                .doesNotContain("system.mail");
        assertThatThrownBy(() -> DrupalSettings.file(request(site().with("mail", "no"), access)))
                .isInstanceOf(InvalidValueException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "plain", "'", "\\", "\\'", "';evil();//", "{{db.password}}", "$x {$y} \n\u00e9"})
    void literals(String text) {
        String literal = PhpLiteral.of(text);
        assertThat(literal).startsWith("'").endsWith("'").doesNotContain("{{");
        String inside = literal.replace("{'.'{", "{{");
        inside = inside.substring(1, inside.length() - 1);
        assertThat(inside.replace("\\'", "'").replace("\\\\", "\\").length()).isLessThanOrEqualTo(inside.length());
        assertThat(inside.replaceAll("\\\\[\\\\']", "")).doesNotContain("'", "\\");
    }
}
