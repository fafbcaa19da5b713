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
 * @param output the file for the table
 */
record ConvergeOptions(
        List<Integer> sizes, List<Duration> distances, int runs, boolean ansible, int ansibleRuns, Path output) {
    static final String USAGE = """
            --sites 10,100,500       numbers of sites
            --rtt 0,20,100           added round-trip times in milliseconds
            --runs 7                 runs of each case; the median counts
            --no-ansible             leaves Ansible out
            --ansible-runs 3         runs of each case of Ansible
            --output FILE            where the table goes (target/benchmarks/converge.md)
            """;

    static ConvergeOptions parse(String... arguments) {
        ConvergeOptions options = new ConvergeOptions(
                List.of(10, 100, 500),
                milliseconds("0,20,100"),
                7,
                true,
                3,
                Path.of("target", "benchmarks", "converge.md"));
        for (int i = 0; i < arguments.length; i++) {
            String name = arguments[i];
            if (name.equals("--no-ansible")) {
                options = options.without();
            } else if (i + 1 == arguments.length) {
                throw new WrongOptionException("Unknown, or without a value: " + name, USAGE);
            } else {
                i++;
                options = options.with(name, arguments[i]);
            }
        }
        return options;
    }

    private ConvergeOptions without() {
        return new ConvergeOptions(sizes, distances, runs, false, ansibleRuns, output);
    }

    private ConvergeOptions with(String name, String value) {
        return switch (name) {
            case "--sites" -> new ConvergeOptions(numbers(value), distances, runs, ansible, ansibleRuns, output);
            case "--rtt" -> new ConvergeOptions(sizes, milliseconds(value), runs, ansible, ansibleRuns, output);
            case "--runs" -> new ConvergeOptions(sizes, distances, number(value), ansible, ansibleRuns, output);
            case "--ansible-runs" -> new ConvergeOptions(sizes, distances, runs, ansible, number(value), output);
            case "--output" -> new ConvergeOptions(sizes, distances, runs, ansible, ansibleRuns, Path.of(value));
            default -> throw new WrongOptionException("Unknown: " + name, USAGE);
        };
    }

    private static List<Integer> numbers(String text) {
        return Arrays.stream(text.split(",")).map(ConvergeOptions::number).toList();
    }

    private static int number(String text) {
        if (!text.matches("[0-9]{1,7}")) {
            throw new WrongOptionException("No number: " + text, USAGE);
        }
        return Integer.parseInt(text);
    }

    private static List<Duration> milliseconds(String text) {
        return numbers(text).stream().map(Duration::ofMillis).toList();
    }
}
