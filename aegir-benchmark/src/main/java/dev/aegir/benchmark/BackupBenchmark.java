// SPDX-License-Identifier: Apache-2.0
package dev.aegir.benchmark;

import dev.aegir.lab.Lab;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * How long it takes to back up many files, a large database, or a site that has both, for the first time, again when one in a
 * hundred has changed, and to restore them: Aegir's archives, Aegir with restic, the plainest pipe, restic and borg take turns on one server and over one connection. What
 * each has restored is proved to be what there was.
 */
public final class BackupBenchmark {
    private final SiteOptions options;
    private final Hosting hosting;
    private final List<Keeper> keepers = new ArrayList<>();
    private final Timings timings;

    private BackupBenchmark(SiteOptions options, Hosting hosting) throws Exception {
        this.options = options;
        this.hosting = hosting;
        keepers.add(AegirKeeper.archives(hosting));
        keepers.add(AegirKeeper.restic(hosting));
        keepers.addAll(ShellKeeper.all(hosting));
        keepers.removeIf(keeper -> !options.wants(keeper.title()));
        timings = new Timings(keepers.stream().map(Keeper::title).toList());
    }

    /**
     * Measures.
     *
     * @param arguments the options; a wrong one says which there are
     * @throws Exception when something fails
     */
    public static void main(String[] arguments) throws Exception {
        try {
            SiteOptions options = SiteOptions.parse("backup", arguments);
            try (Lab lab = Lab.open();
                    Hosting hosting = new Hosting(options, lab, "bench")) {
                new BackupBenchmark(options, hosting).everything();
            }
        } catch (WrongOptionException e) {
            e.end();
        }
    }

    private void everything() throws Exception {
        for (int run = 1; run <= options.runs(); run++) {
            Hosting.say("Run " + run + " of " + options.runs());
            for (Keeper keeper : keepers) {
                keeper.forget();
            }
            for (Content content : hosting.contents()) {
                round(content, run);
            }
            timings.write(options.output(), "round trips");
        }
        Hosting.say("\n" + timings.markdown("round trips"));
        Hosting.say("Written to " + options.output());
    }

    private void round(Content content, int run) throws Exception {
        List<Keeper> turns = new ArrayList<>(keepers);
        turns.removeIf(keeper -> !keeper.knows(content));
        // Each is once the first.
        Collections.rotate(turns, run);
        for (Keeper keeper : turns) {
            timed(content + ", first", keeper, () -> keeper.backUp(content));
        }
        hosting.change(content, run);
        for (Keeper keeper : turns) {
            timed(content + ", again with 1 % changed", keeper, () -> keeper.backUp(content));
        }
        String there = hosting.fingerprint(content);
        for (Keeper keeper : turns) {
            keeper.makeRoom(content);
            timed(content + ", restored", keeper, () -> keeper.restore(content));
            if (!keeper.restored(content).equals(there)) {
                throw new IllegalStateException(keeper.title() + " has restored other " + content + " than there were");
            }
        }
    }

    private void timed(String what, Keeper keeper, Timings.Timed timed) throws Exception {
        hosting.settle();
        long requests = hosting.requests();
        timings.time(what, keeper.title(), timed);
        if (keeper instanceof AegirKeeper) {
            timings.note(what, String.valueOf(hosting.requests() - requests));
        }
    }
}
