// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aegir.host.SecretText;
import dev.aegir.model.InvalidValueException;
import dev.aegir.model.RefusedException;
import dev.aegir.model.ServiceKind;
import dev.aegir.model.Site;
import dev.aegir.model.VirtualHost;
import dev.aegir.spi.ApplicationRequest;
import dev.aegir.task.RunCommand;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Code in PHP that says what it wants by its site's settings. */
class PhpApplicationTest {
    private static final PhpApplication PHP = new PhpApplication();
    private final Site site = AppSamples.site("php");

    private String text(Site site, ApplicationRequest request) {
        return PhpSettings.file(request, PHP.writable(site)).content();
    }

    @Test
    void aDatabaseIsNeededWhenTheSiteHasOne() {
        assertThat(PHP.needs(site)).isEqualTo(java.util.Set.of(ServiceKind.RUNTIME));
        assertThat(PHP.needs(site.database("db1/db"))).isEqualTo(java.util.Set.of(ServiceKind.RUNTIME, ServiceKind.DB));
    }

    @Test
    void settingsAsPhp() {
        ApplicationRequest request = AppSamples.request(site, AppSamples.socket("postgresql"));
        assertThat(text(site, request)).isEqualTo("""
                        <?php
                        // Settings of the site blog.example.net (%1$s), written by Aegir: what is changed here is lost.
                        return [
                            'site' => [
                                'id' => '%1$s',
                                'name' => 'blog.example.net',
                                'url' => 'http://blog.example.net',
                                'environment' => 'production',
                            ],
                            'directories' => [
                                'files' => '/srv/aegir/sites/%1$s/files',
                            ],
                            'database' => [
                                'protocol' => 'postgresql',
                                'socket' => '/run/mysqld/mysqld.sock',
                                'host' => 'localhost',
                                'port' => 3306,
                                'name' => 'd\\'b',
                                'user' => 'u\\\\',
                                'password' => {{db.password}},
                            ],
                        ];
                        """.formatted(site.id()));
        assertThat(PhpSettings.file(request, List.of()).secrets())
                .isEqualTo(Map.of("{{db.password}}", SecretText.php(AppSamples.PASSWORD)));
    }

    @Test
    void settingsAsJson() {
        Site json = site.with("php.settings", "json").with("php.writable", "");
        ApplicationRequest request = AppSamples.request(json, Optional.of(AppSamples.server("mysql", "db1")));
        assertThat(text(json, request)).isEqualTo("""
                        {
                            "site": {
                                "id": "%1$s",
                                "name": "blog.example.net",
                                "url": "http://blog.example.net",
                                "environment": "production"
                            },
                            "directories": {},
                            "database": {
                                "protocol": "mysql",
                                "host": "db1",
                                "port": 3306,
                                "name": "db",
                                "user": "u",
                                "password": {{db.password}}
                            }
                        }
                        """.formatted(json.id()));
        assertThat(PhpSettings.file(request, List.of()).secrets())
                .isEqualTo(Map.of("{{db.password}}", SecretText.json(AppSamples.PASSWORD)));
        assertThat(PHP.environment(request, request.home()).get("AEGIR_SETTINGS"))
                .endsWith("/settings/settings.json");
    }

    @Test
    void withoutADatabaseThereIsNoSecret() {
        ApplicationRequest request = AppSamples.request(site, Optional.empty());
        assertThat(PhpSettings.file(request, List.of()).secrets()).isEmpty();
        assertThat(text(site, request)).doesNotContain("database");
    }

    @Test
    void directoriesAreServedAndWritten() {
        Site rich = site.with("php.writable", "files cache/pages").with("php.mounts", "/uploads=files");
        ApplicationRequest request = AppSamples.request(rich, Optional.empty());
        assertThat(PHP.writable(rich)).containsExactly("files", "cache/pages");
        assertThat(PHP.mounts(request))
                .containsExactly(
                        new VirtualHost.Mount("/uploads", request.home().child("files")));
        Site wrong = site.with("php.mounts", "/uploads=settings");
        assertThatThrownBy(() -> PHP.mounts(AppSamples.request(wrong, Optional.empty())))
                .isInstanceOf(InvalidValueException.class);
    }

    @Test
    void scriptsOfTheCodeRunAsTheSitesAccount() {
        Site rich = site.with("php.install", "bin/install.php")
                .with("php.check", "bin/check.php")
                .with("php.cron", "cron.php")
                .with("php.cron.minutes", "10");
        ApplicationRequest request = AppSamples.request(rich, Optional.empty());
        RunCommand install = (RunCommand) PHP.install(request).get(0);
        assertThat(install.command().words())
                .containsExactly("/usr/bin/php8.2", "/srv/aegir/code/c/tree/bin/install.php");
        assertThat(install.command().user()).contains(rich.id().account());
        assertThat(PHP.verify(request)).hasSize(1);
        assertThat(PHP.cron(request).orElseThrow().minutes()).isEqualTo(10);
        assertThatThrownBy(() -> PHP.update(request))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("php.update");
        Site wrong = site.with("php.cron", "../../x.php");
        assertThatThrownBy(() -> PHP.cron(AppSamples.request(wrong, Optional.empty())))
                .isInstanceOf(InvalidValueException.class);
    }
}
