// SPDX-License-Identifier: Apache-2.0
package dev.aegir.examples.move;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aegir.Aegir;
import dev.aegir.examples.Browser;
import dev.aegir.examples.Browser.Page;
import dev.aegir.examples.FailsForGood;
import dev.aegir.lab.Fingerprint;
import dev.aegir.model.CodeSource;
import dev.aegir.model.Codebase;
import dev.aegir.model.DomainName;
import dev.aegir.model.Name;
import dev.aegir.model.RefusedException;
import dev.aegir.model.Site;
import dev.aegir.task.CreateCodebase;
import dev.aegir.task.InstallSite;
import dev.aegir.task.RunCron;
import dev.aegir.task.ScanCodebase;
import dev.aegir.task.TaskInfo;
import dev.aegir.task.TaskState;
import dev.aegir.task.UpgradeSite;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A real WordPress becomes a newer one while people write in it. */
@Tag("lab")
@ExtendWith(FailsForGood.class)
@Timeout(600)
class UpgradeIT {
    private static final String NAME = MoveLab.NAME;
    private static final String OLDER = "wordpress";
    private static final String NEWER = "wordpress-next";
    private static MoveLab lab;

    @TempDir
    Path home;

    @BeforeAll
    static void open() {
        lab = new MoveLab();
    }

    @AfterAll
    static void close() {
        lab.close();
    }

    /** A WordPress 6.1 with a plugin that is there and not switched on; the newer code has its theme, and not this plugin. */
    private static Site installed(Aegir aegir) throws Exception {
        lab.enrolled(aegir, "mariadb");
        String older = Writers.code(lab.web1, "wordpress-6.1", "writer-6.1");
        String newer = Writers.code(lab.web1);
        lab.web1
                .execWithInput(
                        "<?php\n/* Plugin Name: Guestbook\n * Version: 1.0 */\n",
                        "sh",
                        "-c",
                        "mkdir -p \"$1/wp-content/plugins/guestbook\" && cat >\"$1/wp-content/plugins/guestbook/guestbook.php\""
                                + " && cp -a \"$1/wp-content/themes/twentytwentythree\" \"$2/wp-content/themes/\"",
                        "sh",
                        older,
                        newer)
                .orThrow();
        codebase(aegir, OLDER, older);
        codebase(aegir, NEWER, newer);
        aegir.run(new InstallSite(Site.of(NAME, OLDER)
                        .http("web1/http")
                        .runtime("web1/runtime")
                        .database("web1/db")
                        .with("title", "It grows")
                        .with("admin.name", "ann")
                        .with("admin.mail", "ann@example.net")))
                .orThrow();
        // Its first cron makes the directory of the month and a setting, at any moment of the first five minutes.
        aegir.run(new RunCron(NAME)).orThrow();
        return now(aegir);
    }

    private static void codebase(Aegir aegir, String name, String directory) throws Exception {
        aegir.run(new CreateCodebase(Codebase.of(name, CodeSource.directory(directory))
                        .application("wordpress")
                        .on("web1")))
                .orThrow();
        aegir.run(new ScanCodebase(name)).orThrow();
    }

    private static Site now(Aegir aegir) {
        return aegir.inventory().site(NAME).orElseThrow();
    }

    private static String database(Site site) {
        return site.settings().text("db.name").orElse(site.id().account());
    }

    private static String option(String database, String name) {
        return MoveLab.sql(
                        lab.web1,
                        "SELECT option_value FROM `" + database + "`.wp_options WHERE option_name = '" + name + "'")
                .strip();
    }

    /** All that the site could have changed of itself, but for what WordPress notes whenever it is started. */
    private record World(Site site, Fingerprint files, List<String> databases, List<String> rows) {
        static World of(Aegir aegir) {
            Site site = now(aegir);
            List<String> rows = lab.web1
                    .exec("mariadb-dump", "--skip-extended-insert", "--skip-dump-date", database(site))
                    .orThrow()
                    .stdout()
                    .lines()
                    .map(line -> line.replaceFirst(" AUTO_INCREMENT=[0-9]+", ""))
                    .filter(line -> !line.matches("INSERT INTO `wp_options` .*'(_site)?(_transient_.*|cron)',.*"))
                    .toList();
            return new World(site, MoveLab.files(lab.web1), MoveLab.databases(lab.web1), rows);
        }

        void isAsBefore(Aegir aegir) throws Exception {
            World now = of(aegir);
            assertThat(now.site).isEqualTo(site);
            assertThat(now.files.differencesFrom(files)).isEmpty();
            assertThat(now.databases).isEqualTo(databases);
            assertThat(now.rows).isEqualTo(rows);
            assertThat(new Browser(lab.web1.http(), NAME).get("/"))
                    .returns(200, Page::status)
                    .extracting(Page::body)
                    .asString()
                    .contains("It grows");
        }
    }

