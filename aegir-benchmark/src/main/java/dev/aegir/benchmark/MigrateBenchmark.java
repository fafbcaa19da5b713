// SPDX-License-Identifier: Apache-2.0
package dev.aegir.benchmark;

import dev.aegir.lab.Lab;
import dev.aegir.model.ServiceKind;
import dev.aegir.model.Site;
import dev.aegir.task.MigrateSite;
import dev.aegir.task.RetireMigration;
import dev.aegir.task.TaskInfo;
import java.util.List;
import java.util.Map;

/**
 * How long it takes to migrate a site to another server and back, and for how long it is closed meanwhile; beside the floor: all
 * files by rsync, then what has changed of them, and the dump piped into the other server's database, one after the other. A tenth is changed just before
 * the site is closed; or after the first pass over the open site; or steadily, a tenth in the time that the first pass takes.
 */
public final class MigrateBenchmark {
    /** When a tenth of the site is changed. */
    private enum When {
        /** Between the first pass over the open site and the next. */
        AFTER_THE_FIRST_PASS(", changed after the first pass"),
        /** In the last moment before it is closed. */
        AT_ONCE(""),
        /** All the time, as much in the time that the first pass takes. */
        STEADILY(", changed steadily");

        private final String title;

        When(String title) {
            this.title = title;
        }
    }

    /** How the names of the second pass's steps end. */
    private static final String SECOND = ", pass 2";

    private final SiteOptions options;
    private final Hosting hosting;
    private final Timings timings = new Timings(List.of("aegir", "floor"));

    private MigrateBenchmark(SiteOptions options, Hosting hosting) throws Exception {
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
            SiteOptions options = SiteOptions.parse("migrate", arguments);
            try (Lab lab = Lab.open();
                    Hosting hosting = new Hosting(options, lab, "bench", "bench2")) {
                new MigrateBenchmark(options, hosting).everything();
            }
        } catch (WrongOptionException e) {
            e.end();
        }
    }

    private void everything() throws Exception {
        hosting.machine("bench").mayReach(hosting.machine("bench2"));
        for (int run = 1; run <= options.runs(); run++) {
            Hosting.say("Run " + run + " of " + options.runs());
            for (Content content : hosting.contents()) {
                floor(content, run);
                // Three runs have each case twice.
                When[] cases = When.values();
                aegir(content, "bench2", run, cases[(2 * run - 2) % cases.length]);
                aegir(content, "bench", run + 1000, cases[(2 * run - 1) % cases.length]);
            }
            timings.write(options.output(), "round trips");
        }
        Hosting.say("\n" + timings.markdown("round trips"));
        Hosting.say("Written to " + options.output());
    }

    /** A site that is changed as long as it is open. */
    private final class Writer {
        private final Content content;
        private final int round;
        private long since = System.nanoTime();
        private long first;
        private int times;

        Writer(Content content, int round) {
            this.content = content;
            this.round = round;
        }

        /** What was changed since the last time; a thousandth at least. */
        void write() throws Exception {
            long meanwhile = System.nanoTime() - since;
            first = first == 0 ? meanwhile : first;
            hosting.changeNewest(content, round + 100 * times++, (int) Math.min(1_000, 11 * first / meanwhile));
            since = System.nanoTime();
        }
    }

    private void aegir(Content content, String to, int round, When when) throws Exception {
        Site site = hosting.site(content)
                .bind(ServiceKind.HTTP, to + "/http")
                .bind(ServiceKind.RUNTIME, to + "/runtime")
                .bind(ServiceKind.BACKUP, to + "/backup");
        Site wanted = content.hasDatabase() ? site.database(to + "/db") : site;
        long requests = hosting.requests();
        String closed = " is about to be closed";
        if (when == When.STEADILY) {
            Writer writer = new Writer(content, round);
            for (String step : List.of(SECOND, ", pass 3", ", pass 4", closed)) {
                hosting.before(Map.of(step, writer::write));
            }
        } else {
            hosting.before(Map.of(when == When.AT_ONCE ? closed : SECOND, () -> hosting.changeTenth(content, round)));
        }
        long begun = System.nanoTime();
        TaskInfo done = hosting.run(new MigrateSite(wanted));
        double seconds = (System.nanoTime() - begun) / 1e9;
        hosting.requireChanged();
        hosting.tellSince(content.site() + closed);
        String what = content + when.title + ", ";
        timings.add(what + "total", "aegir", seconds);
        timings.note(what + "total", String.valueOf(hosting.requests() - requests));
        timings.add(what + "closed", "aegir", Long.parseLong(done.result("freeze.milliseconds")) / 1e3);
        done.results().forEach((name, value) -> {
            if (name.startsWith("pass")) {
                Hosting.say("  " + name + ": " + value);
            }
        });
        hosting.run(new RetireMigration(content.site()).now());
    }

    private void floor(Content content, int run) throws Exception {
        double total = 0;
        double closed = 0;
        if (content.hasFiles()) {
            String from = Hosting.directory(hosting.site(content)) + "/files/";
            hosting.shell("bench2", "rm -rf /srv/floor; mkdir /srv/floor");
            String rsync = "rsync -a --delete \"$1\" bench2:/srv/floor/";
            total += seconds(rsync, from);
            hosting.changeTenth(content, run + 2000);
            closed += seconds(rsync, from);
            hosting.shell("bench2", "rm -rf /srv/floor");
        }
        if (content.hasDatabase()) {
            hosting.shell("bench2", "mariadb -e 'DROP DATABASE IF EXISTS floor; CREATE DATABASE floor'");
            closed += seconds(
                    "mariadb-dump --single-transaction --quick \"$1\" | ssh bench2 mariadb floor",
                    hosting.database(content));
            hosting.shell("bench2", "mariadb -e 'DROP DATABASE floor'");
        }
        timings.add(content + ", total", "floor", total + closed);
        timings.add(content + ", closed", "floor", closed);
    }

    private double seconds(String script, String argument) throws InterruptedException {
        long begun = System.nanoTime();
        hosting.shell("bench", script, argument);
        return (System.nanoTime() - begun) / 1e9;
    }
}
