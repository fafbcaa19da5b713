// SPDX-License-Identifier: Apache-2.0
package dev.aegir.examples.portable;

import dev.aegir.Aegir;
import dev.aegir.model.Site;
import dev.aegir.task.AdoptSite;
import dev.aegir.task.PlanPreview;
import dev.aegir.task.ScanCodebase;
import dev.aegir.task.TaskInfo;
import java.time.Duration;

/** Takes over a site that somebody has set up by hand. */
public final class TakeOver {
    private TakeOver() {}

    /**
     * What a server has at {@code /var/www/blog} becomes a site of ours.
     *
     * @param aegir the Aegir
     * @return how that ended
     * @throws InterruptedException when the thread is interrupted
     */
    public static TaskInfo blog(Aegir aegir) throws InterruptedException {
        // tag::adopt[]
        aegir.run(new ScanCodebase("wp")).orThrow();
        Site site = Site.of("blog.example.net", "wp")
                .http("web1/http")
                .runtime("web1/php84")
                .database("web1/db");
        AdoptSite task = AdoptSite.of("web1", "/var/www/blog", site)
                .database("web1/db", "handmade")
                .closedAtMost(Duration.ofMinutes(5));

        PlanPreview preview = aegir.preview(task);
        preview.steps().forEach(step -> System.out.println(step.name() + " " + step.changes()));

        TaskInfo adopted = aegir.run(task);
        System.out.println(adopted.results().get("former.remains"));
        // end::adopt[]
        return adopted;
    }
}
