// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.file.store;

import dev.aegir.engine.file.store.FileStoreException.Problem;
import dev.aegir.host.Command;
import dev.aegir.host.Host;
import dev.aegir.model.Tree;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A tree on its server, as the account it belongs to: programs of every Debian, told names as data, that follow no link. */
final class Source {
    private static final Duration LIMIT = Duration.ofHours(24);
    private static final int LONGEST_RECORD = 16 * 1024;

    /** Names in the order of their bytes, each after how it looks. */
    private static final String LIST = """
            # list what there is
            LC_ALL=C
            export LC_ALL
            cd -- "$1" || exit 3
            shift
            date +%s || exit 3
            { find "$@" -ignore_readdir_race -printf '%y %m %T@ %s %C@ %i %p\\0' || printf '! 0 0 0 0 0 %s\\0' "$?"; } |
                sort -z -t ' ' -k 7
            """;

    private static final String READ = """
            # read the files that are told
            LC_ALL=C
            export LC_ALL
            cd -- "$1" || exit 3
            exec tar --create --file=- --format=gnu --no-recursion --hard-dereference --null --no-unquote --files-from=-
            """;

    private static final String WRITE = """
            # write files
            LC_ALL=C
            export LC_ALL
            cd -- "$1" || exit 3
            exec tar --extract --file=- --no-same-owner --preserve-permissions --delay-directory-restore --no-acls --no-xattrs
            """;

    private static final String DELETE = """
            # delete what is too much
            cd -- "$1" || exit 3
            exec xargs -0 -r rm -rf --one-file-system --
            """;

    private static final Pattern RECORD = Pattern.compile(
            "(.) ([0-7]+) (-?[0-9]+)\\.([0-9]{9})[0-9]* ([0-9]{1,18}) ([0-9]+)\\.([0-9]{9})[0-9]* ([0-9]+) \\./(.*)",
            Pattern.DOTALL);
    private static final Pattern LIFE = Pattern.compile(
            ".*: (file changed as we read it|File removed before we read it|Cannot stat: No such file or directory"
                    + "|File shrank by [0-9]+ bytes?; padding with zeros)|tar: Exiting with failure status due to previous errors");

    private final Host host;
    private final Tree tree;

    Source(Host host, Tree tree) {
        this.host = host;
        this.tree = tree;
    }

    /** Hears of what is there. */
    interface Listener {
        void entry(Entry entry) throws IOException, InterruptedException;
    }

    /** Whether tar says no more than that somebody wrote while it read. */
    static boolean ofLife(String line) {
        return LIFE.matcher(line).matches();
    }

    /**
     * Tells what there is, in the order of the names' bytes.
     *
     * @return how many entries are no file, directory or link, and were left out
     */
    long list(Listener listener) throws InterruptedException {
        long[] others = {0};
        boolean[] failed = {false};
        List<String> words = new ArrayList<>(
                List.of("sh", "-c", LIST, "aegir-store", tree.directory().value()));
        tree.paths().forEach(path -> words.add("./" + path));
        Piped.Ended ended = Piped.run(host, as(Command.of(words)), out -> {}, in -> {
            InputStream all = new BufferedInputStream(in, 1 << 16);
            long begun = number(record(all, '\n').orElse(""));
            for (Optional<String> next = record(all, '\0'); next.isPresent(); next = record(all, '\0')) {
                Matcher record = RECORD.matcher(next.get());
                if (!record.matches()) {
                    failed[0] = true;
                } else if ("fdl".contains(record.group(1))) {
                    listener.entry(entry(record, begun));
                } else {
                    others[0]++;
                }
            }
        });
        if (ended.exit() != 0 || !ended.whole() || failed[0]) {
            throw new FileStoreException(
                    Problem.UNREADABLE,
                    "Not everything of " + tree + " could be listed: " + ended.why()
                            + ". Mend its rights, then try again.");
        }
        return others[0];
    }

    private static Entry entry(Matcher record, long begun) {
        // What was written a moment ago may be written once more within the same tick of the clock.
        boolean settled = number(record.group(3)) < begun - 1 && number(record.group(6)) < begun - 1;
        char type = record.group(1).charAt(0);
        String mode = String.format("%03o", Integer.parseInt(record.group(2), 8) & 0777);
        return new Entry(
                type,
                record.group(9),
                mode,
                record.group(3) + "." + record.group(4),
                settled ? record.group(6) + "." + record.group(7) + ":" + record.group(8) : Entry.UNSURE,
                type == 'f' ? Long.parseLong(record.group(5)) : 0,
                "",
                "");
    }

    private static long number(String text) {
        return text.matches("-?[0-9]{1,18}") ? Long.parseLong(text) : 0;
    }

    private static Optional<String> record(InputStream in, char end) throws IOException {
        StringBuilder record = new StringBuilder();
        for (int next = in.read(); next != end; next = in.read()) {
            if (next < 0) {
                if (record.length() > 0) {
                    throw new IOException("the list of files was cut");
                }
                return Optional.empty();
            } else if (record.length() == LONGEST_RECORD) {
                throw new IOException("the list of files has too long a name");
            }
            record.append((char) next);
        }
        return Optional.of(record.toString());
    }

    /** Reads files and links. The names are in a file of this machine, each as {@link #told}. */
    Piped.Ended read(Path names, Piped.Work<InputStream> tar) throws InterruptedException {
        return Piped.run(host, script(READ), out -> Files.copy(names, out), tar);
    }

    /** Writes what is a tar. */
    void write(Piped.Work<OutputStream> tar) throws InterruptedException {
        Piped.Ended ended = Piped.run(host, script(WRITE), tar, Source::drain);
        if (ended.exit() != 0) {
            boolean full = ended.said().stream()
                    .anyMatch(line -> line.contains("No space left on device") || line.contains("Disk quota exceeded"));
            throw new FileStoreException(
                    full ? Problem.FULL : Problem.UNREADABLE,
                    "The files could not be written to " + tree + ": " + ended.why()
                            + (full ? ". Make room there, then try again." : ". See what it says, then try again."));
        }
    }

    /** Deletes what a file of this machine names, with everything in it. */
    void delete(Path names) throws InterruptedException {
        Piped.Ended ended = Piped.run(host, script(DELETE), out -> Files.copy(names, out), Source::drain);
        if (ended.exit() != 0) {
            throw new FileStoreException(
                    Problem.UNREADABLE,
                    "Not everything that is too much in " + tree + " could be deleted: " + ended.why() + ".");
        }
    }

    /** A name as it is told to programs. */
    static void told(String name, OutputStream out) throws IOException {
        out.write(("./" + name + "\0").getBytes(StandardCharsets.ISO_8859_1));
    }

    private static void drain(InputStream in) throws IOException {
        in.transferTo(OutputStream.nullOutputStream());
    }

    private Command script(String script) {
        return as(Command.of("sh", "-c", script, "aegir-store", tree.directory().value()));
    }

    private Command as(Command command) {
        return tree.account().map(command::as).orElse(command).timeout(LIMIT);
    }
}
