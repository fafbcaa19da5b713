// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.file;

import dev.aegir.engine.file.CopyException.Problem;
import dev.aegir.host.Command;
import dev.aegir.host.Host;
import dev.aegir.host.HostUnreachableException;
import dev.aegir.host.RunningCommand;
import dev.aegir.model.HostPath;
import dev.aegir.model.Tree;
import dev.aegir.task.StepContext;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Two rsyncs, one that reads and one that writes, and what they tell each other. */
final class RsyncPair {
    private static final Pattern FILES = Pattern.compile("(?m)^Number of regular files transferred: ([0-9]{1,18})$");
    private static final Pattern DELETED = Pattern.compile("(?m)^Number of deleted files: ([0-9]{1,18})");
    private static final Duration LOOK = Duration.ofSeconds(30);
    private static final Duration END = Duration.ofSeconds(20);
    private static final int MOST_ASKED = 1000;

    /** A file that was there when the source was listed, and gone when it was read. */
    private static final int VANISHED = 24;

    private final StepContext context;
    private final Tree from;
    private final Tree to;
    private final RsyncWords words;

    /**
     * What was copied.
     *
     * @param bytes what went through
     * @param files how many files were brought or deleted
     */
    record Copied(long bytes, long files) {}

    RsyncPair(StepContext context, Tree from, Tree to, CopyTree.Limits limits) {
        this.context = context;
        this.from = from;
        this.to = to;
        this.words = new RsyncWords(limits);
    }

    Copied copy(String path) throws InterruptedException {
        HostPath source = CopyTree.at(from, path);
        HostPath target = CopyTree.at(to, path);
        Host reading = context.host(from.server());
        Host writing = context.host(to.server());
        try (RunningCommand write = writing.start(as(to, words.target(target)))) {
            Stream said = Stream.read(write.stderr());
            String line = firstLine(write.stdout());
            if (line.isEmpty()) {
                int exit = write.waitFor(END).orElse(-1);
                throw ended(exit, said.text(), -1, "", source, target);
            }
            Command read = words.source(line, source)
                    .orElseThrow(() -> new CopyException(
                            Problem.STRANGE,
                            to.server() + ": the rsync there asks for something strange (" + shown(line)
                                    + "), and gets nothing. See which program it is: command -v rsync"));
            try (RunningCommand reader = reading.start(as(from, read))) {
                return joined(write, said, reader, Stream.read(reader.stderr()), source, target);
            }
        }
    }

    private Copied joined(
            RunningCommand write, Stream said, RunningCommand read, Stream complained, HostPath source, HostPath target)
            throws InterruptedException {
        Stream down = Stream.pour(read.stdout(), write.stdin());
        Stream up = Stream.pour(write.stdout(), read.stdin());
        // The one that writes ends after the one that reads; it gives up by itself when it hears nothing for too long.
        OptionalInt end = OptionalInt.empty();
        while (end.isEmpty()) {
            end = write.waitFor(LOOK);
        }
        int readerEnd = readerEnded(read);
        int exit = end.getAsInt();
        Copied copied = written(exit, said.text(), readerEnd, exit == 0 ? "" : complained.text(), source, target);
        if (exit == 0 && down.broken()) {
            throw new HostUnreachableException(
                    from.server().value(), "the connection broke while files were copied; try again");
        }
        return new Copied(down.bytes() + up.bytes(), copied.files());
    }

    /** What the one that writes has brought, once it has ended. */
    Copied written(int exit, String said, int readerEnd, String complained, HostPath source, HostPath target) {
        if (exit == VANISHED) {
            context.log("some files vanished while they were copied");
        } else if (exit != 0) {
            throw ended(exit, said, readerEnd, complained, source, target);
        }
        return new Copied(0, last(FILES, said) + last(DELETED, said));
    }

    private CopyException ended(
            int exit, String said, int readerEnd, String complained, HostPath source, HostPath target) {
        String what = "The copy of " + from.title() + " from " + from.server() + ":" + source + " to " + to.server()
                + ":" + target + " ";
        String words = shown(said.isBlank() ? complained : said);
        String both = said + complained;
        if (exit == 127) {
            return CopyException.missing(to.server());
        } else if (readerEnd == 127) {
            return CopyException.missing(from.server());
        } else if (exit == 3 && said.contains("cd:")) {
            return new CopyException(
                    Problem.UNREADABLE,
                    what + "has no target: there is no directory " + target + " on " + to.server()
                            + ", or its account cannot enter it (" + words + "). Verify the site there.");
        } else if (both.contains("No space left on device") || both.contains("Disk quota exceeded")) {
            return new CopyException(
                    Problem.FULL,
                    what + "stopped: " + to.server() + " has no space left for it (" + words
                            + "). Make room there, then try again: what is there is not copied twice.");
        } else if (exit == 23 || exit == 3 || exit == 11) {
            return new CopyException(
                    Problem.UNREADABLE,
                    what + "is not whole: something cannot be read or written (" + words
                            + "). Mend its rights, then try again.");
        } else if (exit == 30 || exit == 35) {
            return new CopyException(
                    Problem.SILENCE,
                    what + "stopped: nothing was heard for too long (" + words
                            + "). See whether both servers are well, then try again.");
        } else if (exit == 12 || exit == 20 || readerEnd > 0) {
            Problem problem = readerEnd == 0 || exit == 20 || exit > 128 ? Problem.TARGET_ENDED : Problem.SOURCE_ENDED;
            return new CopyException(
                    problem,
                    what + "broke off: rsync ended with " + exit + " on " + to.server() + " and with "
                            + (readerEnd < 0 ? "nothing yet" : String.valueOf(readerEnd)) + " on " + from.server()
                            + " (" + words + "). Try again: what is there is not copied twice.");
        }
        return new CopyException(
                Problem.TARGET_ENDED,
                what + "failed: rsync ended with " + exit + " on " + to.server() + " (" + words
                        + "). See what it says, then try again.");
    }

    /** How it ended; -1 when it has not, or nobody knows. */
    private static int readerEnded(RunningCommand read) throws InterruptedException {
        try {
            return read.waitFor(Duration.ofSeconds(2)).orElse(-1);
        } catch (HostUnreachableException e) {
            return -1;
        }
    }

    /** The first line; empty when there is none. */
    private String firstLine(InputStream in) {
        StringBuilder line = new StringBuilder();
        try {
            for (int next = in.read(); next != '\n'; next = in.read()) {
                if (next < 0) {
                    return "";
                } else if (line.length() > MOST_ASKED) {
                    return line.toString();
                }
                line.append((char) next);
            }
        } catch (IOException e) {
            throw new HostUnreachableException(to.server().value(), "the connection broke before files were copied", e);
        }
        return line.toString();
    }

    private static long last(Pattern pattern, String text) {
        Matcher found = pattern.matcher(text);
        long last = 0;
        while (found.find()) {
            last = Long.parseLong(found.group(1));
        }
        return last;
    }

    static String shown(String text) {
        String one = text.replaceAll("\\s+", " ").strip();
        String kept = one.length() > 600 ? one.substring(0, 600) + "..." : one;
        return new String(kept.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8).replaceAll("\\p{Cntrl}", "?");
    }

    private static Command as(Tree tree, Command command) {
        return tree.account().map(command::as).orElse(command);
    }
}
