// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.file;

import dev.aegir.host.Command;
import dev.aegir.model.HostPath;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The words that two rsyncs are started with. The one on the target is told that its remote shell is a program that joins it
 * to the pipes of the command it is in; what that rsync would have had run elsewhere, it says in a first line. Of that line
 * only letters are taken, and only if it is the line that was expected: the path is ours.
 */
final class RsyncWords {
    /** Where unfinished files are kept beside the finished ones, until a later run goes on with them. */
    static final String PARTIAL = ".aegir-partial";

    /** What the pretended source is called; never looked up. */
    private static final String SOURCE = "source/";

    private static final Pattern FLAGS = Pattern.compile("-[a-zA-Z]{1,20}e[0-9]{0,3}\\.[A-Za-z]{0,30}");

    /** The descriptors 3 and 4 are the command's own input and output; the rest of what rsync says is for people. */
    private static final String TARGET = """
            # copy files
            cd -- "$1" || exit 3
            shift
            command -v rsync >/dev/null || exit 127
            exec 3<&0 4>&1 </dev/null >&2
            exec rsync "$@" --blocking-io --rsh="sh -c 'shift 2; echo \\"\\$*\\" >&4; exec 5<&0; cat <&5 >&4 & exec 5<&- 4>&-; exec cat <&3' aegir-pipe" -- aegir:source/ ./
            """;

    /** What that rsync would have run elsewhere, and no more. */
    private static final String ASKS = """
            # what would be asked for
            cd -- "$1" || exit 3
            shift
            command -v rsync >/dev/null || exit 127
            exec 4>&1 </dev/null >&2
            exec rsync "$@" --blocking-io --rsh="sh -c 'shift 2; echo \\"\\$*\\" >&4' aegir-pipe" -- aegir:source/ ./
            """;

    private final CopyTree.Limits limits;

    RsyncWords(CopyTree.Limits limits) {
        this.limits = limits;
    }

    Command target(HostPath directory) {
        return written(TARGET, directory);
    }

    /** Prints the line that {@link #target} begins with, and ends. */
    Command asks(HostPath directory) {
        return written(ASKS, directory);
    }

    private Command written(String script, HostPath directory) {
        List<String> words = new ArrayList<>(List.of(
                "sh",
                "-c",
                script,
                "aegir-copy",
                directory.value(),
                "--recursive",
                "--links",
                "--perms",
                "--times",
                // To the nanosecond: of two writes within one second the second one may be as long as the first.
                "--modify-window=-1",
                // Nobody gets the rights of another by a file that was brought.
                "--chmod=Fug-s",
                "--no-owner",
                "--no-group",
                "--no-devices",
                "--no-specials",
                "--delete-delay",
                "--delay-updates",
                "--partial-dir=" + PARTIAL,
                "--stats",
                "--no-human-readable",
                // No word of it gets to another program: the source is told by us.
                "--no-s",
                "--timeout=" + limits.timeout()));
        if (limits.bandwidth() > 0) {
            words.add("--bwlimit=" + limits.bandwidth());
        }
        return Command.of(words);
    }

    /** What reads the source, if the target's line is the one that was expected. */
    Optional<Command> source(String line, HostPath directory) {
        List<String> asked = List.of(line.split(" ", -1));
        int size = asked.size();
        if (size < 5
                || !asked.subList(0, 2).equals(List.of("--server", "--sender"))
                || !FLAGS.matcher(asked.get(2)).matches()
                || !asked.subList(size - 2, size).equals(List.of(".", SOURCE))
                || !known(asked.subList(3, size - 2))) {
            return Optional.empty();
        }
        List<String> words = new ArrayList<>(List.of("rsync"));
        words.addAll(asked.subList(0, size - 1));
        words.add(directory.value() + "/");
        return Optional.of(Command.of(words));
    }

    private boolean known(List<String> options) {
        return options.stream()
                .allMatch(option -> option.equals("--timeout=" + limits.timeout())
                        || option.equals("--bwlimit=" + limits.bandwidth()));
    }
}
