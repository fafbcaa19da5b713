// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal.tasks;

import dev.aegir.host.Command;
import dev.aegir.host.Host;
import dev.aegir.model.Id;
import dev.aegir.model.RefusedException;
import dev.aegir.model.Tree;
import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.util.List;

/**
 * What a site has on one server is not what it would have on another: servers can share a file system, and what is left behind by a
 * migration is deleted in the end. A file with a name that nobody can know is put into the one, and looked for in the other.
 *
 * @param here what there is, in a directory of root
 * @param there where it would be
 */
public record RequireApart(Tree here, Tree there) implements Step {
    private static final String MARK = """
            # make a file that is looked for elsewhere
            set -eu
            [ -d "$1" ] || exit 0
            : >"$1/$2"
            """;

    private static final String LOOK = """
            # look for a file that was made elsewhere
            [ ! -e "$1/$2" ] || echo shared
            """;

    /** Makes it. */
    public RequireApart {}

    @Override
    public String name() {
        return "see that the files of " + here.title() + " on " + there.server() + " are not those on " + here.server();
    }

    @Override
    public List<Change> preview(StepContext context) {
        return List.of();
    }

    @Override
    public void run(StepContext context) throws InterruptedException {
        undo(context);
        String name = ".aegir-seen-" + Id.next();
        context.remember(fact(), name);
        context.host(here.server()).run(script(MARK, here, name)).orThrow();
        Host target = context.host(there.server());
        boolean shared =
                !target.run(script(LOOK, there, name)).orThrow().stdout().isBlank();
        undo(context);
        if (shared) {
            throw new RefusedException("The directory " + there.directory() + " on " + there.server()
                    + " is that on " + here.server() + ": both share a file system, and the files of " + here.title()
                    + " would be deleted with what a migration leaves behind. Nothing was changed. Let the sites of one of"
                    + " them be on a file system of its own.");
        }
    }

    private static Command script(String script, Tree tree, String name) {
        return Command.of("sh", "-c", script, "aegir-apart", tree.directory().value(), name);
    }

    @Override
    public void undo(StepContext context) throws InterruptedException {
        String name = context.recall(fact(), String.class).orElse("");
        if (!name.isEmpty()) {
            context.host(here.server())
                    .run(Command.of(
                            "rm", "-f", "--", here.directory().child(name).value()))
                    .orThrow();
        }
    }

    private String fact() {
        return "apart." + here.owner() + "." + there.server();
    }
}
