// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal.tasks;

import dev.aegir.host.Command;
import dev.aegir.host.CommandResult;
import dev.aegir.model.Id;
import dev.aegir.model.RefusedException;
import dev.aegir.model.Tree;
import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.util.List;

/**
 * One file or directory that was brought, as from a backup, is where the site has it, and what it had there is beside it. It is done as
 * the site's account, so that no link of the site leads to what is not its own. Taken back, it is the other way round again.
 *
 * @param home what the site has
 * @param backup the id of the backup, or of what else was brought
 * @param path the path below the home
 */
public record SwitchPath(Tree home, Id backup, String path) implements Step {
    private static final int REFUSED = 3;

    private static final String SWITCH = """
            # switch a path
            set -eu
            verb=$1 home=$2 new=$3 old=$4 path=$5
            there() { [ -e "$1" ] || [ -L "$1" ]; }
            way() {
                at=$1 rest=$path
                while [ "$rest" != "${rest#*/}" ]; do
                    at=$at/${rest%%/*} rest=${rest#*/}
                    if [ -L "$at" ] || [ ! -d "$at" ]; then
                        printf '%s is no directory: %s\n' "$at" "$2" >&2
                        exit 3
                    fi
                done
            }
            case $verb in
            way)
                way "$home" 'bring that first, or instead'
                ;;
            unpacked)
                way "$new" 'what is in it was not brought'
                there "$new/$path" || {
                    printf '%s was not brought: it is not there\n' "$path" >&2
                    exit 3
                }
                ;;
            there)
                way "$home" 'bring that first, or instead'
                there "$old/stamp" || touch -r "$home/${path%/*}" -- "$old/stamp"
                if there "$new/$path"; then
                    if there "$home/$path" && ! there "$old/was"; then
                        mv -T -- "$home/$path" "$old/was"
                    fi
                    mv -T -- "$new/$path" "$home/$path"
                fi
                there "$home/$path"
                ;;
            back)
                if there "$home/$path" && ! there "$new/$path"; then
                    mv -T -- "$home/$path" "$new/$path"
                fi
                if there "$old/was"; then
                    mv -T -- "$old/was" "$home/$path"
                fi
                if there "$old/stamp"; then
                    touch -r "$old/stamp" -- "$home/${path%/*}"
                    rm -f -- "$old/stamp"
                fi
                ;;
            esac
            """;

    /** In the site's home, which only root can change; the site's account may change what is in it. */
    private static final String MAKE = """
            # make a directory for what is switched
            set -eu
            [ -d "$1" ] || mkdir -m 0700 -- "$1"
            chown -h -- "$2:$2" "$1"
            """;

    /** Makes it. */
    public SwitchPath {}

    @Override
    public String name() {
        return "switch " + path + " of " + home.title() + " on " + home.server() + " to that of " + backup;
    }

    @Override
    public List<Change> preview(StepContext context) {
        return List.of(new Change(
                Change.Kind.CHANGE,
                home.server().value(),
                home.directory().resolve(path).value(),
                "as it is in " + backup));
    }

    @Override
    public void run(StepContext context) throws InterruptedException {
        context.remember(begun(), true);
        context.host(home.server())
                .run(Command.of(
                        "sh",
                        "-c",
                        MAKE,
                        "aegir-switch",
                        Aside.former(home, backup).value(),
                        home.account().orElse("root")))
                .orThrow();
        asAccount(context, home, backup, path, "there");
    }

    @Override
    public void undo(StepContext context) throws InterruptedException {
        if (context.recall(begun(), Boolean.class).orElse(false)) {
            asAccount(context, home, backup, path, "back");
            context.host(home.server())
                    .run(Command.of(
                            "sh",
                            "-c",
                            "[ ! -d \"$1\" ] || rmdir -- \"$1\"",
                            "aegir-switch",
                            Aside.former(home, backup).value()))
                    .orThrow();
        }
    }

    static void asAccount(StepContext context, Tree home, Id backup, String path, String verb)
            throws InterruptedException {
        Command command = Command.of(
                "sh",
                "-c",
                SWITCH,
                "aegir-switch",
                verb,
                home.directory().value(),
                Aside.restored(home, backup).value(),
                Aside.former(home, backup).value(),
                path);
        CommandResult result =
                context.host(home.server()).run(home.account().map(command::as).orElse(command));
        if (result.exit() == REFUSED) {
            throw new RefusedException(home.server() + ": " + path + " of " + home.title() + " cannot be replaced: "
                    + result.stderr().strip() + ". Nothing was changed.");
        }
        result.orThrow();
    }

    private String begun() {
        return "restore." + home.owner() + "." + backup + ".path";
    }
}
