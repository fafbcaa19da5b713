// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.app.scan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aegir.host.Command;
import dev.aegir.model.HostPath;
import dev.aegir.model.Id;
import dev.aegir.model.Name;
import dev.aegir.model.Packages;
import dev.aegir.model.VersionScheme;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the program finds in real directories, and what is made of it. */
class ScanCodeTest {
    private static final Id ID = Id.of("01ARZ3NDEKTSV4RRFFQ69G5FAV");

    @TempDir
    Path top;

    private void file(String path, String text) throws IOException {
        Path file = top.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private Packages scan(String web, ScanCode.Kind kind) throws IOException, InterruptedException {
        Command command = ScanCode.command(top.toString(), web, kind);
        ProcessBuilder builder = new ProcessBuilder(command.words()).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().putAll(command.environment());
        Process process = builder.start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isZero();
        return new ScanCode("scan", Name.of("web1"), ID, Name.of("shop"), HostPath.of(top.toString()), web, kind)
                .read(said, Instant.EPOCH);
    }

    private static Packages.Entry entry(
            String type,
            String name,
            String version,
            String title,
            String origin,
            Optional<Integer> schema,
            Optional<Integer> oldest,
            String... needs) {
        return new Packages.Entry(
                type,
                name,
                version,
                VersionScheme.DRUPAL,
                title,
                origin,
                schema,
                oldest,
                List.of(needs),
                Optional.empty());
    }

    @Test
    void drupal() throws Exception {
        file("web/core/lib/Drupal.php", "<?php\nclass Drupal {\n  const VERSION = '10.3.6';\n}\n");
        file("web/core/modules/system/system.info.yml", "name: System\ntype: module\nversion: VERSION\n");
        file("web/core/modules/system/system.install", """
                <?php
                function system_update_last_removed() {
                  return 8901;
                }
                function system_update_10100(&$sandbox = NULL) {
                  return 7;
                }
                // function system_update_99999() {
                """);
        file("web/core/modules/system/tests/modules/fake/fake.info.yml", "name: Fake\ntype: module\n");
        file("web/core/themes/olivero/olivero.info.yml", "name: Olivero\ntype: theme\nversion: VERSION\n");
        file("web/modules/contrib/token/token.info.yml", """
                type: module
                name: 'Token: the module' # for people
                description: |
                  name: Not this
                dependencies:
                  - drupal:system (>= 9.2)
                  - 'ctools:ctools'

                # Information added by Drupal.org packaging script on 2024-01-01
                version: '8.x-1.15'
                project: 'token'
                """);
        file("web/modules/custom/ours/ours.info.yml", "name: Ours\ntype: module\ndependencies: [drupal:node, token]\n");
        file(
                "web/modules/custom/ours/ours.install",
                "<?php\nfunction ours_update_10003() {}\nfunction other_update_20000() {}\n");
        file("web/modules/custom/bad/F\tweb.info.yml", "name: Hidden\ntype: module\n");
        Packages packages = scan("web", ScanCode.Kind.DRUPAL);
        assertThat(packages.entries())
                .containsExactly(
                        Packages.Entry.of("core", "drupal", "10.3.6", VersionScheme.DRUPAL),
                        entry("module", "ours", "", "Ours", "", Optional.of(10003), Optional.empty(), "node", "token"),
                        entry("module", "system", "10.3.6", "System", "drupal", Optional.of(10100), Optional.of(8901)),
                        entry(
                                "module",
                                "token",
                                "8.x-1.15",
                                "Token: the module",
                                "token",
                                Optional.of(8000),
                                Optional.empty(),
                                "ctools",
                                "system"),
                        entry("theme", "olivero", "10.3.6", "Olivero", "drupal", Optional.empty(), Optional.empty()));
    }

    @Test
    void drupalSevenAtTheTop() throws Exception {
        file("includes/bootstrap.inc", "<?php\ndefine('VERSION', '7.103');\n");
        file("modules/node/node.info", "name = Node\nversion = VERSION\npackage = Core\ndependencies[] = filter\n");
        file("modules/node/node.install", "<?php\nfunction node_update_7016() {\n}\n");
        file("modules/simpletest/tests/x/x.info", "name = X\nhidden = TRUE\n");
        file("profiles/standard/standard.info", "name = Standard\npackage = Core\n");
        file("sites/all/modules/views/views.info", "name = Views\nversion = \"7.x-3.29\"\nproject = \"views\"\n");
        file("sites/all/themes/own/own.info", "name = Own\nregions[content] = Content\n");
        assertThat(scan("", ScanCode.Kind.DRUPAL).entries().stream()
                        .map(each -> each.type() + " " + each.name() + " " + each.version() + " " + each.origin() + " "
                                + each.schema().map(String::valueOf).orElse("-")))
                .containsExactly(
                        "core drupal 7.103  -",
                        "module node 7.103 drupal 7016",
                        "module views 7.x-3.29 views 0",
                        "profile standard 7.103 drupal 0",
                        "theme own   -");
    }

    @Test
    void composerAndWhereItDrifts() throws Exception {
        file("composer.lock", """
                {
                    "packages": [
                        {"name": "acme/same", "version": "1.0.0"},
                        {"name": "acme/older", "version": "v2.0.1"},
                        {"name": "acme/gone", "version": "1.0.0"},
                        {"name": "acme/no-files", "version": "1.0.0"},
                        {"name": "drupal/token", "version": "1.15.0"}
                    ],
                    "packages-dev": [{"name": "acme/dev", "version": "1.0.0"}, {"name": "acme/dev2", "version": "1.0.0"}]
                }
                """);
        file("vendor/composer/installed.json", """
                {
                    "packages": [
                        {
                            "name": "acme/same",
                            "version": "1.0.0",
                            "require": {"php": ">=8", "acme/older": "^2"},
                            "install-path": "../acme/same"
                        },
                        {
                            "name": "acme/older",
                            "version": "v2.0.0",
                            "install-path": "../acme/older"
                        },
                        {
                            "name": "acme/no-files",
                            "version": "1.0.0",
                            "install-path": "../acme/no-files"
                        },
                        {
                            "name": "acme/dev",
                            "version": "1.0.0",
                            "install-path": "../acme/dev"
                        },
                        {
                            "name": "acme/extra",
                            "version": "dev-main",
                            "install-path": null
                        },
                        {
                            "name": "drupal/token",
                            "version": "1.15.0",
                            "install-path": "../../web/modules/contrib/token"
                        }
                    ],
                    "dev": true
                }
                """);
        for (String name : List.of("same", "older", "dev")) {
            file("vendor/acme/" + name + "/x.php", "<?php\n");
        }
        file("web/core/lib/Drupal.php", "<?php\n  const VERSION = '10.3.6';\n");
        file("web/modules/contrib/token/token.info.yml", "name: Token\ntype: module\n");
        Packages packages = scan("web", ScanCode.Kind.DRUPAL);
        assertThat(packages.drift().stream().map(Packages.Drift::toString))
                .containsExactly(
                        "acme/extra: locked nowhere, installed dev-main",
                        "acme/gone: locked 1.0.0, installed nowhere, and its files are missing",
                        "acme/no-files: locked 1.0.0, installed 1.0.0, and its files are missing",
                        "acme/older: locked v2.0.1, installed v2.0.0");
        assertThat(packages.find("library", "acme/same").orElseThrow().dependencies())
                .containsExactly("acme/older");
        Packages.Entry token = packages.find("module", "token").orElseThrow();
        assertThat(token.version()).as("from composer").isEqualTo("1.15.0");
        assertThat(token.origin()).isEqualTo("token");
    }

    @Test
    void aLockThatIsNoJsonIsToldAsDrift() throws Exception {
        file("composer.lock", "<<<<<<< HEAD\n");
        file("vendor/composer/installed.json", "{\"packages\": [{\"name\": \"a/b\", \"version\": \"1\"}]}\n");
        assertThat(scan("", ScanCode.Kind.COMPOSER).drift()).containsExactly(new Packages.Drift("a/b", "", "1", true));
    }

    @Test
    void wordPress() throws Exception {
        file(
                "wp-includes/version.php",
                "<?php\n$wp_version = '6.8';\n$wp_db_version = 60421;\n$required_php_version = '7.2';\n");
        file(
                "wp-content/plugins/hello.php",
                "<?php\n/**\n * Plugin Name: Hello Dolly\n * Version: 1.7.2\n */\necho 1;\n");
        file(
                "wp-content/plugins/shop/shop.php",
                "<?php /* Plugin Name: Shop */\n// Version: 9.10.0\n# Requires Plugins: hello, pay\n");
        file("wp-content/plugins/shop/other.php", "<?php\n$x = 'Plugin Name: Not this';\n");
        file("wp-content/plugins/shop/deep/deeper.php", "<?php\n/*\nPlugin Name: Too deep\n*/\n");
        file("wp-content/plugins/big.php", "<?php\n" + "// filler\n".repeat(1000) + "/* Plugin Name: Too late */\n");
        file("wp-content/mu-plugins/guard.php", "<?php\n/* Plugin Name: Guard */\n");
        file("wp-content/mu-plugins/nameless.php", "<?php\necho 1;\n");
        file("wp-content/mu-plugins/index.php", "<?php\n// Silence is golden.\n");
        file("wp-content/mu-plugins/parts/nameless.php", "<?php\necho 1;\n");
        file("wp-content/themes/child/style.css", "/*\nTheme Name: Child\nTemplate: parent\nVersion: 0.1-beta\n*/\n");
        assertThat(scan("", ScanCode.Kind.WORDPRESS).entries().stream()
                        .map(each -> each.type() + " " + each.name() + " " + each.version() + " " + each.title() + " "
                                + each.dependencies()
                                + each.schema().map(String::valueOf).orElse("")))
                .containsExactly(
                        "core wordpress 6.8 WordPress []60421",
                        "mu-plugin guard  Guard []",
                        "mu-plugin nameless  nameless.php []",
                        "plugin hello 1.7.2 Hello Dolly []",
                        "plugin shop 9.10.0 Shop [hello, pay]",
                        "theme child 0.1-beta Child [parent]");
    }

    @Test
    void nothing() throws Exception {
        assertThat(scan("web", ScanCode.Kind.DRUPAL).entries()).isEmpty();
        assertThat(scan("", ScanCode.Kind.WORDPRESS).entries()).isEmpty();
    }
}
