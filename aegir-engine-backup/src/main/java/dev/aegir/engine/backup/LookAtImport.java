// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.backup;

import dev.aegir.spi.ImportRequest;
import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.util.List;
import java.util.Map;

/**
 * Looks at an archive that was made elsewhere, entry by entry, and says what of it a site gets. Changes nothing; so its preview
 * does the same.
 *
 * @param name the step's name
 * @param request the archive
 */
record LookAtImport(String name, ImportRequest request) implements Step {
    @Override
    public List<Change> preview(StepContext context) throws InterruptedException {
        return List.of(new Change(
                Change.Kind.RUN,
                request.server().value(),
                "read " + request.file(),
                look(context).described()));
    }

    @Override
    public void run(StepContext context) throws InterruptedException {
        FoundArchive found = look(context);
        context.remember(fact(request), found);
        context.log(found.described());
        context.results(Map.of(
                "import.format", found.format(),
                "import.entries", String.valueOf(found.entries()),
                "import.taken", String.valueOf(found.taken()),
                "import.bytes", String.valueOf(found.bytes())));
    }

    private FoundArchive look(StepContext context) throws InterruptedException {
        return new ForeignArchive(context, request).found();
    }

    static String fact(ImportRequest request) {
        return "import." + request.site() + ".found";
    }

    /** What was found, for the steps that come after. */
    static FoundArchive found(StepContext context, ImportRequest request) {
        return context.recall(fact(request), FoundArchive.class)
                .orElseThrow(() -> new BackupFailedException(
                        "The archive " + request.file() + " was never looked at by this task."));
    }
}
