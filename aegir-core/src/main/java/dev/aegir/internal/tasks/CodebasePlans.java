// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal.tasks;

import dev.aegir.internal.Planners;
import dev.aegir.model.Codebase;
import dev.aegir.model.Name;
import dev.aegir.model.RefusedException;
import dev.aegir.model.Server;
import dev.aegir.model.Site;
import dev.aegir.spi.Application;
import dev.aegir.spi.CodeRequest;
import dev.aegir.spi.Planner;
import dev.aegir.task.CreateCodebase;
import dev.aegir.task.DeleteCodebase;
import dev.aegir.task.Lock;
import dev.aegir.task.LockCodebase;
import dev.aegir.task.Plan;
import dev.aegir.task.ScanCodebase;
import dev.aegir.task.Step;
import dev.aegir.task.UnlockCodebase;
import dev.aegir.task.UpdateCodebase;
import dev.aegir.task.VerifyCodebase;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Plans what is done to codebases. */
final class CodebasePlans {
    private CodebasePlans() {}

    static Plan create(CreateCodebase task, Planner planner) {
        Codebase wanted = task.codebase();
        planner.lock(Lock.exclusive("codebase", wanted.name()));
        planner.application(wanted.application());
        Optional<Codebase> known = planner.inventory().codebase(wanted.name());
        known.ifPresent(old -> requireSame(wanted, old));
        if (wanted.servers().isEmpty()) {
            throw new RefusedException(
                    "The codebase " + wanted.name() + " names no server to be on; add on(\"web1\").");
        }
        Codebase codebase = known.map(old -> wanted.identified(old)
                        .on(old.servers().stream().map(Name::value).toArray(String[]::new)))
                .orElse(wanted);
        return deployed(codebase, planner).then(new SaveCodebase(codebase));
    }

    private static void requireSame(Codebase wanted, Codebase old) {
        if (!old.source().equals(wanted.source())
                || !old.application().equals(wanted.application())
                || !old.webRoot().equals(wanted.webRoot())) {
            throw new RefusedException("There is another codebase " + wanted.name()
                    + " already. Codebases never change: give the new code a name of its own.");
        }
    }

    static Plan update(UpdateCodebase task, Planner planner) {
        Codebase old = planner.codebaseAlone(task.codebase().name());
        requireSame(task.codebase(), old);
        return Plan.of(new SaveCodebase(old.settings(task.codebase().settings())));
    }

    static Plan verify(VerifyCodebase task, Planner planner) {
        return deployed(planner.codebaseAlone(task.codebase()), planner);
    }

    /** First where the revision is resolved, then everywhere else at the same time. */
    private static Plan deployed(Codebase codebase, Planner planner) {
        if (codebase.servers().isEmpty()) {
            throw new RefusedException("The codebase " + codebase.name() + " is on no server; create it on one.");
        }
        List<List<Step>> each = new ArrayList<>();
        for (Name name : codebase.servers()) {
            each.add(planner.deploy(planner.server(name), codebase));
        }
        return Plan.empty().then(each.get(0)).together(each.subList(1, each.size()));
    }

    static Plan lock(LockCodebase task, Planner planner) {
        return Plan.of(new SaveCodebase(planner.codebaseAlone(task.codebase()).locked(true)));
    }

    static Plan unlock(UnlockCodebase task, Planner planner) {
        return Plan.of(new SaveCodebase(planner.codebaseAlone(task.codebase()).locked(false)));
    }

    static Plan scan(ScanCodebase task, Planner planner) {
        Codebase codebase = planner.codebaseAlone(task.codebase());
        if (codebase.servers().isEmpty()) {
            throw new RefusedException("The codebase " + codebase.name() + " is on no server; create it on one.");
        }
        Server server = planner.server(codebase.servers().get(0));
        CodeRequest request = new CodeRequest(codebase, planner.release(server, codebase), server);
        Application application = planner.application(codebase.application());
        return Plan.empty().then(Planners.steps(application, () -> application.scan(request)));
    }

    static Plan delete(DeleteCodebase task, Planner planner) {
        Codebase codebase = planner.codebaseAlone(task.codebase());
        List<Site> sites = planner.inventory().sitesOf(codebase.name());
        if (!sites.isEmpty()) {
            throw new RefusedException("The codebase " + codebase.name() + " is used by " + sites.size()
                    + " sites, such as " + sites.get(0).name() + "; move or delete them first.");
        }
        planner.inventory().sites().stream()
                .filter(site -> Former.of(site)
                        .filter(former -> former.codebase().equals(codebase.name()))
                        .isPresent())
                .findFirst()
                .ifPresent(site -> {
                    throw new RefusedException("The site " + site.name() + " was on the codebase " + codebase.name()
                            + ", and what it has left behind there needs it. Retire that first.");
                });
        List<List<Step>> each = new ArrayList<>();
        for (Name name : codebase.servers()) {
            Server server = planner.server(name);
            each.add(planner.withdraw(server, codebase));
        }
        // Deleted code cannot be brought back: from here on it is finished rather than taken back.
        return Plan.of(new SaveCodebase(codebase.locked(true)))
                .commit()
                .together(each)
                .then(new RemoveCodebaseRecord(codebase));
    }
}
