// SPDX-License-Identifier: Apache-2.0
package dev.aegir.examples.wordpress;

import dev.aegir.Aegir;
import dev.aegir.examples.Browser.Page;
import dev.aegir.model.Site;
import dev.aegir.task.RunCron;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A blog on web1, and all that backups and restores could do to it or leave behind. */
record BackedUpBlog(WordPressLab lab, Site site) {
    private static final String USER_OF = "SELECT User FROM mysql.global_priv WHERE User LIKE 's0%'";

    /** What people wrote: all rows, and all files with everything that can be told of them. */
    record Data(String rows, String files) {}

    /**
     * It has done what it does once by itself: its first visitor makes it write a page of navigation, its first cron the directory
     * of the month and a setting. The timer comes at any moment of the first five minutes, and changes nothing more then.
     */
    BackedUpBlog settled(Aegir aegir) throws Exception {
        visit();
        aegir.run(new RunCron(site.name().value())).orThrow();
        return this;
    }

    String as(String script) {
        String home = "/srv/aegir/sites/" + site.id();
        return lab.web1
                .exec("runuser", "-u", site.id().account(), "--", "sh", "-ec", "cd " + home + "; " + script)
                .orThrow()
                .stdout();
    }

    /** Another title of the first post, and an upload. */
    void write(String title, String upload) {
        title(title);
        as("mkdir -p files/2026; echo " + upload + " >files/2026/" + upload + ".txt");
    }

    void title(String title) {
        String database = lab.sql("SHOW DATABASES LIKE 's0%'").strip();
        lab.sql("UPDATE `" + database + "`.wp_posts SET post_title = '" + title + "' WHERE ID = 1");
    }

    Data data(Path home) {
        try (Aegir aegir = Aegir.open(home)) {
            return data(aegir);
        }
    }

    Data data(Aegir aegir) {
        return new Data(rows(aegir), files());
    }

    String files() {
        return as("find files -printf '%p|%y|%m|%u|%T@|%l\\n' | sort; find files -type f -print0 | sort -z"
                + " | xargs -0r sha256sum");
    }

    /** All rows, but for what WordPress writes whenever it is asked for a page. */
    String rows(Aegir aegir) {
        return lab.web1
                .exec(
                        "sh",
                        "-ec",
                        "mariadb-dump --skip-dump-date --skip-comments --skip-extended-insert " + database(aegir)
                                + " | grep -a -v -e _transient_ -e \",'cron',\" -e aegir -e AUTO_INCREMENT")
                .orThrow()
                .stdout();
    }

    private Site now(Aegir aegir) {
        return aegir.inventory().site(site.name()).orElseThrow();
    }

    String database(Aegir aegir) {
        return now(aegir).settings().text("db.name").orElse(site.id().account());
    }

    /** Databases, accounts and directories that no site needs. */
    List<String> left(Aegir aegir) {
        List<String> all = new ArrayList<>();
        lab.sql("SHOW DATABASES LIKE 's0%'")
                .lines()
                .filter(name -> !name.equals(database(aegir)))
                .forEach(all::add);
        String user = now(aegir).settings().text("db.user").orElse(site.id().account());
        lab.sql(USER_OF).lines().filter(name -> !name.equals(user)).forEach(all::add);
        lab.web1
                .exec(
                        "sh",
                        "-c",
                        "find /srv/aegir/staging -mindepth 2; cd /srv/aegir/sites/" + site.id()
                                + " && find . -maxdepth 1 -name '.[br]*'")
                .stdout()
                .lines()
                .forEach(all::add);
        return all;
    }

    /** The names below the directory of its backups. */
    List<String> stored() {
        return lab.web1
                .exec("ls", "-A", "/srv/aegir/backups/" + site.id())
                .stdout()
                .lines()
                .toList();
    }

    Page visit() throws Exception {
        return lab.browser(site.name().value()).get("/");
    }
}
