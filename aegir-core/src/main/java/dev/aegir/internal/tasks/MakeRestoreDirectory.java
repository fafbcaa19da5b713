// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal.tasks;

import dev.aegir.host.Command;
import dev.aegir.model.Id;
import dev.aegir.model.RefusedException;
import dev.aegir.model.Tree;
import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.util.ArrayList;
import java.util.List;

/**
 * Beside a site's directories there are empty ones of the same names, in a directory that the site itself cannot change. Taken
 * back, they are gone with everything that was brought there.
 *
 * @param home what the site has, with its own account
 * @param backup the id of the backup that will be unpacked there, or of what else is brought
 */
public record MakeRestoreDirectory(Tree home, Id backup) implements Step {
    private static final String MAKE = """
            # make directories to restore into
            set -eu
            account=$1 aside=$2
            shift 2
            home=${aside%/*}
            [ ! -L "$home" ] && [ -d "$home" ] && [ "$(stat -c %u -- "$home")" = 0 ] || {
                printf '%s is no directory of root: verify the site first\\n' "$home" >&2
                exit 1
            }
            mkdir -p -m 0750 -- "$aside"
            chown -h -- "root:$account" "$aside"
            for each in "$@"; do
                mkdir -p -m 0700 -- "$aside/$each"
                chown -h -- "$account:$account" "$aside/$each"
            done
            """;

    /** Makes it. */
    public MakeRestoreDirectory {}

    @Override
    public String name() {
        return "make directories beside the files of " + home.title() + " on " + home.server() + " for " + backup;
    }

    @Override
    public List<Change> preview(StepContext context) {
        return List.of(new Change(
                Change.Kind.CREATE,
                home.server().value(),
                Aside.restored(home, backup).value(),
                "for a while"));
    }

    @Override
    public void run(StepContext context) throws InterruptedException {
        List<String> words = new ArrayList<>(List.of(
                "sh",
                "-c",
                MAKE,
                "aegir-restore",
                home.account().orElse("root"),
                Aside.restored(home, backup).value()));
        words.addAll(home.paths());
        if (context.recall(begun(), Boolean.class).isEmpty()) {
            if (!context.host(home.server())
                    .run(Command.of(
                            "test", "!", "-e", Aside.restored(home, backup).value()))
                    .succeeded()) {
                throw new RefusedException(home.server() + ": there is a " + Aside.restored(home, backup)
                        + " already; see what it is, and remove it.");
            }
            context.remember(begun(), true);
        }
        context.host(home.server()).run(Command.of(words)).orThrow();
    }

    @Override
    public void undo(StepContext context) throws InterruptedException {
        if (context.recall(begun(), Boolean.class).orElse(false)) {
            Aside.remove(context.host(home.server()), Aside.restored(home, backup));
        }
    }

    private String begun() {
        return "restore." + home.owner() + "." + backup + ".directory";
    }
}
