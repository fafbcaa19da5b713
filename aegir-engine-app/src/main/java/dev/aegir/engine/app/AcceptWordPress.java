// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.app;

import dev.aegir.model.HostPath;
import dev.aegir.model.Name;
import dev.aegir.model.RefusedException;
import dev.aegir.task.Change;
import dev.aegir.task.ConfigChange;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.util.List;

/**
 * The code is WordPress, and beside its web root is the {@code wp-config.php} that finds out which site it runs for. Where that
 * place is inside the release, which nobody writes, the code must bring the file.
 *
 * @param name the step's name
 * @param server the server's name
 * @param release the release
 * @param root the web root in it
 */
record AcceptWordPress(String name, Name server, HostPath release, HostPath root) implements Step {
    static final String DISPATCHER = PhpResource.file("wordpress-config.php");

    @Override
    public List<Change> preview(StepContext context) throws InterruptedException {
        WordPressCode code = WordPressCode.look(context.host(server), root);
        if (!code.there()) {
            // Whether it is WordPress is seen when it is there.
            return root.equals(release)
                    ? List.of(new Change(
                            Change.Kind.CREATE,
                            server.value(),
                            WordPressCode.beside(root).value(),
                            DISPATCHER))
                    : List.of();
        }
        return needed(code) ? put().preview(context) : List.of();
    }

    @Override
    public void run(StepContext context) throws InterruptedException {
        if (needed(WordPressCode.look(context.host(server), root))) {
            put().run(context);
        }
    }

    @Override
    public void undo(StepContext context) throws InterruptedException {
        put().undo(context);
    }

    private ConfigChange put() {
        return ConfigChange.named(name, server)
                .write(WordPressCode.beside(root), DISPATCHER)
                .build();
    }

    /** Whether the file must be put beside the web root. */
    private boolean needed(WordPressCode code) {
        HostPath beside = WordPressCode.beside(root);
        if (!code.wordpress()) {
            throw refused("is no WordPress: there is no wp-load.php and wp-includes/version.php in " + root
                    + ". Name the directory that has them as its web root");
        } else if (code.own() == WordPressCode.File.OURS) {
            return false;
        } else if (code.own() == WordPressCode.File.FOREIGN) {
            throw refused("brings its own " + root.child("wp-config.php")
                    + ", which would be the same for all sites. Remove it from the code");
        } else if (code.nested()) {
            throw refused("lies inside another WordPress, " + root.parent() + ", and would look for no settings there");
        } else if (code.beside() == WordPressCode.File.FOREIGN) {
            throw refused("finds its settings in " + beside + ", which is somebody else's. Move it away");
        } else if (!beside.isWithin(release)) {
            return true;
        } else if (code.beside() == WordPressCode.File.OURS) {
            return false;
        }
        throw refused("looks for its settings in " + beside + ", inside the code, which is never changed on a server. "
                + "Add this file to the code there:\n" + DISPATCHER);
    }

    private RefusedException refused(String why) {
        return new RefusedException(server + ": the code " + why + (why.endsWith("\n") ? "" : "."));
    }
}
