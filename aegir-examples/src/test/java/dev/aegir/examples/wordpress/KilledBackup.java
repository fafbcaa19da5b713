// SPDX-License-Identifier: Apache-2.0
package dev.aegir.examples.wordpress;

import dev.aegir.Aegir;
import dev.aegir.examples.crash.CrashPoints;
import dev.aegir.examples.crash.CrashedProgram;
import dev.aegir.model.Backup;
import dev.aegir.model.DomainName;
import dev.aegir.model.Id;
import dev.aegir.task.BackupSite;
import dev.aegir.task.RestoreSite;
import dev.aegir.task.Submission;
import dev.aegir.task.Task;
import dev.aegir.task.TaskInfo;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** The program that is killed while it takes a backup or restores one. */
final class KilledBackup {
    private KilledBackup() {}

    /**
     * Runs it.
     *
     * @param arguments home, the deadly point (its number, 0 for none, or how often which), the site, the id of the backup that
     *     is taken, and of the one that is restored if one is
     */
    public static void main(String[] arguments) throws Exception {
        CrashPoints points = new CrashPoints(arguments[1]);
        try (Aegir aegir = CrashedProgram.open(Path.of(arguments[0]), points)) {
            TaskInfo end = aegir.submit(submission(arguments)).follow(event -> {});
            System.out.println("ENDED " + end.state() + " " + points.passed());
        }
        System.exit(0);
    }

    /** The same whenever it is asked with the same arguments. */
    static Submission submission(String... arguments) {
        DomainName site = DomainName.of(arguments[2]);
        Id taken = Id.of(arguments[3]);
        Task task = arguments.length > 4
                ? new RestoreSite(site, Id.of(arguments[4]), RestoreSite.What.ALL, taken, true)
                : new BackupSite(site, taken, Optional.empty(), Backup.Reason.MANUAL, Backup.Consistency.FROZEN);
        return Submission.of(task).key(taken.value());
    }

    /** Runs the program of its own and, when it waits at its deadly point, kills it. Gives the last it said. */
    static String killed(Path home, String... words) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                KilledBackup.class.getName(),
                home.toString()));
        command.addAll(List.of(words));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String last = "";
        try (BufferedReader said =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = said.readLine(); line != null; line = said.readLine()) {
                last = line.matches("(AT|ENDED) .*") ? line : last;
                if (line.startsWith("AT ")) {
                    process.destroyForcibly(); // SIGKILL
                    break;
                }
            }
            if (!process.waitFor(3, TimeUnit.MINUTES) || last.isEmpty()) {
                throw new IOException("the program did not end as it should; it said: " + last);
            }
            return last;
        } finally {
            process.destroyForcibly();
        }
    }
}
