// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aegir.lab.Fingerprint;
import dev.aegir.model.CodeSource;
import dev.aegir.model.Codebase;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Projects of composer on a real server, with a repository of packages of its own. */
@Tag("lab")
@Timeout(300)
class ComposerReleaseIT {
    /** Two versions of a package, a plugin, a package that lies in the project, and a project that needs them. */
    private static final String MAKE = """
            set -eu
            umask 022
            export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@example.net GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@example.net
            export COMPOSER_HOME=/tmp/composer-home COMPOSER_ALLOW_SUPERUSER=1
            mkdir -p /srv/git/packages /tmp/make
            package() {
                rm -rf /tmp/make/* && cd /tmp/make && mkdir -p src bin
                printf '{"name": "acme/%s", "version": "%s", "type": "%s"%s, "autoload": {"psr-4": {"Acme\\\\\\\\": "src/"}}}' "$1" "$2" "$3" "$4" >composer.json
                printf '<?php namespace Acme; class %s { const V = "%s"; }' "$5" "$2" >"src/$5.php"
                [ "$1" != plugin ] || printf '%s' '<?php namespace Acme;
                    class Plugin implements \\Composer\\Plugin\\PluginInterface {
                        function activate(\\Composer\\Composer $c, \\Composer\\IO\\IOInterface $io) { touch("/tmp/plugin-ran"); }
                        function deactivate(\\Composer\\Composer $c, \\Composer\\IO\\IOInterface $io) {}
                        function uninstall(\\Composer\\Composer $c, \\Composer\\IO\\IOInterface $io) {}
                    }' >src/Plugin.php
                printf '#!/usr/bin/env php\\n<?php\\n' >bin/tool && chmod 755 bin/tool
                python3 -m zipfile -c "/srv/git/packages/acme-$1-$2.zip" composer.json src bin
            }
            package tool 1.0.0 library ', "bin": ["bin/tool"]' Tool
            package tool 1.1.0 library ', "bin": ["bin/tool"]' Tool
            package plugin 1.0.0 composer-plugin ', "extra": {"class": "Acme\\\\Plugin"}, "require": {"composer-plugin-api": "^2"}' Plugin
            mkdir -p /srv/git/shop.git /tmp/shop/web /tmp/shop/local/src && cd /tmp/shop
            printf '<?php' >web/index.php
            printf '{"name": "acme/local", "version": "1.0.0"}' >local/composer.json
            cat >composer.json <<'JSON'
            {
                "name": "acme/shop", "description": "A shop", "license": "MIT",
                "repositories": [
                    {"packagist": false},
                    {"type": "artifact", "url": "/srv/git/packages"},
                    {"type": "path", "url": "local"}
                ],
                "require": {"acme/tool": "~1.0.0", "acme/plugin": "*", "acme/local": "*"},
                "config": {"allow-plugins": true},
                "scripts": {"post-install-cmd": "touch /tmp/script-ran"}
            }
            JSON
            composer update -q --no-install --no-plugins --no-scripts
            # The lock says where the packages are; the project does not need to.
            sed -i '/"artifact"/d' composer.json
            composer update -q --lock --no-install --no-plugins --no-scripts 2>/dev/null || :
            git init -q -b main . && git add -A && git commit -qm one && git tag v1
            git clone -q --bare . /srv/git/shop.git
            rm -rf /tmp/composer-home
            """;

    private static CodeLab lab;
    private Bench bench = new Bench();

    @BeforeAll
    static void open() {
        lab = new CodeLab();
    }

    @AfterAll
    static void close() {
        lab.close();
    }

    @BeforeEach
    void fresh() throws Exception {
        lab.reset();
        lab.web1().execWithInput(MAKE, "bash").orThrow();
        lab.web1().exec("rm", "-f", "/tmp/plugin-ran", "/tmp/script-ran").orThrow();
        bench = new Bench().host(lab.host());
    }

    private static Codebase shop(String ref) {
        return Codebase.of("shop", CodeSource.composer("file:///srv/git/shop.git", ref))
                .webRoot("web");
    }

