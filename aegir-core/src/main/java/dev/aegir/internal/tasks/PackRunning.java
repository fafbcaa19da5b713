// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal.tasks;

import dev.aegir.host.Command;
import dev.aegir.host.CommandResult;
import dev.aegir.host.Host;
import dev.aegir.host.Input;
import dev.aegir.model.HostPath;
import dev.aegir.model.Id;
import dev.aegir.model.RefusedException;
import dev.aegir.model.RunningSite;
import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What a running site writes is in an archive that nobody but the privileged account can read. It is read as the account of the
 * site, which can reach nothing that the site's own code could not. Taken back, the archive is gone.
 *
 * @param running the running site
 * @param site the id of the site that it shall become
 * @param file the archive; its directory must be missing
 * @param directories the directories, relative to the document root; those that are not there are left out
 * @param mostBytes how many bytes their files may come to
 */
public record PackRunning(RunningSite running, Id site, HostPath file, List<String> directories, long mostBytes)
        implements Step {
    /** The name of an entry that such archives have and others do not. */
    static final String MARKER = "running-site";

    private static final Duration LIMIT = Duration.ofHours(6);

    /**
     * What changes while it is read is read again. Hard links become files: where the other names are is of no matter. The document
     * root itself is in it without what is in it, as the marker.
     */
    private static final String PACK = """
            # pack what a running site writes
            set -eu
            account=$1 root=$2 file=$3 most=$4 marker=$5
            shift 5
            staging=${file%/*}
            refuse() {
                printf '%s\\n' "$1" >&2
                exit 1
            }
            as() { runuser -u "$account" -- "$@"; }
            as test -d "$root" -a -x "$root" || refuse "$root is no directory that $account can enter"
            for each in "$@"; do
                shift
                if as test -L "$root/$each"; then
                    refuse "$root/$each is a link: put the directory in its place, or mount it there"
                elif as test -d "$root/$each"; then
                    set -- "$@" "$each"
                elif as test -e "$root/$each"; then
                    refuse "$root/$each is no directory"
                fi
            done
            bytes=0
            [ $# = 0 ] || bytes=$(as sh -c 'cd -- "$1"; shift; du -sbc -- "$@"' du "$root" "$@" | tail -n 1 | cut -f 1)
            [ "$bytes" -le "$most" ] || refuse "there are $bytes bytes, and at most $most may come"
            mkdir -p -- "${staging%/*}"
            mkdir -m 0700 -- "$staging"
            free=$(df --output=avail -B 1 -- "$staging" | tail -n 1)
            [ "$free" -gt "$bytes" ] || refuse "there are $free bytes free for $staging, and $bytes are needed"
            umask 077
            for attempt in 1 2 3; do
                exit=0
                as tar --create --file=- --format=posix --hard-dereference --directory="$root" \\
                    --transform="flags=r;s,^\\.\\$,$marker," --no-recursion . --recursion -- "$@" \\
                    >"$file" 2>"$staging/said" || exit=$?
                [ "$exit" = 1 ] || break
            done
            if [ "$exit" != 0 ]; then
                head -c 2000 -- "$staging/said" >&2
                refuse "it cannot be read as $account: name the account that the site's code runs as, or close the site meanwhile"
            fi
            sync -- "$file"
            printf '%s\\n' "$bytes"
            """;

    /** Copies. */
    public PackRunning {
        directories = List.copyOf(directories);
    }

    @Override
    public String name() {
        return "pack what " + running + " has written";
    }

    @Override
    public List<Change> preview(StepContext context) {
        return List.of(new Change(
                Change.Kind.CREATE,
                running.server().value(),
                file.value(),
                "for a while: " + directories + " of " + running.root() + ", read as " + running.account() + "\n"));
    }

    @Override
    public void run(StepContext context) throws InterruptedException {
        Host host = context.host(running.server());
        if (context.recall(begun(), Boolean.class).isEmpty()) {
            if (!host.run(Command.of("test", "!", "-e", file.parent().value())).succeeded()) {
                throw new RefusedException(running.server() + ": there is a " + file.parent()
                        + " already; see what it is, and remove it.");
            }
            context.remember(begun(), true);
        }
        List<String> words = new ArrayList<>(List.of(
                "sh",
                "-c",
                PACK,
                "aegir-pack",
                running.account(),
                running.root().value(),
                file.value(),
                String.valueOf(mostBytes),
                MARKER));
        words.addAll(directories);
        CommandResult packed = host.runOnce(context.key(), Command.of(words).timeout(LIMIT), Input.text(""));
        if (!packed.succeeded()) {
            throw new RefusedException("What " + running + " has written was not packed: "
                    + packed.stderr().strip());
        }
        context.result("adopted.bytes", packed.stdout().strip());
    }

    @Override
    public void undo(StepContext context) throws InterruptedException {
        Host host = context.host(running.server());
        host.stop(context.key());
        if (context.recall(begun(), Boolean.class).isPresent()) {
            host.run(Command.of(
                                    "rm",
                                    "-rf",
                                    "--one-file-system",
                                    "--",
                                    file.parent().value())
                            .timeout(Duration.ofMinutes(30)))
                    .orThrow();
            host.run(Command.of(
                    "rmdir",
                    "--ignore-fail-on-non-empty",
                    "--",
                    file.parent().parent().value()));
        }
    }

    private String begun() {
        return "adopt." + site + ".packed";
    }
}
