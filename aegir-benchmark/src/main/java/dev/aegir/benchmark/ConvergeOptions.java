// SPDX-License-Identifier: Apache-2.0
package dev.aegir.benchmark;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/**
 * What is measured.
 *
 * @param sizes numbers of sites
 * @param distances added round-trip times
 * @param runs how often each case is measured, the median of which counts
 * @param ansible whether Ansible is measured too
 * @param ansibleRuns how often each of its cases is measured
 * @param limit how long one of its runs may take
 * @param output the file for the table
 */
record ConvergeOptions(
        List<Integer> sizes,
        List<Duration> distances,
        int runs,
        boolean ansible,
        int ansibleRuns,
        Duration limit,
        Path output) {
    static final String USAGE = """
            --sites 10,100,500       numbers of sites
            --rtt 0,20,100           added round-trip times in milliseconds
            --runs 7                 runs of each case; the median counts
            --no-ansible             leaves Ansible out
            --ansible-runs 3         runs of each case of Ansible
            --ansible-limit 120      seconds after which a playbook is stopped; the table then says so
            --output FILE            where the table goes (target/benchmarks/converge.md)
            """;

    static ConvergeOptions parse(String... arguments) {
        ConvergeOptions options = new ConvergeOptions(
                List.of(10, 100, 500),
                milliseconds("0,20,100"),
                7,
                true,
                3,
                Duration.ofMinutes(2),
                Path.of("target", "benchmarks", "converge.md"));
        for (int i = 0; i < arguments.length; i++) {
            String name = arguments[i];
            if (name.equals("--no-ansible")) {
                options = options.without();
            } else if (i + 1 == arguments.length) {
                throw new IllegalArgumentException("Unknown, or without a value: " + name + "\n" + USAGE);
            } else {
                i++;
                options = options.with(name, arguments[i]);
            }
        }
        return options;
    }

    private ConvergeOptions without() {
        return new ConvergeOptions(sizes, distances, runs, false, ansibleRuns, limit, output);
    }

    private ConvergeOptions with(String name, String value) {
        return switch (name) {
            case "--sites" -> new ConvergeOptions(numbers(value), distances, runs, ansible, ansibleRuns, limit, output);
            case "--rtt" -> new ConvergeOptions(sizes, milliseconds(value), runs, ansible, ansibleRuns, limit, output);
            case "--runs" ->
                new ConvergeOptions(sizes, distances, Integer.parseInt(value), ansible, ansibleRuns, limit, output);
            case "--ansible-runs" ->
                new ConvergeOptions(sizes, distances, runs, ansible, Integer.parseInt(value), limit, output);
            case "--ansible-limit" ->
                new ConvergeOptions(
                        sizes,
                        distances,
                        runs,
                        ansible,
                        ansibleRuns,
                        Duration.ofSeconds(Integer.parseInt(value)),
                        output);
            case "--output" -> new ConvergeOptions(sizes, distances, runs, ansible, ansibleRuns, limit, Path.of(value));
            default -> throw new IllegalArgumentException("Unknown: " + name + "\n" + USAGE);
        };
    }

    private static List<Integer> numbers(String text) {
        return Arrays.stream(text.split(",")).map(Integer::valueOf).toList();
    }

    private static List<Duration> milliseconds(String text) {
        return numbers(text).stream().map(Duration::ofMillis).toList();
    }
}
