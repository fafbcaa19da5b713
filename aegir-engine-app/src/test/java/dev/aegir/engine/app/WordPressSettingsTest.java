// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aegir.host.FileChange;
import dev.aegir.host.SecretText;
import dev.aegir.model.Environment;
import dev.aegir.model.InvalidValueException;
import dev.aegir.model.RefusedException;
import dev.aegir.model.Site;
import dev.aegir.model.SiteState;
import dev.aegir.model.VirtualHost;
import dev.aegir.spi.ApplicationRequest;
import dev.aegir.task.ConfigChange;
import dev.aegir.task.Step;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What WordPress is told, to the letter. */
class WordPressSettingsTest {
    private static final WordPressApplication WORDPRESS = new WordPressApplication();

    private static String head(ApplicationRequest request) {
        String text = WordPressSettings.file(request).content();
        return text.substring(0, text.indexOf("$GLOBALS"));
    }

    @Test
    void everySettingStandsInTheFile() {
        Site site = AppSamples.site("wordpress");
        assertThat(head(AppSamples.request(site, AppSamples.socket("mysql")))).isEqualTo("""
                        <?php
                        // Settings of the site blog.example.net (%1$s), written by Aegir: what is changed here is lost.
                        define('DB_NAME', 'd\\'b');
                        define('DB_USER', 'u\\\\');
                        define('DB_PASSWORD', {{db.password}});
                        define('DB_HOST', 'localhost:/run/mysqld/mysqld.sock');
                        define('DB_CHARSET', 'utf8mb4');
                        define('DB_COLLATE', '');
                        define('WP_HOME', 'http://blog.example.net');
                        define('WP_SITEURL', WP_HOME);
                        define('WP_ENVIRONMENT_TYPE', 'production');
                        define('WP_DEBUG', false);
                        define('WP_DEBUG_DISPLAY', false);
                        define('DISALLOW_FILE_EDIT', true);
                        define('DISALLOW_FILE_MODS', true);
                        define('AUTOMATIC_UPDATER_DISABLED', true);
                        define('DISABLE_WP_CRON', true);
                        define('AEGIR_MAIL', true);
                        define('AEGIR_FILES', '/srv/aegir/sites/%1$s/files');
                        (static function (string $salts) {
                            foreach (['AUTH', 'SECURE_AUTH', 'LOGGED_IN', 'NONCE'] as $name) {
                                define($name . '_KEY', hash_hmac('sha256', $name . '_KEY', $salts));
                                define($name . '_SALT', hash_hmac('sha256', $name . '_SALT', $salts));
                            }
                        })({{salts}});
                        """.formatted(site.id()));
    }

    @Test
    void theFileIsTheSitesAndForNobodyElse() {
        Site site = AppSamples.site("wordpress");
        FileChange.Write file = WordPressSettings.file(AppSamples.request(site, AppSamples.socket("mysql")));
        assertThat(file.path().value()).isEqualTo("/srv/aegir/sites/" + site.id() + "/settings/wp-config.php");
        assertThat(file.mode()).isEqualTo("0440");
        assertThat(file.account()).isEqualTo("root:" + site.id().account());
        assertThat(file.owner()).contains(site.id());
        assertThat(file.secrets())
                .isEqualTo(Map.of(
                        "{{db.password}}",
                        SecretText.php(AppSamples.PASSWORD),
                        "{{salts}}",
                        SecretText.php(WordPressSettings.salts(site))));
    }

    @Test
    void aServerIsNamedWithItsPort() {
        Site site = AppSamples.site("wordpress").with("scheme", "https").environment(Environment.DEVELOPMENT);
        assertThat(head(AppSamples.request(site, AppSamples.server("mysql", "db1.example.net"))))
                .contains(
                        "define('DB_HOST', 'db1.example.net:3306');",
                        "'https://blog.example.net'",
                        "'development'",
                        "'WP_DEBUG', true");
        assertThat(head(AppSamples.request(site, AppSamples.server("mysql", "2001:db8::7"))))
                .contains("define('DB_HOST', '[2001:db8::7]:3306');");
    }

    @Test
    void anotherDatabaseIsRefused() {
        Site site = AppSamples.site("wordpress");
        assertThatThrownBy(() -> WORDPRESS.configure(AppSamples.request(site, AppSamples.socket("postgresql"))))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("MySQL and MariaDB only")
                .hasMessageContaining("postgresql");
    }

    @Test
    void settingsThatCannotBeMeantAreRefused() {
        for (Map.Entry<String, String> bad : Map.of(
                        "scheme", "ftp",
                        "admin.mail", "nobody",
                        "admin.name", "a\"b",
                        "locale", "../../x")
                .entrySet()) {
            Site site = AppSamples.site("wordpress").with(bad.getKey(), bad.getValue());
            ApplicationRequest request = AppSamples.request(site, AppSamples.socket("mysql"));
            assertThatThrownBy(() -> {
                        WORDPRESS.configure(request);
                        WORDPRESS.install(request);
                    })
                    .as(bad.toString())
                    .isInstanceOf(InvalidValueException.class)
                    .hasMessageContaining(bad.getValue());
        }
    }

    @Test
    void whatTheServicesAreTold() {
        Site site = AppSamples.site("wordpress");
        ApplicationRequest request = AppSamples.request(site, AppSamples.socket("mysql"));
        String home = "/srv/aegir/sites/" + site.id();
        assertThat(WORDPRESS.environment(request, request.home()))
                .isEqualTo(Map.of("AEGIR_SETTINGS", home + "/settings/wp-config.php"));
        assertThat(WORDPRESS.mounts(request))
                .containsExactly(new VirtualHost.Mount(
                        "/wp-content/uploads", request.home().child("files")));
        assertThat(WORDPRESS.cron(request).orElseThrow().words())
                .containsExactly("/usr/bin/php8.2", "/srv/aegir/code/c/tree/wp-cron.php");
        assertThat(WORDPRESS.handler(request)).isEqualTo(AppSamples.HANDLER);
        ConfigChange settings = (ConfigChange) WORDPRESS.configure(request).get(1);
        assertThat(settings.change().files()).containsExactly(WordPressSettings.file(request));
    }

    @Test
    void onlyProductionIsForSearchEngines() {
        for (Environment environment : Environment.values()) {
            List<Step> steps = WORDPRESS.install(AppSamples.request(
                    AppSamples.site("wordpress").environment(environment), AppSamples.socket("mysql")));
            assertThat(((InstallWordPress) steps.get(0)).arguments())
                    .containsEntry("public", environment == Environment.PRODUCTION ? "1" : "0")
                    .containsEntry("mail", "admin@blog.example.net");
        }
    }

    @Test
    void nobodyLogsInToASiteThatIsDisabled() {
        Site site = AppSamples.site("wordpress").state(SiteState.DISABLED);
        assertThatThrownBy(() ->
                        WORDPRESS.loginLink(AppSamples.request(site, AppSamples.socket("mysql")), Optional.empty()))
                .isInstanceOf(RefusedException.class);
    }
}
