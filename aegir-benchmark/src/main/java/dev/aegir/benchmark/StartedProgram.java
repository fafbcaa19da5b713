// SPDX-License-Identifier: Apache-2.0
package dev.aegir.benchmark;

import dev.aegir.Aegir;
import dev.aegir.model.Site;
import java.lang.management.ManagementFactory;
import java.lang.ref.Reference;
import java.nio.file.Path;
import java.util.List;

/**
 * A program that opens Aegir, and prints what that took: milliseconds to open, milliseconds since the JVM began, bytes of heap in
 * use then, bytes more with all sites read and kept, milliseconds to read them.
 */
final class StartedProgram {
    private StartedProgram() {}

    /**
     * Runs.
     *
     * @param arguments Aegir's home
     */
    @SuppressWarnings("ReachabilityFenceUsage") // When reading fails there is nothing left to measure.
    public static void main(String[] arguments) throws Exception {
        long begun = System.nanoTime();
        try (Aegir aegir = Aegir.open(Path.of(arguments[0]))) {
            long opened = System.nanoTime();
            long life = System.currentTimeMillis()
                    - ManagementFactory.getRuntimeMXBean().getStartTime();
            aegir.inventory().sites(); // classes that are loaded once belong to the program, not to the sites
            long open = used();
            long reading = System.nanoTime();
            List<Site> sites = aegir.inventory().sites();
            long read = System.nanoTime();
            long kept = used() - open;
            System.out.println(
                    (opened - begun) / 1e6 + " " + life + " " + open + " " + kept + " " + (read - reading) / 1e6);
            // The collector takes what is not used any more.
            Reference.reachabilityFence(sites);
        }
    }

    private static long used() throws InterruptedException {
        Runtime runtime = Runtime.getRuntime();
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 4; i++) {
            System.gc();
            // The collector needs a moment to give back what it found.
            Thread.sleep(30);
            least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
        }
        return least;
    }
}
