// SPDX-License-Identifier: Apache-2.0
package dev.aegir.examples.wordpress;

import dev.aegir.Aegir;
import dev.aegir.task.StoreFiles;
import dev.aegir.task.Submission;
import java.nio.file.Path;
import java.util.List;

/** The program that is killed while it stores files. */
final class KilledStore {
    private KilledStore() {}

    /**
     * Runs it.
     *
     * @param arguments home, the site, the store
     */
    public static void main(String[] arguments) throws Exception {
        try (Aegir aegir = Aegir.open(Path.of(arguments[0]))) {
            aegir.submit(submission(arguments[1], arguments[2])).follow(event -> {});
        }
        System.exit(0);
    }

    /** The same whenever it is asked. */
    static Submission submission(String site, String store) {
        return Submission.of(StoreFiles.of(site, store)).key("killed-store");
    }

    /** Starts the program on its own. */
    static Process start(Path home, String site, String store) throws Exception {
        return new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        KilledStore.class.getName(),
                        home.toString(),
                        site,
                        store))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
    }
}
