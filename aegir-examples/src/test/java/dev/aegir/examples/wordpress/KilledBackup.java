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
import java.nio.file.Path;
import java.util.Optional;

/** The program that is killed while it takes a backup or restores one. */
final class KilledBackup {
    private KilledBackup() {}

    /**
     * Runs it.
     *
     * @param arguments home, number of the deadly point (0 for none), the site, the id of the backup that is taken, and of the one
     *     that is restored if one is
     */
    public static void main(String[] arguments) throws Exception {
        CrashPoints points = new CrashPoints(Integer.parseInt(arguments[1]));
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
}
