// SPDX-License-Identifier: Apache-2.0
package dev.aegir.benchmark;

import dev.aegir.model.Server;
import dev.aegir.model.Service;
import dev.aegir.model.Site;
import dev.aegir.spi.Store;
import dev.aegir.task.Inventory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What the library itself costs a program: how long it takes to open a store that is there, and how much memory it keeps, with
 * 10,000 sites in the inventory and with none. Every figure is of a fresh JVM with its default options.
 */
public final class LibraryBenchmark {
    private static final int RUNS = 10;
    private static final int SITES = 10_000;

    private LibraryBenchmark() {}

    /**
     * Measures.
     *
     * @param arguments none
     * @throws Exception when something fails
     */
    public static void main(String[] arguments) throws Exception {
        StringBuilder table = new StringBuilder();
        table.append("| sites in the inventory | open, in a fresh JVM | from the start of the JVM until open |"
                + " heap in use when open | more when all sites were read and are kept | reading them |\n");
        table.append("|--:|--:|--:|--:|--:|--:|\n");
        for (int sites : new int[] {0, SITES}) {
            table.append(line(sites));
        }
        System.out.println(table);
        Path output = Path.of("target", "benchmarks", "library.md");
        Files.createDirectories(output.toAbsolutePath().getParent());
        Files.writeString(output, table);
    }

    private static String line(int sites) throws Exception {
        Path home = Files.createTempDirectory("aegir-benchmark");
        try {
            fill(home, sites);
            List<double[]> runs = new ArrayList<>();
            // The first has the files to bring into the memory of the machine.
            for (int run = 0; run <= RUNS; run++) {
                double[] figures = run(home);
                if (run > 0) {
                    runs.add(figures);
                }
            }
            return String.format(
                    Locale.ROOT,
                    "| %,d | %,.0f ms | %,.0f ms | %.1f MB | %.1f MB | %,.0f ms |%n",
                    sites,
                    median(runs, 0),
                    median(runs, 1),
                    median(runs, 2) / 1e6,
                    Math.max(0, median(runs, 3)) / 1e6,
                    median(runs, 4));
        } finally {
            Temporary.delete(home);
        }
    }

    private static void fill(Path home, int sites) throws Exception {
        try (Store store = JournalBenchmark.open(home)) {
            Inventory inventory = store.documents().inventory(true);
            inventory.save(Server.at("web", "ssh://root@web.example.net").offering(Service.http("nginx")));
            inventory.save(Fleet.codebase());
            List<Site> all = Fleet.of(sites).sites();
            Work.together(16, thread -> {
                for (int i = thread; i < all.size(); i += 16) {
                    inventory.save(all.get(i));
                }
                return true;
            });
        }
    }

    private static double[] run(Path home) throws IOException, InterruptedException {
        Process child = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
                        "-cp",
                        System.getProperty("java.class.path"),
                        StartedProgram.class.getName(),
                        home.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String said = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (child.waitFor() != 0) {
            throw new IllegalStateException("the program that was started ended with " + child.exitValue());
        }
        String[] words = said.strip().split(" ");
        double[] figures = new double[words.length];
        for (int i = 0; i < words.length; i++) {
            figures[i] = Double.parseDouble(words[i]);
        }
        return figures;
    }

    private static double median(List<double[]> runs, int figure) {
        return runs.stream()
                .mapToDouble(run -> run[figure])
                .sorted()
                .skip(runs.size() / 2)
                .findFirst()
                .orElseThrow();
    }
}
