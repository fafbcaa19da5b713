// SPDX-License-Identifier: Apache-2.0
package dev.aegir.benchmark;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** What was measured, and the table of it. Not thread-safe. */
final class Results {
    /** Whose time it is. */
    enum Who {
        CHANGE("aegir"),
        TASK("whole task"),
        FLOOR("floor"),
        BULK("ansible, one archive"),
        LOOPS("ansible, as people write it");

        private final String title;

        Who(String title) {
            this.title = title;
        }

        @Override
        public String toString() {
            return title;
        }
    }

    private record Row(int sites, Duration distance, Case which) {}

    private final Map<Row, Map<Who, List<Measured>>> rows = new LinkedHashMap<>();

    void add(int sites, Duration distance, Case which, Who who, Measured measured) {
        rows.computeIfAbsent(new Row(sites, distance, which), row -> new LinkedHashMap<>())
                .computeIfAbsent(who, w -> new ArrayList<>())
                .add(measured);
    }

    /** The median of what was measured of a case, in milliseconds. */
    double median(int sites, Duration distance, Case which, Who who) {
        return median(rows.getOrDefault(new Row(sites, distance, which), Map.of()), who)
                .orElseThrow()
                .millis();
    }

    /** The medians, and the least times of what is fast enough for these to say more on a busy machine; as Markdown. */
    String markdown() {
        StringBuilder out = new StringBuilder();
        out.append("| sites | added round trip | | round trips | aegir | floor | goal | aegir / goal | whole task |"
                + " Ansible, one archive | / aegir | Ansible, loops | / aegir |\n");
        out.append("|--:|--:|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n");
        rows.forEach((row, measured) -> out.append(line(row, measured)));
        out.append("\nThe least of all runs, which other programs on the machine disturb less than the median:\n\n");
        out.append("| sites | added round trip | | aegir | floor | goal | aegir / goal | whole task |\n");
        out.append("|--:|--:|---|--:|--:|--:|--:|--:|\n");
        rows.forEach((row, measured) -> out.append(least(row, measured)));
        return out.toString();
    }

    private static String least(Row row, Map<Who, List<Measured>> all) {
        Optional<Measured> change = least(all, Who.CHANGE);
        Optional<Measured> floor = least(all, Who.FLOOR);
        return cells(
                Integer.toString(row.sites),
                row.distance.toMillis() + " ms",
                row.which.toString(),
                time(change),
                time(floor),
                goal(floor).map(g -> String.format(Locale.ROOT, "%,.0f ms", g)).orElse("-"),
                ofGoal(change, goal(floor)),
                time(least(all, Who.TASK)));
    }

    private static Optional<Double> goal(Optional<Measured> floor) {
        return floor.map(f -> f.millis() * 1.5 + 50);
    }

    private static String ofGoal(Optional<Measured> change, Optional<Double> goal) {
        return change.isEmpty() || goal.isEmpty()
                ? "-"
                : String.format(Locale.ROOT, "%.2f", change.get().millis() / goal.get());
    }

    private static String cells(String... cells) {
        return "| " + String.join(" | ", cells) + " |\n";
    }

    private static String line(Row row, Map<Who, List<Measured>> all) {
        Optional<Measured> change = median(all, Who.CHANGE);
        Optional<Measured> floor = median(all, Who.FLOOR);
        return cells(
                Integer.toString(row.sites),
                row.distance.toMillis() + " ms",
                row.which.toString(),
                roundTrips(all.getOrDefault(Who.CHANGE, List.of())),
                time(change),
                time(floor),
                goal(floor).map(g -> String.format(Locale.ROOT, "%,.0f ms", g)).orElse("-"),
                ofGoal(change, goal(floor)),
                time(median(all, Who.TASK)),
                time(median(all, Who.BULK)) + runs(all, Who.BULK),
                ratio(median(all, Who.BULK), change),
                time(median(all, Who.LOOPS)) + runs(all, Who.LOOPS),
                ratio(median(all, Who.LOOPS), change));
    }

    private static Optional<Measured> least(Map<Who, List<Measured>> all, Who who) {
        return all.getOrDefault(who, List.of()).stream().min(Comparator.comparingDouble(Measured::millis));
    }

    private static Optional<Measured> median(List<Measured> measured) {
        List<Measured> sorted = measured.stream()
                .sorted(Comparator.comparingDouble(Measured::millis))
                .toList();
        return sorted.isEmpty() ? Optional.empty() : Optional.of(sorted.get(sorted.size() / 2));
    }

    private static Optional<Measured> median(Map<Who, List<Measured>> all, Who who) {
        return median(all.getOrDefault(who, List.of()));
    }

    private static String roundTrips(List<Measured> measured) {
        return measured.stream()
                .flatMapToLong(m -> m.roundTrips().stream())
                .distinct()
                .sorted()
                .mapToObj(Long::toString)
                .reduce((a, b) -> a + " or " + b)
                .orElse("-");
    }

    private static String runs(Map<Who, List<Measured>> all, Who who) {
        return all.containsKey(who) && all.get(who).size() == 1 ? " (1 run)" : "";
    }

    private static String time(Optional<Measured> measured) {
        return measured.map(Results::time).orElse("-");
    }

    static String time(Measured measured) {
        String number = measured.millis() < 10_000
                ? String.format(Locale.ROOT, "%,.0f ms", measured.millis())
                : String.format(Locale.ROOT, "%,.1f s", measured.millis() / 1000);
        return measured.finished() ? number : "> " + number + " (stopped)";
    }

    private static String ratio(Optional<Measured> theirs, Optional<Measured> ours) {
        if (theirs.isEmpty() || ours.isEmpty()) {
            return "-";
        }
        double times = theirs.get().millis() / ours.get().millis();
        String number = String.format(Locale.ROOT, times < 10 ? "%.1f" : "%,.0f", times);
        return theirs.get().finished() ? number : "> " + number;
    }
}
