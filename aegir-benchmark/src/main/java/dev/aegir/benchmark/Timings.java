// SPDX-License-Identifier: Apache-2.0
package dev.aegir.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** How long what took, by whom; and the table of it, in which the first of all is compared with the others. Not thread-safe. */
final class Timings {
    private final Map<String, Map<String, List<Double>>> rows = new LinkedHashMap<>();
    private final List<String> names;
    private final Map<String, Set<String>> notes = new LinkedHashMap<>();
    private final String loadBefore;

    Timings(List<String> names) throws IOException {
        this.names = List.copyOf(names);
        loadBefore = Hosting.load();
    }

    /** Something that takes time. */
    interface Timed {
        void run() throws Exception;
    }

    void time(String what, String who, Timed timed) throws Exception {
        long begun = System.nanoTime();
        timed.run();
        add(what, who, (System.nanoTime() - begun) / 1e9);
    }

    void add(String what, String who, double seconds) {
        rows.computeIfAbsent(what, absent -> new LinkedHashMap<>())
                .computeIfAbsent(who, absent -> new ArrayList<>())
                .add(seconds);
        Hosting.say(String.format(Locale.ROOT, "  %s, %s: %.2f s", what, who, seconds));
    }

    /** Something to know about a row; what is the same each time is given once. */
    void note(String what, String text) {
        notes.computeIfAbsent(what, absent -> new LinkedHashSet<>()).add(text);
    }

    /** Median, and least to most, in seconds; and how many times as long as each other the first took, of medians. */
    String markdown(String noted) throws IOException {
        StringBuilder out = new StringBuilder("| |");
        names.forEach(name -> out.append(' ').append(name).append(" |"));
        names.stream().skip(1).forEach(name -> out.append(" / ").append(name).append(" |"));
        out.append(' ').append(noted).append(" |\n|---|");
        out.append("--:|".repeat(2 * names.size())).append('\n');
        rows.forEach((what, times) -> {
            out.append("| ").append(what).append(" |");
            names.forEach(name -> out.append(' ')
                    .append(times.containsKey(name) ? shown(times.get(name)) : "-")
                    .append(" |"));
            names.stream()
                    .skip(1)
                    .forEach(name -> out.append(' ')
                            .append(ratio(times, names.get(0), name))
                            .append(" |"));
            out.append(' ')
                    .append(notes.getOrDefault(what, Set.of()).stream().collect(Collectors.joining(", ")))
                    .append(" |\n");
        });
        return out + "\nSeconds: the median, and the least and the most. Load of the machine: " + loadBefore
                + " before, " + Hosting.load() + " after. Memory of this program: " + memory() + ".\n";
    }

    private static String shown(List<Double> seconds) {
        List<Double> sorted = seconds.stream().sorted().toList();
        return String.format(
                Locale.ROOT,
                "%.2f (%.2f-%.2f)",
                sorted.get(sorted.size() / 2),
                sorted.get(0),
                sorted.get(sorted.size() - 1));
    }

    private static String ratio(Map<String, List<Double>> times, String first, String other) {
        if (!times.containsKey(first) || !times.containsKey(other)) {
            return "-";
        }
        return String.format(Locale.ROOT, "%.2f", median(times.get(first)) / median(times.get(other)));
    }

    private static double median(List<Double> seconds) {
        return seconds.stream().sorted().toList().get(seconds.size() / 2);
    }

    /** What this program was allowed, and what it took at most, of heap and in all. */
    private static String memory() throws IOException {
        String most = Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("VmHWM:"))
                .map(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) / 1024 + " MB in all at most")
                .findFirst()
                .orElse("unknown");
        return "heap of " + Runtime.getRuntime().maxMemory() / (1 << 20) + " MB, " + most;
    }

    void write(Path output, String noted) throws IOException {
        Files.createDirectories(output.toAbsolutePath().getParent());
        Files.writeString(output, markdown(noted));
    }
}
