// SPDX-License-Identifier: Apache-2.0
package dev.aegir.examples.drupal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.aegir.Aegir;
import dev.aegir.examples.Browser.Page;
import dev.aegir.model.Site;
import dev.aegir.task.DeleteSite;
import dev.aegir.task.ImportSite;
import dev.aegir.task.InstallSite;
import dev.aegir.task.ScanCodebase;
import dev.aegir.task.TaskInfo;
import dev.aegir.task.TaskState;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A real Drupal comes from the archives of other programs. The environment variable {@code AEGIR_TEST_DRUPAL} names a project, as
 * for {@link DrupalIT}.
 */
@Tag("lab")
@Timeout(900)
class DrupalImportIT {
    private static final String NAME = "shop.example.net";
    private static final String NEW = "moved.example.net";
    private static final String IN = "/srv/aegir/incoming/shop.tar.gz";

    @TempDir
    Path home;

    private static TaskInfo bring(Aegir aegir) throws InterruptedException {
        return aegir.run(
                ImportSite.of("web1", IN, DrupalLab.site(NEW, "db").with("files.also", "/sites/default/files")));
    }

    private static void root(DrupalLab lab, String script) {
        lab.web1.exec("sh", "-ec", script).orThrow();
    }

    private static void answers(Aegir aegir, DrupalLab lab, TaskInfo imported, String format) throws Exception {
        assertThat(imported.orThrow().results())
                .containsEntry("import.format", format)
                .containsEntry("import.database.end", "proved")
                .containsEntry("drupal.updates", "0");
        Site site = aegir.inventory().site(NEW).orElseThrow();
        assertThat(lab.browser(NEW).get("/")).returns(200, Page::status);
        assertThat(lab.browser(NEW).get("/").body()).contains("Ann");
        for (String path : List.of("/sites/" + site.id() + "/files/a.txt", "/sites/default/files/a.txt")) {
            assertThat(lab.browser(NEW).get(path)).as(path).returns("a picture\n", Page::body);
        }
        assertThat(lab.browser(NEW)
                        .get("/sites/" + site.id() + "/files/private/key.txt")
                        .status())
                .isEqualTo(404);
        assertThat(lab.web1.file("/srv/aegir/sites/" + site.id() + "/private/key.txt"))
                .isEqualTo("secret\n");
        assertThat(lab.web1.exists("/tmp/evil")).isFalse();
    }

    @Test
    void archivesOfDrushAndAegir3BecomeSites() throws Exception {
        Optional<Path> project = Optional.ofNullable(System.getenv("AEGIR_TEST_DRUPAL"))
                .filter(value -> !value.isBlank())
                .map(Path::of);
        assumeTrue(project.isPresent(), "AEGIR_TEST_DRUPAL names no Drupal: it is not tested against a real one");
        try (DrupalLab lab = new DrupalLab();
                Aegir aegir = lab.fresh(home, project.orElseThrow())) {
            DrupalLab.codebase(aegir);
            Site site = DrupalLab.site(NAME, "db").with("profile", "minimal");
            aegir.run(new InstallSite(site)).orThrow();
            aegir.run(new ScanCodebase("shop")).orThrow();
            lab.browser(NAME).get("/");
            String files = "/srv/aegir/sites/" + site.id() + "/files";
            root(
                    lab,
                    "rm -rf /tmp/pack; mkdir -p /tmp/pack /srv/aegir/incoming; cd /tmp/pack; cp -a " + files + " files;"
                            + " mkdir -p private/files private/temp modules; echo 'a picture' >files/a.txt;"
                            + " echo secret >private/files/key.txt; chgrp -R www-data .; chmod -R o-rwx .; chmod 2770 files private;"
                            + " echo '<?php touch(\"/tmp/evil\");' | tee settings.php drushrc.php files/x.php"
                            + " modules/x.module; mariadb-dump " + site.id().account() + " >database.sql;"
                            + " tar -czf " + IN + " .");

            answers(aegir, lab, bring(aegir), "aegir3-backup");
            aegir.run(new DeleteSite(NEW)).orThrow();

            root(
                    lab,
                    "cd /tmp/pack; mkdir -p web/sites/default web/core; mv files settings.php modules web/sites/default;"
                            + " mv private/files web/sites/default/files/private; rm -r private drushrc.php;"
                            + " mv database.sql shop_db.sql; touch web/index.php; printf '[Global]\\nformatversion = \"1.0\"\\n'"
                            + " >MANIFEST.ini; tar -czf " + IN + " web shop_db.sql MANIFEST.ini");
            answers(aegir, lab, bring(aegir), "drush-archive");
            aegir.run(new DeleteSite(NEW)).orThrow();

            root(
                    lab,
                    "cd /tmp/pack; mkdir dump dump/database dump/code; cp -r web/sites/default/files dump/files;"
                            + " cp shop_db.sql dump/database/database.sql; touch dump/code/composer.json;"
                            + " printf 'formatversion: \"1.0\"\\n' >dump/MANIFEST.yml; cd dump;"
                            // Without entries for directories, as PHP's Phar makes it.
                            + " find . -type f -printf '%P\\n' | tar -czf " + IN + " --verbatim-files-from -T -");
            answers(aegir, lab, bring(aegir), "drush-dump");
            aegir.run(new DeleteSite(NEW)).orThrow();

            // A module that the database has switched on and the codebase lacks.
            root(lab, "mv " + DrupalLab.CODE + "/web/core/modules/dblog /tmp/dblog");
            aegir.run(new ScanCodebase("shop")).orThrow();
            List<Object> before = lab.world();
            TaskInfo refused = bring(aegir);
            assertThat(refused.state()).as(refused.toString()).isEqualTo(TaskState.ROLLED_BACK);
            // By Drupal itself when what it has cached needs the module, else by the comparison of packages.
            assertThat(refused.cause().orElse("")).contains("dblog");
            assertThat(lab.world()).isEqualTo(before);
        }
    }
}