    private static void commit(String script) {
        lab.web1()
                .execWithInput(
                        "set -eu\nexport GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@example.net GIT_COMMITTER_NAME=a"
                                + " GIT_COMMITTER_EMAIL=a@example.net\ncd /tmp/shop\ngit checkout -q -B bad v1\n"
                                + script + "\ngit add -A\ngit commit -qm bad\ngit push -qf /srv/git/shop.git bad\n",
                        "bash")
                .orThrow();
    }

    @Test
    void theLockIsInstalledAndNothingRuns() throws Exception {
        Codebase codebase = shop("main");
        Bench.Task task = bench.task();
        task.run(bench.prepare(codebase, "web1"));
        task.run(bench.bring(codebase, "web1"));
        String tree = bench.tree(codebase);
        assertThat(lab.web1().file(tree + "/vendor/acme/tool/src/Tool.php")).contains("1.0.0");
        assertThat(lab.web1()
                        .exec(
                                "runuser",
                                "-u",
                                "nobody",
                                "--",
                                "php8.2",
                                "-r",
                                "require '" + tree + "/vendor/autoload.php'; echo Acme\\Tool::V;")
                        .orThrow()
                        .stdout())
                .isEqualTo("1.0.0");
        assertThat(lab.web1().exists("/tmp/plugin-ran")).isFalse();
        assertThat(lab.web1().exists("/tmp/script-ran")).isFalse();
        assertThat(lab.web1().exec("find", tree, "!", "-user", "root").stdout()).isEmpty();
        assertThat(lab.web1().file(tree + "/../RELEASE"))
                .contains("engine: composer", "source: file:///srv/git/shop.git");
        assertThat(task.revision(codebase).orElseThrow())
                .isEqualTo(lab.web1()
                        .exec("git", "-C", "/tmp/shop", "rev-parse", "v1")
                        .stdout()
                        .strip());
        assertThat(task.preview(bench.bring(codebase, "web1"))).isEmpty();
        assertThat(bench.lines()).anyMatch(line -> line.startsWith("composer.lock is "));

        // What was downloaded is kept: the next release needs no packages from elsewhere.
        Codebase next = shop("v1");
        bench.task().run(bench.bring(next, "web1"));
        assertThat(lab.web1().exec("diff", "-r", tree, bench.tree(next)).stdout())
                .isEmpty();
    }

    @Test
    void trustedProjectsRunTheirScriptsAndPluginsButNotAsRoot() throws Exception {
        Codebase codebase = Codebase.of(
                "shop", CodeSource.composer("file:///srv/git/shop.git", "main").with("trusted", "true"));
        bench.task().run(bench.bring(codebase, "web1"));
        assertThat(lab.web1()
                        .exec("stat", "-c", "%U", "/tmp/plugin-ran", "/tmp/script-ran")
                        .stdout())
                .isEqualTo("aegir-build\naegir-build\n");
    }

    @Test
    void whatLeadsOutIsRefused() throws Exception {
        lab.web1()
                .exec(
                        "sh",
                        "-c",
                        "echo '::1 six.example.net' >>/etc/hosts; mkdir -p /home/other/package && echo '{\"name\":\"acme/local\"}' >/home/other/package/composer.json")
                .orThrow();
        for (String bad : new String[] {
            "sed -i 's#\"url\": \"local\"#\"url\": \"/home/other/package\"#' composer.json composer.lock",
            "rm -r local && ln -s ../../home/other/package local",
            "sed -i 's#\"config\": {#\"config\": {\"vendor-dir\": \"../../../../var/cache/aegir/git/x\", #' composer.json",
            "sed -i 's#\"config\": {#\"config\": {\"bin-dir\": \"/tmp/bin\", #' composer.json",
            "sed -i 's#\"bin/tool\"#\"../../../../etc/passwd\"#' composer.lock",
            "sed -i 's#\"url\": \"/srv/git/packages/acme-tool-1.0.0.zip\"#\"url\": \"/etc/passwd\"#' composer.lock",
            "sed -i 's#\"url\": \"/srv/git/packages/acme-tool-1.0.0.zip\"#\"url\": \"https://169.254.169.254/x.zip\"#' composer.lock",
            "sed -i 's#\"url\": \"/srv/git/packages/acme-tool-1.0.0.zip\"#\"url\": \"http://example.net/x.zip\"#' composer.lock",
            "sed -i 's#\"url\": \"/srv/git/packages/acme-tool-1.0.0.zip\"#\"url\": \"https://2852039166/x.zip\"#' composer.lock",
            "sed -i 's#\"url\": \"/srv/git/packages/acme-tool-1.0.0.zip\"#\"url\": \"https://six.example.net/x.zip\"#' composer.lock",
            "sed -i 's#\"name\": \"acme/tool\"#\"notification-url\": \"https://169.254.169.254/x\", &#' composer.lock",
            "sed -i 's#\"name\": \"acme/tool\"#\"transport-options\": {\"http\": {\"header\": \"X-A: b\"}}, &#' composer.lock",
            "sed -i 's#\"name\": \"acme/tool\"#\"name\": \"../../../tool\"#' composer.lock",
        }) {
            commit(bad);
            Codebase codebase = shop("bad");
            assertThatThrownBy(() -> bench.task().run(bench.bring(codebase, "web1")))
                    .as(bad)
                    .isInstanceOf(UnsafeCodeException.class)
                    .hasMessageContaining("composer.");
        }
        assertThat(lab.web1().exec("sh", "-c", "ls -A /srv/aegir /run/aegir").stdout())
                .doesNotContain("partial", "build-");
    }

