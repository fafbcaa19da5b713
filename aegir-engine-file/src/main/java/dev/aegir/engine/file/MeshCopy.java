// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.file;

import dev.aegir.engine.file.CopyException.Problem;
import dev.aegir.engine.file.RsyncPair.Copied;
import dev.aegir.host.Command;
import dev.aegir.host.CommandResult;
import dev.aegir.host.Host;
import dev.aegir.host.RunningCommand;
import dev.aegir.model.HostPath;
import dev.aegir.model.Tree;
import dev.aegir.task.StepContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A copy that goes from its source to its target without this program between the two, by a key of its own. */
final class MeshCopy {
    private static final Duration LOOK = Duration.ofSeconds(30);
    private static final Pattern EXITS = Pattern.compile("(?m)^aegir-exits ([0-9]{1,3}) ([0-9]{1,3})$");
    private static final Pattern BYTES = Pattern.compile("(?m)^Total bytes (?:sent|received): ([0-9]{1,18})$");
    private static final int NOTHING_HEARD = 98;
    private static final int OTHER_WORDS = 97;

    /**
     * The reading rsync and the connection, joined, once the other side has asked for what it was expected to. What it says is this
     * one's error stream, what the reading one says its output. It ends when nobody listens any more.
     */
    private static final String JOINED = """
            # copy files to another server
            d=$1 expected=$2 account=$3
            shift 3
            [ -z "$account" ] || set -- runuser -u "$account" -- "$@"
            cd / && mkfifo -m 600 "$d/pipe" || exit 75
            exec 3<&0 4>&1 </dev/null
            { read -r gone <&3; read -r pid <"$d/pid" && kill "$pid"; } >/dev/null 2>&1 &
            watch=$!
            exec 3<&-
            {
                sh -c 'echo $$ >"$1/pid" && exec ssh -F "$1/config" target' aegir-ssh "$d" <"$d/pipe" 4>&-
                echo $? >"$d/exit"
            } | {
                exec >"$d/pipe" 2>&4 4>&-
                IFS= read -r said || exit 98
                [ "$said" = "$expected" ] || exit 97
                exec "$@"
            }
            read=$?
            kill "$watch" 2>/dev/null
            read -r wrote <"$d/exit"
            echo "aegir-exits $wrote $read"
            """;

    private final StepContext context;
    private final Tree from;
    private final Tree to;
    private final CopyTree.Limits limits;
    private final Direct way;
    private final Host source;
    private final Host target;
    private final String fact;
    private final String mark;
    private final MeshKey key;

    /**
     * For one step.
     *
     * @param step its name, by which later attempts find the mark of the first
     */
    MeshCopy(StepContext context, String step, Tree from, Tree to, CopyTree.Limits limits, Direct way)
            throws InterruptedException {
        this.context = context;
        this.from = from;
        this.to = to;
        this.limits = limits;
        this.way = way;
        this.source = context.host(from.server());
        this.target = context.host(to.server());
        this.fact = "mesh." + Integer.toHexString(step.hashCode());
        this.mark = context.recall(fact, String.class).orElseGet(context::key);
        this.key = new MeshKey(way, source, target, mark);
    }

    /**
     * Copies one path.
     *
     * @param path the path
     * @return what was copied; nothing when the source does not get to the target, and there is another way
     */
    Optional<Copied> copy(String path) throws InterruptedException {
        forget();
        List<String> hostKeys = key.reached();
        if (hostKeys.isEmpty()) {
            return refused("is not reached from there, or not as the server with the pinned host key");
        }
        HostPath writes = CopyTree.at(to, path);
        RsyncWords words = new RsyncWords(limits);
        CommandResult asks = target.run(as(to, words.asks(writes)));
        String line = asks.stdout().lines().findFirst().orElse("");
        Optional<Command> reads = words.source(line, CopyTree.at(from, path));
        if (reads.isEmpty()) {
            // The other way tells why.
            return refused("has no rsync that asks as it should, or no such directory");
        }
        context.remember(fact, mark);
        Optional<Copied> copied;
        try {
            copied = key.make(hostKeys, words.target(writes), to)
                    ? joined(path, line, reads.get())
                    : refused("has no keys that a program may add one to, or the source has no OpenSSH");
        } catch (RuntimeException | InterruptedException e) {
            removed(e);
            throw e;
        }
        key.remove();
        return copied;
    }

    /** Also when this thread was told to end. What fails now, whoever goes on or takes back does; the key is let in no more by then. */
    private void removed(Exception why) {
        boolean interrupted = Thread.interrupted();
        try {
            key.remove();
        } catch (RuntimeException | InterruptedException e) {
            why.addSuppressed(e);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** What an earlier attempt has left is gone. */
    void forget() throws InterruptedException {
        if (context.recall(fact, String.class).isPresent()) {
            key.remove();
        }
    }

    private Optional<Copied> joined(String path, String line, Command reads) throws InterruptedException {
        List<String> words = new ArrayList<>(List.of(
                "sh",
                "-c",
                JOINED,
                "aegir-mesh",
                key.directory(),
                line,
                from.account().orElse("")));
        words.addAll(reads.words());
        try (RunningCommand running = source.start(Command.of(words))) {
            Stream wrote = Stream.read(running.stderr());
            Stream read = Stream.read(running.stdout());
            OptionalInt end = OptionalInt.empty();
            while (end.isEmpty()) {
                end = running.waitFor(LOOK);
            }
            String said = wrote.text();
            String complained = read.text();
            Matcher exits = EXITS.matcher(complained);
            if (!exits.find()) {
                throw new CopyException(
                        Problem.SOURCE_ENDED,
                        "The copy of " + from.title() + " from " + from + " directly to " + to + " broke off: "
                                + RsyncPair.shown(complained + said)
                                + ". Try again: what is there is not copied twice.");
            }
            return ended(
                    path,
                    Integer.parseInt(exits.group(1)),
                    Integer.parseInt(exits.group(2)),
                    said,
                    exits.replaceAll(""));
        }
    }

    private Optional<Copied> ended(String path, int wrote, int read, String said, String complained)
            throws InterruptedException {
        RsyncPair pair = new RsyncPair(context, from, to, limits);
        if (read == NOTHING_HEARD) {
            return refused("lets no copy in (" + RsyncPair.shown(said) + ")");
        } else if (read == OTHER_WORDS) {
            throw new CopyException(
                    Problem.STRANGE, to.server() + ": the rsync there asks for something strange, and gets nothing.");
        }
        Copied copied = pair.written(wrote, said, read, complained, CopyTree.at(from, path), CopyTree.at(to, path));
        context.log("copied from " + from.server() + " to " + to.server() + " directly");
        Matcher each = BYTES.matcher(said);
        long bytes = 0;
        while (each.find()) {
            bytes += Long.parseLong(each.group(1));
        }
        return Optional.of(new Copied(bytes, copied.files()));
    }

    private Optional<Copied> refused(String why) {
        String what = "no direct way from " + from.server() + " to " + to.server() + " (" + way.host() + " port "
                + way.port() + "): that " + why;
        if (way.must()) {
            throw new CopyException(
                    Problem.NO_WAY, what + ". Mend that, or set the route of both file services to auto or hub.");
        }
        context.log(what + "; through this program");
        return Optional.empty();
    }

    private static Command as(Tree tree, Command command) {
        return tree.account().map(command::as).orElse(command);
    }
}
