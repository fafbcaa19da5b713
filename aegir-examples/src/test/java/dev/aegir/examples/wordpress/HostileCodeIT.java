// SPDX-License-Identifier: Apache-2.0
package dev.aegir.examples.wordpress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aegir.Aegir;
import dev.aegir.examples.Browser.Page;
import dev.aegir.lab.Fingerprint;
import dev.aegir.model.CodeSource;
import dev.aegir.model.Codebase;
import dev.aegir.model.Site;
import dev.aegir.task.CreateCodebase;
import dev.aegir.task.InstallSite;
import dev.aegir.task.LoginLink;
import dev.aegir.task.ResetPassword;
import dev.aegir.task.TaskInfo;
import dev.aegir.task.TaskState;
import dev.aegir.task.VerifySite;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A site whose code is against everybody harms itself. */
@Tag("lab")
@Timeout(300)
class HostileCodeIT {
    private static final String CODE = "/srv/hostile/wordpress";
    private static WordPressLab lab;

    @TempDir
    Path home;

    @BeforeAll
    static void open() {
        lab = new WordPressLab();
    }

    @AfterAll
    static void close() {
        lab.close();
    }

    private static String plugin() throws IOException {
        try (InputStream in = HostileCodeIT.class.getResourceAsStream("hostile.php")) {
            return new String(java.util.Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static void write(String path, String text) {
        lab.web1.execWithInput(text, "sh", "-c", "cat >\"$1\"", "sh", path).orThrow();
    }

    private static String files(Site site) {
        return "/srv/aegir/sites/" + site.id() + "/files";
    }

    @Test
    void getsNowhere() throws Exception {
        try (Aegir aegir = lab.fresh(home)) {
            lab.web1
                    .exec(
                            "sh",
                            "-c",
                            "mkdir -p /srv/hostile && cp -a /opt/applications/wordpress-6.8 \"$1\" && "
                                    + "mkdir \"$1/wp-content/mu-plugins\"",
                            "sh",
                            CODE)
                    .orThrow();
            write(CODE + "/wp-content/mu-plugins/hostile.php", plugin());
            WordPressLab.codebase(aegir, "hostile", CODE);
            WordPressLab.codebase(aegir, "wp", "/opt/applications/wordpress-6.8");
            Site good = WordPressLab.site("good.example.net", "wp", "php84");
            Site bad = WordPressLab.site("bad.example.net", "hostile", "php84");
            aegir.run(new InstallSite(good)).orThrow();
            write(files(good) + "/private.txt", "private");
            aegir.run(new InstallSite(bad)).orThrow();
            write(files(bad) + "/target", "/srv/aegir/sites/" + good.id());
            write(files(bad) + "/database", good.id().account());

            Fingerprint before = lab.web1.fingerprint("/etc", "/srv/aegir/sites/" + good.id(), CODE);
            TaskInfo seen = aegir.run(new VerifySite("bad.example.net")).orThrow();
            assertThat(seen.results().get("wordpress.version")).startsWith("6.8");
            nothingGot(bad);
            Page page = lab.browser("bad.example.net").get("/");
            assertThat(page.status()).isEqualTo(200);
            nothingGot(bad);
            linksLeadNowhere();
            assertThat(lab.web1.fingerprint("/etc", "/srv/aegir/sites/" + good.id(), CODE))
                    .isEqualTo(before);

            claimsAreNotBelieved(aegir, bad);
            assertThat(lab.browser("good.example.net").get("/").status()).isEqualTo(200);
            aegir.run(new VerifySite("good.example.net")).orThrow();
        }
    }

    private static void nothingGot(Site bad) {
        assertThat(lab.web1.file(files(bad) + "/got.json"))
                .contains("\"settings\":false", "\"database\":false")
                .doesNotContain("true");
        lab.web1.exec("rm", files(bad) + "/got.json").orThrow();
    }

    /** The web server reads more than the site's account may: so it follows no link that the site made to others. */
    private static void linksLeadNowhere() throws Exception {
        for (String file : List.of("link0.txt", "link1.txt", "link2.txt", "link3.txt", "passwd.txt")) {
            Page page = lab.browser("bad.example.net").get("/wp-content/uploads/" + file);
            assertThat(page.status()).as(file).isIn(403, 404);
            assertThat(page.body()).doesNotContain("private", "DB_PASSWORD", "root:");
        }
    }

    private static void claimsAreNotBelieved(Aegir aegir, Site bad) throws Exception {
        write(files(bad) + "/mode", "exit");
        TaskInfo ended = aegir.run(new VerifySite("bad.example.net"));
        assertThat(ended.state()).isEqualTo(TaskState.ROLLED_BACK);
        assertThat(ended.cause().orElse(""))
                .contains("ended before WordPress was ready", "bad.example.net")
                .doesNotContain("\u001b");
        assertThat(aegir.run(new LoginLink("bad.example.net")).results()).isEmpty();
        TaskInfo password = aegir.run(new ResetPassword("bad.example.net"));
        assertThat(password.state()).isEqualTo(TaskState.ROLLED_BACK);
        assertThat(password.results()).isEmpty();

        write(files(bad) + "/mode", "die");
        ended = aegir.run(new VerifySite("bad.example.net"));
        assertThat(ended.cause().orElse(""))
                .contains("its code ends with an error", "it dies here \\u001b[31m", "hostile.php")
                .doesNotContain("\u001b");

        write(files(bad) + "/mode", "list");
        ended = aegir.run(new VerifySite("bad.example.net")).orThrow();
        assertThat(aegir.inventory()
                        .sitePackages("bad.example.net")
                        .orElseThrow()
                        .table())
                .contains("Hostile", "[31m")
                .doesNotContain("\u001b");

        write(files(bad) + "/mode", "late");
        assertThat(aegir.run(new VerifySite("bad.example.net")).cause().orElse(""))
                .contains("it ended with 9");
        lab.web1.exec("rm", files(bad) + "/mode").orThrow();
        aegir.run(new VerifySite("bad.example.net")).orThrow();
    }

    @Test
    void codeWithSettingsOfItsOwnIsRefused() throws Exception {
        try (Aegir aegir = lab.fresh(home)) {
            lab.web1
                    .exec(
                            "sh",
                            "-c",
                            "for each in own beside none; do mkdir -p /srv/$each/web/wp-includes; "
                                    + "touch /srv/$each/web/wp-load.php /srv/$each/web/wp-includes/version.php; done; "
                                    + "echo '<?php // mine' >/srv/own/web/wp-config.php; "
                                    + "echo '<?php // mine' >/srv/beside/wp-config.php; rm /srv/none/web/wp-load.php")
                    .orThrow();
            Fingerprint before = lab.web1.fingerprint("/srv");
            assertThat(refused(aegir, "/srv/own/web", "")).contains("brings its own /srv/own/web/wp-config.php");
            assertThat(refused(aegir, "/srv/beside/web", "")).contains("/srv/beside/wp-config.php", "somebody else's");
            assertThat(refused(aegir, "/srv/none/web", "")).contains("is no WordPress");
            lab.web1.exec("mkdir", "-p", "/srv/inner/code").orThrow();
            lab.web1.exec("cp", "-a", "/srv/none/web", "/srv/inner/code/web").orThrow();
            lab.web1.exec("touch", "/srv/inner/code/web/wp-load.php").orThrow();
            String inside = refused(aegir, "/srv/inner/code", "web");
            assertThat(inside).contains("/srv/inner/code/wp-config.php", "inside the code");
            write("/srv/inner/code/wp-config.php", inside.substring(inside.indexOf("<?php")));
            aegir.run(new CreateCodebase(codebase("/srv/inner/code", "web"))).orThrow();
            lab.web1.exec("rm", "-r", "/srv/inner").orThrow();
            assertThat(lab.web1.fingerprint("/srv")).isEqualTo(before);
        }
    }

    private static Codebase codebase(String directory, String root) {
        return Codebase.of("code", CodeSource.directory(directory))
                .application("wordpress")
                .webRoot(root)
                .on("web1");
    }

    private static String refused(Aegir aegir, String directory, String root) throws InterruptedException {
        TaskInfo failed = aegir.run(new CreateCodebase(codebase(directory, root)));
        assertThat(failed.state()).isEqualTo(TaskState.ROLLED_BACK);
        return failed.cause().orElse("");
    }
}
