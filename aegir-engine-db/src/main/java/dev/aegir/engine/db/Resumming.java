// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import dev.aegir.task.StepContext;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Sums up a database as it is at one moment, of which it was proved that it was equal to its copy but for some ranges, and of
 * which the server tells what was written since. A range of which no row was written since, and that has as many rows as then, has
 * exactly the rows that it had then: every one of them was there, and none is missing. Only the others are summed up.
 *
 * @param context the step's
 * @param summing sums up the database
 * @param tables its tables
 * @param loaded what its copy has
 */
record Resumming(StepContext context, Summing summing, Map<String, Seeds.Table> tables, Seed.Loaded loaded) {
    /** After so many transactions their numbers may be used again. */
    private static final long TOO_LONG = 1_000_000_000;

    /** Beyond one of so many ranges it is quicker to read all of a table. */
    private static final int WORTH = 2;

    /**
     * All sums.
     *
     * @param now the horizon of now
     * @return nothing when too little is known
     */
    Optional<DatabaseSums> sums(OptionalLong now) throws InterruptedException {
        Optional<Seed.Proved> proved =
                loaded.proved().filter(each -> !loaded.sums().isCoarse());
        if (proved.isEmpty() || now.isEmpty() || now.getAsLong() - proved.get().horizon() > TOO_LONG) {
            return Optional.empty();
        }
        Map<String, List<String>> only = new HashMap<>();
        DatabaseSums sums = summing.sums(proved.get().horizon(), newer -> known(newer, proved.get(), only));
        return Optional.of(sums.with(loaded.sums(), only).bounded());
    }

    private Summing.Known known(
            Map<String, Map<String, String>> newer, Seed.Proved proved, Map<String, List<String>> only) {
        Map<String, Map<String, String>> known = new HashMap<>();
        int kept = 0;
        for (Map.Entry<String, Map<String, String>> table : newer.entrySet()) {
            String name = table.getKey();
            Map<String, String> copied = loaded.sums().tables().getOrDefault(name, Map.of());
            List<String> others = others(table.getValue(), copied, proved.but().getOrDefault(name, List.of()));
            if (others.isEmpty()) {
                known.put(name, copied);
                kept += copied.size();
            } else if (others.size() * WORTH < copied.size() && hasRanges(name)) {
                only.put(name, others);
                kept += copied.size() - others.size();
            }
        }
        context.log("as they were since they were summed up while the site was open, by their rows' transactions: "
                + kept + " ranges of " + loaded.sums().ranges());
        return new Summing.Known(new DatabaseSums(known, loaded.sums().quick()), only);
    }

    private boolean hasRanges(String name) {
        return Optional.ofNullable(tables.get(name))
                .flatMap(Seeds.Table::ranges)
                .isPresent();
    }

    /** The ranges of which something was written, came or went, or was not proved. */
    private static List<String> others(Map<String, String> counted, Map<String, String> copied, List<String> but) {
        Map<String, String> same = new HashMap<>();
        copied.forEach((range, sum) -> {
            if (!but.contains(range)) {
                same.put(range, sum.substring(0, sum.indexOf(' ')) + " 0");
            }
        });
        but.forEach(range -> same.put(range, "-"));
        return DatabaseSums.different(counted, same);
    }
}
