// SPDX-License-Identifier: Apache-2.0
package dev.aegir.benchmark;

import dev.aegir.lab.Lab;
import dev.aegir.model.Site;
import dev.aegir.task.CloneSite;
import dev.aegir.task.DeleteSite;
import java.util.List;

/**
 * How long it takes to clone a site on its own server: the whole task, beside the least that copies the same and ends with it on
 * the disk's cache as Aegir does. Files by reference ({@code cp --reflink}) are measured when the file system can do that.
 */
public final class CloneBenchmark {
    /** Clones that do not count: who hosts sites does so in a program that has run for long. */
    private static final int WARM_UP = 3;

    private final SiteOptions options;
    private final Hosting hosting;
    private final Timings timings = new Timings(List.of("aegir", "tar", "cp", "dump and load"));

    private CloneBenchmark(SiteOptions options, Hosting hosting) throws Exception {
        this.options = options;
        this.hosting = hosting;
    }

    /**
     * Measures.
     *
     * @param arguments the options; a wrong one says which there are
     * @throws Exception when something fails
     */
    public static void main(String[] arguments) throws Exception {
        try {
            SiteOptions options = SiteOptions.parse("clone", arguments);
            try (Lab lab = Lab.open();
                    Hosting hosting = new Hosting(options, lab, "bench")) {
                new CloneBenchmark(options, hosting).everything();
            }
        } catch (WrongOptionException e) {
            e.end();
        }
    }

    private void everything() throws Exception {
        String reflink = hosting.shell("bench", """
                        cd /srv; : >from; if cp --reflink=always from to 2>/dev/null; then echo yes; else echo no; fi; rm -f from to
                        """).strip();
        Hosting.say("Files by reference on this file system: " + reflink);
        Hosting.say("Warming up");
        for (int time = 1; time <= WARM_UP; time++) {
            for (Content content : hosting.contents()) {
                Site copy = Hosting.site("warm" + time + "-" + content.site(), content, "bench");
                hosting.run(new CloneSite(content.site(), copy));
                hosting.run(new DeleteSite(copy.name()).withoutSafetyBackup());
            }
        }
        for (int run = 1; run <= options.runs(); run++) {
            Hosting.say("Run " + run + " of " + options.runs());
            for (Content content : hosting.contents()) {
                aegir(content, run);
                if (content.hasFiles()) {
                    files(content, reflink.equals("yes") ? "always" : "never");
                }
                if (content.hasDatabase()) {
                    database(content);
                }
            }
            timings.write(options.output(), "round trips; by reference: " + reflink);
        }
        Hosting.say("\n" + timings.markdown("round trips; by reference: " + reflink));
        Hosting.say("Written to " + options.output());
    }

    private void aegir(Content content, int run) throws Exception {
        Site copy = Hosting.site("copy" + run + "-" + content.site(), content, "bench");
        hosting.settle();
        long requests = hosting.requests();
        timings.time(content.toString(), "aegir", () -> hosting.runTelling(new CloneSite(content.site(), copy)));
        timings.note(content.toString(), String.valueOf(hosting.requests() - requests));
        Site cloned = hosting.aegir().inventory().site(copy.name()).orElseThrow();
        String made = hosting.fingerprint(
                content, Hosting.directory(cloned), cloned.id().account());
        if (!made.equals(hosting.fingerprint(content))) {
            throw new IllegalStateException("the clone has other " + content);
        }
        hosting.run(new DeleteSite(copy.name()).withoutSafetyBackup());
    }

    private void files(Content content, String reflink) throws Exception {
        String from = Hosting.directory(hosting.site(content));
        String fresh = "rm -rf /srv/floor; mkdir /srv/floor";
        hosting.shell("bench", fresh);
        hosting.settle();
        timings.time(
                content.toString(),
                "tar",
                () -> hosting.shell("bench", "tar -C \"$1\" -c files | tar -x -C /srv/floor", from));
        hosting.shell("bench", fresh);
        hosting.settle();
        timings.time(
                content.toString(),
                "cp",
                () -> hosting.shell("bench", "cp -a --reflink=\"$2\" \"$1/files\" /srv/floor/", from, reflink));
        hosting.shell("bench", "rm -rf /srv/floor");
    }

    private void database(Content content) throws Exception {
        hosting.shell("bench", "mariadb -e 'DROP DATABASE IF EXISTS floor; CREATE DATABASE floor'");
        hosting.settle();
        timings.time(
                content.toString(),
                "dump and load",
                () -> hosting.shell(
                        "bench",
                        "mariadb-dump --single-transaction --quick \"$1\" | mariadb floor",
                        hosting.database(content)));
        hosting.shell("bench", "mariadb -e 'DROP DATABASE floor'");
    }
}