    @Test
    void aProjectWithoutALockOrThatCannotBeInstalledLeavesNothing() throws Exception {
        commit("git rm -q composer.lock");
        bench.task().run(bench.prepare(shop("bad"), "web1"));
        Fingerprint before = lab.web1().fingerprint("/srv", "/etc", "/home");
        Bench.Task task = bench.task();
        assertThatThrownBy(() -> task.run(bench.bring(shop("bad"), "web1")))
                .isInstanceOf(SourceException.class)
                .hasMessageContaining("the project has no composer.lock");
        task.undo();
        assertThat(lab.web1().fingerprint("/srv", "/etc", "/home")).isEqualTo(before);
        commit(
                "sed -i 's#\"require\": {#\"require\": {\"php\": \"^5.6\", #' composer.json && sed -i 's#\"platform\": \\(\\[\\]\\|{}\\)#\"platform\": {\"php\": \"^5.6\"}#' composer.lock");
        before = lab.web1().fingerprint("/srv", "/etc", "/home");
        Bench.Task second = bench.task();
        assertThatThrownBy(() -> second.run(bench.bring(shop("bad"), "web1")))
                .isInstanceOf(SourceException.class)
                .hasMessageContaining("composer says");
        second.undo();
        assertThat(lab.web1().fingerprint("/srv", "/etc", "/home")).isEqualTo(before);
    }

    @Test
    void credentialsAreInAFileThatIsGoneAfterwards() throws Exception {
        String secret = "glpat-Canary0123456789";
        bench.secret("composer/auth", "{\"gitlab-token\": {\"gitlab.example.net\": \"" + secret + "\"}}");
        lab.web1()
                .execWithInput(
                        "#!/bin/sh\n{ stat -c '%a %U' \"$COMPOSER_HOME/auth.json\"; cat \"$COMPOSER_HOME/auth.json\"; echo; tr '\\0' ' ' </proc/self/environ; echo \"$@\"; } >/tmp/seen 2>&1\nexec /usr/bin/php8.2 \"$@\"\n",
                        "sh", "-c", "cat >/usr/local/bin/php-seen && chmod 755 /usr/local/bin/php-seen")
                .orThrow();
        Codebase codebase = Codebase.of(
                "shop",
                CodeSource.composer("file:///srv/git/shop.git", "main")
                        .with("auth", "composer/auth")
                        .with("php", "php-seen"));
        bench.task().run(bench.bring(codebase, "web1"));
        String[] seen = lab.web1().file("/tmp/seen").split("\n");
        assertThat(seen[0]).isEqualTo("600 aegir-build");
        assertThat(seen[1]).contains(secret);
        assertThat(seen[2]).doesNotContain(secret);
        assertThat(lab.web1()
                        .exec("grep", "-rlF", secret, "/srv", "/var/cache/aegir", "/run/aegir", "/var/lib/aegir")
                        .stdout())
                .isEmpty();
        assertThat(String.join("\n", bench.lines())).doesNotContain(secret);
    }
}
