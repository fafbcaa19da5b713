// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal.tasks;

import dev.aegir.host.Command;
import dev.aegir.model.Id;
import dev.aegir.model.Tree;
import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.util.ArrayList;
import java.util.List;

/**
 * What was brought, as from a backup, is where the site has its files, and what it had is beside it: two renames for each directory.
 * Taken back, it is the other way round again.
 *
 * @param home what the site has
 * @param backup the id of the backup, or of what else was brought
 */
public record SwitchDirectories(Tree home, Id backup) implements Step {
    /** A directory that waits to be switched says what is done and what is not; a crash between two renames is noticed. */
    private static final String SWITCH = """
            # switch directories
            set -eu
            verb=$1 home=$2 new=$3 old=$4
            shift 4
            if [ "$verb" = there ]; then
                [ -d "$old" ] || mkdir -m 0700 -- "$old"
                for each in "$@"; do
                    if [ -d "$new/$each" ]; then
                        if [ ! -e "$old/$each" ]; then
                            mv -T -- "$home/$each" "$old/$each"
                        fi
                        mv -T -- "$new/$each" "$home/$each"
                    fi
                    [ -d "$home/$each" ] && [ -d "$old/$each" ]
                done
            elif [ -d "$old" ]; then
                for each in "$@"; do
                    if [ -e "$old/$each" ]; then
                        if [ -e "$home/$each" ]; then
                            mv -T -- "$home/$each" "$new/$each"
                        fi
                        mv -T -- "$old/$each" "$home/$each"
                    fi
                done
                rmdir -- "$old"
            fi
            sync -- "$home"
            """;

    /** Makes it. */
    public SwitchDirectories {}

    @Override
    public String name() {
        return "switch the files of " + home.title() + " on " + home.server() + " to those of " + backup;
    }

    @Override
    public List<Change> preview(StepContext context) {
        return List.of(new Change(
                Change.Kind.CHANGE,
                home.server().value(),
                home.directory().value(),
                home.paths() + " as they are in " + backup));
    }

    @Override
    public void run(StepContext context) throws InterruptedException {
        context.remember(begun(), true);
        run(context, "there");
    }

    @Override
    public void undo(StepContext context) throws InterruptedException {
        if (context.recall(begun(), Boolean.class).orElse(false)) {
            run(context, "back");
        }
    }

    private void run(StepContext context, String verb) throws InterruptedException {
        List<String> words = new ArrayList<>(List.of(
                "sh",
                "-c",
                SWITCH,
                "aegir-switch",
                verb,
                home.directory().value(),
                Aside.restored(home, backup).value(),
                Aside.former(home, backup).value()));
        words.addAll(home.paths());
        context.host(home.server()).run(Command.of(words)).orThrow();
    }

    private String begun() {
        return "restore." + home.owner() + "." + backup + ".switched";
    }
}