    @Test
    void anOlderWordPressBecomesANewerOne() throws Exception {
        try (Aegir aegir = Aegir.open(home)) {
            Site site = installed(aegir);
            String old = option(database(site), "db_version");
            whatTheNewerLacksStopsIt(aegir);
            whatFailsIsTakenBack(aegir);
            nothingIsLost(aegir, site);
            String later = option(database(now(aegir)), "db_version");
            assertThat(Integer.valueOf(later)).isGreaterThan(Integer.valueOf(old));
            // The former is as it was, until that is retired.
            assertThat(option(database(site), "db_version")).isEqualTo(old);
            thereIsAWayBack(aegir, site);
            MoveSite.retire(aegir, NAME);
            assertThat(MoveLab.databases(lab.web1)).noneMatch(line -> line.matches(database(site) + "\\b.*"));
            thereIsNoWayToOlderCode(aegir);
        }
    }

    /** Somebody has switched on a plugin since the site was last looked at. */
    private static void whatTheNewerLacksStopsIt(Aegir aegir) throws Exception {
        String plugins = "UPDATE `" + database(now(aegir))
                + "`.wp_options SET option_value = '%s' WHERE option_name = 'active_plugins'";
        MoveLab.sql(lab.web1, plugins.formatted("a:1:{i:0;s:23:\"guestbook/guestbook.php\";}"));
        World before = World.of(aegir);
        TaskInfo refused = aegir.run(new UpgradeSite(NAME, NEWER));
        assertThat(refused.state()).as(refused.toString()).isEqualTo(TaskState.ROLLED_BACK);
        assertThat(refused.cause().orElse("")).contains("lacks what the site " + NAME, "missing", "guestbook");
        assertThat(refused.results()).doesNotContainKey("freeze.milliseconds");
        before.isAsBefore(aegir);
        MoveLab.sql(lab.web1, plugins.formatted("a:0:{}"));
    }

    private static void whatFailsIsTakenBack(Aegir aegir) throws Exception {
        World before = World.of(aegir);
        assertThat(aegir.preview(new UpgradeSite(NAME, NEWER)).isEmpty()).isFalse();
        TaskInfo failed = aegir.run(new UpgradeSite(DomainName.of(NAME), Name.of(NEWER), List.of("false")));
        assertThat(failed.state()).as(failed.toString()).isEqualTo(TaskState.ROLLED_BACK);
        assertThat(failed.cause().orElse("")).contains("check " + NAME);
        before.isAsBefore(aegir);
    }

    private static void nothingIsLost(Aegir aegir, Site site) throws Exception {
        Set<Integer> acknowledged;
        Set<Integer> late;
        try (Writers writers = new Writers(lab.web1.http(), NAME, 3)) {
            writers.awaitMore(20);
            MoveSite.upgrade(aegir, NAME);
            Set<Integer> known = new TreeSet<>(writers.acknowledged());
            writers.awaitMore(20);
            writers.rest();
            acknowledged = writers.acknowledged();
            late = new TreeSet<>(acknowledged);
            late.removeAll(known);
        }
        Site now = now(aegir);
        assertThat(now.codebase()).hasToString(NEWER);
        assertThat(database(now)).isNotEqualTo(database(site));
        assertThat(MoveLab.written(lab.web1, database(now)))
                .as("rows that were acknowledged")
                .containsAll(acknowledged);
        assertThat(MoveLab.uploads(lab.web1, now)).containsAll(acknowledged);
        assertThat(late).hasSizeGreaterThanOrEqualTo(20);
        assertThat(MoveLab.written(lab.web1, database(site))).isNotEmpty().doesNotContainAnyElementsOf(late);
        assertThat(new Browser(lab.web1.http(), NAME).get("/"))
                .returns(200, Page::status)
                .extracting(Page::body)
                .asString()
                .contains("It grows", "WordPress 6.8");
    }

    /** To the older code and its database, and forward again to everything that was written to the newer. */
    private static void thereIsAWayBack(Aegir aegir, Site site) throws Exception {
        Site later = now(aegir);
        Set<Integer> written = MoveLab.written(lab.web1, database(later));
        MoveSite.revert(aegir, NAME);
        assertThat(now(aegir)).returns(site.codebase(), Site::codebase).returns(database(site), UpgradeIT::database);
        Browser visitor = new Browser(lab.web1.http(), NAME);
        assertThat(visitor.get("/"))
                .returns(200, Page::status)
                .extracting(Page::body)
                .asString()
                .contains("It grows", "WordPress 6.1");
        assertThat(MoveLab.written(lab.web1, database(later))).isEqualTo(written);
        MoveSite.revert(aegir, NAME);
        // But for since when it is there.
        assertThat(now(aegir).with("former.since", "")).isEqualTo(later.with("former.since", ""));
        assertThat(visitor.get("/").body()).contains("It grows", "WordPress 6.8");
        assertThat(MoveLab.written(lab.web1, database(later))).isEqualTo(written);
    }

    private static void thereIsNoWayToOlderCode(Aegir aegir) throws Exception {
        World before = World.of(aegir);
        assertThatThrownBy(() -> aegir.submit(new UpgradeSite(NAME, OLDER)))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("downgrade")
                .hasMessageContaining("schema lower");
        before.isAsBefore(aegir);
    }
}
