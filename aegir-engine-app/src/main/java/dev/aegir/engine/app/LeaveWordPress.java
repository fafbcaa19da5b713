// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.app;

import dev.aegir.model.Codebase;
import dev.aegir.model.HostPath;
import dev.aegir.model.Id;
import dev.aegir.model.Name;
import dev.aegir.task.Change;
import dev.aegir.task.ConfigChange;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.util.List;

/**
 * What was put beside a web root is gone, unless a codebase in a directory next to it finds its settings there too.
 *
 * @param name the step's name
 * @param server the server's name
 * @param codebase the codebase that goes
 * @param root its web root
 */
record LeaveWordPress(String name, Name server, Id codebase, HostPath root) implements Step {
    @Override
    public List<Change> preview(StepContext context) throws InterruptedException {
        return needed(context) ? gone().preview(context) : List.of();
    }

    @Override
    public void run(StepContext context) throws InterruptedException {
        if (needed(context)) {
            gone().run(context);
        }
    }

    @Override
    public void undo(StepContext context) throws InterruptedException {
        gone().undo(context);
    }

    private ConfigChange gone() {
        return ConfigChange.named(name, server)
                .delete(WordPressCode.beside(root))
                .build();
    }

    private boolean needed(StepContext context) throws InterruptedException {
        return context.inventory().codebases().stream().noneMatch(this::shares)
                && WordPressCode.look(context.host(server), root).beside() == WordPressCode.File.OURS;
    }

    private boolean shares(Codebase other) {
        return !other.id().equals(codebase)
                && other.servers().contains(server)
                && other.source()
                        .settings()
                        .text("path")
                        .map(path -> HostPath.of(path).resolve(other.webRoot()).parent())
                        .filter(root.parent()::equals)
                        .isPresent();
    }
}
