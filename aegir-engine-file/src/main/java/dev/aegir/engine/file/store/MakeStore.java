// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.file.store;

import dev.aegir.engine.file.store.FileStoreException.Problem;
import dev.aegir.host.Command;
import dev.aegir.host.CommandResult;
import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.util.List;

/**
 * The directory of a store is there and bears its mark. One that has something in it and no mark is left alone: it is somebody's, or
 * what lies below a disk that is not mounted. Taken back, one that was made is gone, as long as nothing is in it.
 *
 * @param name the step's name
 * @param place the store
 */
record MakeStore(String name, Place place) implements Step {
    private static final String MAKE = """
            # a directory that bears a mark: look, make or undo
            verb=$1 directory=$2 mark=$3
            others() { ls -A -- "$directory" | grep -v -x -e .aegir -e lost+found; }
            if [ "$verb" = undo ]; then
                [ -z "$(others)" ] || exit 0
                rm -f -- "$directory/.aegir"
                rmdir -- "$directory" 2>/dev/null || :
                exit 0
            elif [ -e "$directory/.aegir" ]; then
                [ "$(head -c 200 -- "$directory/.aegir")" = "$mark" ] && exit 0
                echo "$directory bears the mark of another service: give this one a directory of its own" >&2
                exit 1
            elif [ -e "$directory" ] && [ -n "$(others)" ]; then
                echo "$directory has no mark and is not empty. If it is the store's, mount what it was on;" \\
                    "if it is somebody's, give the store a directory of its own" >&2
                exit 1
            fi
            echo missing
            [ "$verb" = make ] || exit 0
            mkdir -p -- "${directory%/*}/" && umask 077 && { [ -d "$directory" ] || mkdir -m 0700 -- "$directory"; } &&
                chmod 0700 -- "$directory" && printf '%s\\n' "$mark" >"$directory/.aegir" && sync -- "$directory/.aegir"
            """;

    @Override
    public List<Change> preview(StepContext context) throws InterruptedException {
        return run(context, "look").isBlank()
                ? List.of()
                : List.of(new Change(
                        Change.Kind.CREATE,
                        place.service().server().value(),
                        place.directory().orElseThrow().path().value(),
                        "for files; nobody else can look into it"));
    }

    @Override
    public void run(StepContext context) throws InterruptedException {
        if (!run(context, "look").isBlank()) {
            context.remember(made(), true);
            run(context, "make");
        }
    }

    @Override
    public void undo(StepContext context) throws InterruptedException {
        if (context.recall(made(), Boolean.class).orElse(false)) {
            run(context, "undo");
        }
    }

    private String run(StepContext context, String verb) throws InterruptedException {
        Place.Directory directory = place.directory().orElseThrow();
        CommandResult result = context.host(place.service().server())
                .run(Command.of(
                        "sh", "-c", MAKE, "aegir-store", verb, directory.path().value(), directory.mark()));
        if (!result.succeeded()) {
            throw new FileStoreException(
                    Problem.REFUSED,
                    "The directory of the store " + place + " cannot be used: "
                            + result.stderr().strip() + ". Nothing was changed.");
        }
        return result.stdout();
    }

    private String made() {
        return "store." + place.service() + ".made";
    }
}
