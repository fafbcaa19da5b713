// SPDX-License-Identifier: Apache-2.0
package dev.aegir.examples.move;

import dev.aegir.Aegir;
import dev.aegir.model.Environment;
import dev.aegir.model.Site;
import dev.aegir.task.CloneSite;
import dev.aegir.task.MigrateSite;
import dev.aegir.task.RenameSite;
import dev.aegir.task.RetireMigration;
import dev.aegir.task.RevertMigration;
import dev.aegir.task.SyncSite;
import dev.aegir.task.TaskInfo;
import dev.aegir.task.UpgradeSite;
import java.time.Duration;
import java.util.List;

/** A site that goes to another server while people write in it, and what belongs to that. */
public final class MoveSite {
    private MoveSite() {}

    public static TaskInfo move(Aegir aegir, String name) throws InterruptedException {
        // tag::move[]
        Site site = aegir.inventory().site(name).orElseThrow();
        Site elsewhere = site.http("web2/http").runtime("web2/runtime").database("web2/db");
        TaskInfo moved = aegir.run(new MigrateSite(elsewhere)).orThrow();
        System.out.println("closed for " + moved.results().get("freeze.milliseconds") + " ms");
        // end::move[]
        return moved;
    }

    static Site everythingElse(Site site) {
        // tag::all[]
        Site elsewhere = site.codebase("wordpress-next")
                .http("web1/http")
                .runtime("web1/php84")
                .database("web1/db");
        // end::all[]
        return elsewhere;
    }

    public static TaskInfo moveInTime(Aegir aegir, Site elsewhere, List<String> check) throws InterruptedException {
        // tag::bound[]
        TaskInfo moved = aegir.run(new MigrateSite(elsewhere, check).closedAtMost(Duration.ofSeconds(10)));
        // end::bound[]
        return moved;
    }

    public static TaskInfo moveOften(Aegir aegir, Site elsewhere) throws InterruptedException {
        // tag::passes[]
        TaskInfo moved = aegir.run(new MigrateSite(elsewhere).anotherPassAbove(Duration.ZERO));
        // end::passes[]
        return moved;
    }

    public static void retire(Aegir aegir, String name) throws InterruptedException {
        // tag::retire[]
        aegir.run(new RetireMigration(name).now()).orThrow();
        // end::retire[]
    }

    public static Site copy(Aegir aegir, String name) throws InterruptedException {
        // tag::clone[]
        Site copy = Site.of("staging." + name, "wordpress")
                .environment(Environment.STAGING)
                .http("web1/http")
                .runtime("web1/runtime")
                .database("web1/db")
                .with("sanitise.keep", "@example.org")
                .with("sanitise.empty", "wp_gf_*")
                .with("sanitise.forget", "crm_*");
        aegir.run(new CloneSite(name, copy)).orThrow();
        // end::clone[]
        return copy;
    }

    public static void sync(Aegir aegir, String name) throws InterruptedException {
        // tag::sync[]
        aegir.run(new SyncSite(name, "staging." + name)).orThrow();
        // end::sync[]
    }

    public static void syncParts(Aegir aegir, String name, String staging) throws InterruptedException {
        // tag::sync-parts[]
        aegir.run(new SyncSite(name, staging).onlyTables("wp_posts", "wp_comments"))
                .orThrow();
        aegir.run(new SyncSite(name, staging)
                        .exceptTables("wp_users", "wp_usermeta")
                        .onlyPath("files/2019"))
                .orThrow();
        // end::sync-parts[]
    }

    public static void rename(Aegir aegir, String name, String other) throws InterruptedException {
        // tag::rename[]
        aegir.run(new RenameSite(name, other)).orThrow();
        // end::rename[]
    }

    static void upgrade(Aegir aegir, String name) throws InterruptedException {
        // tag::upgrade[]
        aegir.run(new UpgradeSite(name, "wordpress-next")).orThrow();
        // end::upgrade[]
    }

    static void revert(Aegir aegir, String name) throws InterruptedException {
        // tag::revert[]
        aegir.run(new RevertMigration(name)).orThrow();
        // end::revert[]
    }
}
