// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal.tasks;

import dev.aegir.model.Tree;
import dev.aegir.spi.Planner;
import dev.aegir.spi.SeedingEngine;
import dev.aegir.task.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * How what one has in its database comes to be in another's, which is there and has nothing.
 *
 * @param before what can be done while it is written to
 * @param further what can be done then once more, for each further pass: it brings what was changed meanwhile
 * @param dumped what is done on its own server
 * @param brought what follows elsewhere; the last loads it
 * @param cleared what is of no use then
 */
record DatabaseMove(
        List<Step> before, List<DatabaseMove> further, List<Step> dumped, List<Step> brought, List<Step> cleared) {
    static final DatabaseMove NONE = new DatabaseMove(List.of(), List.of(), List.of(), List.of(), List.of());

    private static final String MIGRATION = "migration";

    /** As a whole. */
    static DatabaseMove whole(SiteParts from, SiteParts to, String name, Planner planner) {
        return travelling(from, to, name, from::dumped, to::loaded, planner);
    }

    /** As much of it as can be while it is written to. */
    static DatabaseMove seeded(SiteParts from, SiteParts to, Planner planner) {
        Optional<SeedingEngine> here = from.seeding();
        Optional<SeedingEngine> there = to.seeding();
        if (here.isEmpty() || there.isEmpty()) {
            return whole(from, to, MIGRATION, planner);
        }
        DatabaseMove seed = travelling(
                from,
                to,
                "seed",
                tree -> from.planned(here.get(), (engine, at) -> engine.dumpSeed(at, tree.directory(), MIGRATION)),
                tree -> to.planned(there.get(), (engine, at) -> engine.loadSeed(at, tree.directory(), MIGRATION)),
                planner);
        List<DatabaseMove> further = new ArrayList<>();
        for (int pass = 2; pass <= InPass.MOST; pass++) {
            further.add(travelling(
                    from,
                    to,
                    "pass-" + pass,
                    tree -> from.planned(here.get(), (engine, at) -> engine.dumpDelta(at, tree.directory(), MIGRATION)),
                    tree -> to.planned(there.get(), (engine, at) -> engine.loadDelta(at, tree.directory(), MIGRATION)),
                    planner));
        }
        DatabaseMove rest = travelling(
                from,
                to,
                MIGRATION,
                tree -> from.planned(here.get(), (engine, at) -> engine.dumpRest(at, tree.directory(), MIGRATION)),
                tree -> to.planned(there.get(), (engine, at) -> engine.loadRest(at, tree.directory(), MIGRATION)),
                planner);
        return new DatabaseMove(seed.all(), further, rest.dumped(), rest.brought(), rest.cleared());
    }

    private static DatabaseMove travelling(
            SiteParts from,
            SiteParts to,
            String name,
            Function<Tree, List<Step>> dumped,
            Function<Tree, List<Step>> loaded,
            Planner planner) {
        Optional<Tree> dump = from.dump(name);
        if (dump.isEmpty()) {
            return NONE;
        }
        to.requireTakes(from);
        Tree here = dump.get();
        List<Step> dumping = dumped.apply(here);
        if (dumping.isEmpty()) {
            return NONE;
        }
        Tree there = to.dump(name).orElse(here);
        boolean elsewhere = !there.server().equals(here.server());
        List<Step> brought = new ArrayList<>(elsewhere ? planner.copy(here, there) : List.of());
        brought.addAll(loaded.apply(elsewhere ? there : here));
        List<Step> cleared = new ArrayList<>();
        cleared.add(new RemoveStaging(here.server(), here.directory()));
        if (elsewhere) {
            cleared.add(new RemoveStaging(there.server(), there.directory()));
        }
        return new DatabaseMove(List.of(), List.of(), dumping, brought, cleared);
    }

    /** What is done in a further pass: rows of steps that are done side by side. */
    List<List<Step>> further(int pass) {
        DatabaseMove move = further.isEmpty() ? NONE : further.get(pass - 2);
        List<List<Step>> rows = new ArrayList<>();
        move.dumped().forEach(step -> rows.add(List.of(step)));
        move.brought().forEach(step -> rows.add(List.of(step)));
        if (!move.cleared().isEmpty()) {
            rows.add(move.cleared());
        }
        return rows;
    }

    /** One after the other. */
    List<Step> all() {
        List<Step> all = new ArrayList<>(before);
        all.addAll(dumped);
        all.addAll(brought);
        all.addAll(cleared);
        return all;
    }
}
