// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal.tasks;

import dev.aegir.internal.Planners;
import dev.aegir.model.Backup;
import dev.aegir.model.Codebase;
import dev.aegir.model.HostPath;
import dev.aegir.model.Name;
import dev.aegir.model.RefusedException;
import dev.aegir.model.Server;
import dev.aegir.model.Tree;
import dev.aegir.spi.BackupEngine;
import dev.aegir.spi.EngineRequest;
import dev.aegir.spi.Planner;
import dev.aegir.task.BackupCodebase;
import dev.aegir.task.CreateCodebase;
import dev.aegir.task.Plan;
import dev.aegir.task.RestoreCodebase;
import dev.aegir.task.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Plans how code is backed up that is nowhere else, and how it comes back. */
final class CodebaseBackups {
    private static final String CODE = "code";
    private static final Name DIRECTORY = Name.of("directory");

    private CodebaseBackups() {}

    static Plan backup(BackupCodebase task, Planner planner) {
        Codebase codebase = planner.codebase(task.codebase());
        if (codebase.servers().isEmpty()) {
            throw new RefusedException("The codebase " + codebase.name() + " is on no server; create it on one.");
        }
        Server server = planner.server(codebase.servers().get(0));
        Backup backup = new Backup(
                task.id(),
                codebase.id(),
                codebase.name().value(),
                task.service(),
                task.reason(),
                // Code does not change under its sites.
                Backup.Consistency.FROZEN,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
        HostPath path = planner.release(server, codebase).path();
        BackupEngine engine = BackupPlans.engine(backup, planner);
        EngineRequest<Backup> request = BackupPlans.request(backup, planner);
        return Plan.empty()
                .then(Planners.steps(
                        engine, () -> engine.take(request, Map.of(CODE, tree(backup, server.name(), path)))))
                .then(new SaveBackup(backup));
    }

    static Plan restore(RestoreCodebase task, Planner planner) {
        Backup backup = BackupPlans.backup(task.backup(), planner);
        Codebase codebase = task.codebase();
        if (!RestorePlans.part(backup, CODE, true)) {
            throw new RefusedException("The backup " + backup.id() + " is of " + backup.title() + " and has no code.");
        } else if (!codebase.source().engine().equals(DIRECTORY)) {
            throw new RefusedException("The codebase " + codebase.name() + " comes from "
                    + codebase.source().engine() + "; only what lies in a directory is restored: use"
                    + " CodeSource.directory(path).");
        }
        HostPath path = codebase.source()
                .settings()
                .text("path")
                .map(HostPath::of)
                .orElseThrow(() -> new RefusedException("The codebase " + codebase.name() + " names no directory."));
        List<Step> steps = new ArrayList<>();
        BackupEngine engine = BackupPlans.engine(backup, planner);
        EngineRequest<Backup> request = BackupPlans.request(backup, planner);
        for (Name server : codebase.servers()) {
            Tree tree = tree(backup, planner.server(server).name(), path);
            steps.addAll(Planners.steps(engine, () -> engine.restore(request, Map.of(CODE, tree))));
        }
        return Plan.empty()
                .then(steps)
                .then(CodebasePlans.create(new CreateCodebase(codebase), planner)
                        .steps());
    }

    private static Tree tree(Backup backup, Name server, HostPath path) {
        return new Tree(backup.owner(), backup.title(), server, path, List.of(""), Optional.empty());
    }
}
