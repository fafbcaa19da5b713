// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.file.store;

import dev.aegir.engine.file.store.FileStoreException.Problem;
import dev.aegir.host.Command;
import dev.aegir.host.CommandResult;
import dev.aegir.host.Host;
import dev.aegir.model.Id;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
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

/**
 * A bare repository on a server, used by git's own programs there: that of one owner, or one to work in. Nothing is checked out; no hook
 * runs, and nobody's configuration but the repository's own counts.
 */
final class GitRepository {
    static final String BRANCH = "refs/heads/files";
    private static final Duration LIMIT = Duration.ofHours(24);
    private static final int LONGEST = 32 * 1024;
    private static final int NOT_OURS = 4;
    private static final int NO_GIT = 5;
    private static final int OTHERS = 6;

    /** What is larger is neither compared with others nor held in memory. */
    private static final String LARGE = "core.bigFileThreshold=16m";

    private static final String MAKE = """
            # a repository is there, and nothing that was left unfinished
            umask 077
            command -v git >/dev/null || exit 5
            cd -- "$1" || exit 3
            test -O . || exit 6
            if test ! -e "$2.git"; then
                rm -rf -- ".new-$2" && git init --quiet --bare --shared=0600 --template= --object-format=sha1 --initial-branch=files ".new-$2" &&
                    printf '%s\\n' "$3" >".new-$2/description" && mv -T -- ".new-$2" "$2.git" || exit 3
            fi
            test -O "$2.git" && test "$(head -n 1 -- "$2.git/description")" = "$3" || exit 4
            find "$2.git" -maxdepth 1 -name 'fast_import_crash_*' -delete
            find "$2.git/objects" -name 'tmp_*' -type f -delete
            """;

    private static final String THERE = """
            # how much there is
            cd -- "$1" || exit 3
            test -O . || exit 6
            test -e "$2.git" || exit 0
            test -O "$2.git" && test "$(head -n 1 -- "$2.git/description")" = "$3" || exit 4
            du -sk -- "$2.git"
            """;

    private static final String REMOVE = """
            # nothing of it is there
            cd -- "$1" || exit 3
            test -O . || exit 6
            if test -e "$2.git"; then
                test -O "$2.git" && test "$(head -n 1 -- "$2.git/description")" = "$3" || exit 4
                mv -T -- "$2.git" ".old-$2" || exit 3
            fi
            rm -rf --one-file-system -- ".old-$2" ".new-$2"
            """;

    private static final String END = """
            # what was worked in is gone
            cd -- "$1" && test -O . && rm -rf --one-file-system -- "$2"
            """;

    private static final Pattern FULL = Pattern.compile("No space left on device|Out of diskspace|Disk quota exceeded");

    private static final Pattern LISTED =
            Pattern.compile("([0-7]{6}) [a-z]+ ([0-9a-f]{40})(?: +([0-9]{1,18}|-|BAD))?\t(.*)", Pattern.DOTALL);

    private final Host host;
    private final GitPlace place;
    private final Id owner;
    private final String name;
    private final boolean partial;

    /** That of an owner, with all its commits. */
    GitRepository(Host host, GitPlace place, Id owner) {
        this(host, place, owner, owner + ".git", false);
    }

    private GitRepository(Host host, GitPlace place, Id owner, String name, boolean partial) {
        this.host = host;
        this.place = place;
        this.owner = owner;
        this.name = name;
        this.partial = partial;
    }

    /** One of that name to work in, which may have commits without the content of their files. */
    static GitRepository toWorkIn(Host host, GitPlace place, Id owner, String name) {
        return new GitRepository(host, place, owner, name, true);
    }

    /** Whether there may be files without their content, of which not even the length is known. */
    boolean partial() {
        return partial;
    }

    /**
     * Something in a commit.
     *
     * @param path its path, as bytes
     * @param mode what git calls its mode
     * @param object the object with its content
     * @param size its length; -1 when it is not there, or not known
     */
    record Listed(String path, String mode, String object, long size) {}

    /** Hears of what is in a commit. */
    interface Listener {
        void listed(Listed listed) throws IOException, InterruptedException;
    }

    /** It is there, and ours; nothing that was left unfinished is. */
    void make() throws InterruptedException {
        script(MAKE);
    }

    /** How many KiB it has; absent when it is not there. */
    Optional<String> size() throws InterruptedException {
        String said = script(THERE).strip();
        return said.isEmpty() ? Optional.empty() : Optional.of(said.split("\\s")[0]);
    }

    void remove() throws InterruptedException {
        script(REMOVE);
    }

    private String script(String script) throws InterruptedException {
        return script(script, owner.toString(), "Files of " + owner + ", kept by Aegir");
    }

    /** What was worked in is gone. */
    void end() throws InterruptedException {
        script(END, name);
    }

    private String script(String script, String... words) throws InterruptedException {
        CommandResult result = host.run(
                as(Command.of("sh", "-c", script, "aegir-git", place.directory().value())
                        .with(words)));
        requireUsable(place, result.exit());
        if (result.exit() == NOT_OURS) {
            throw new FileStoreException(
                    Problem.REFUSED,
                    "What is called " + owner + ".git in the store " + place
                            + " is not what was made there for files. Nothing of it was touched; see what it is.");
        } else if (!result.succeeded()) {
            throw failed("cannot be used", said(result));
        }
        return result.stdout();
    }

    /** What every script here ends with when it cannot begin. */
    static void requireUsable(GitPlace place, int exit) {
        if (exit == NO_GIT) {
            throw missing(place);
        } else if (exit == OTHERS) {
            // What its configuration says would be done by whoever uses it.
            throw new FileStoreException(
                    Problem.REFUSED,
                    "The directory " + place.directory() + " of the store " + place + " belongs to somebody else than "
                            + place.account().orElse("root") + ". Give it to that account, or set account to its own.");
        }
    }

    static FileStoreException missing(GitPlace place) {
        return new FileStoreException(
                Problem.REFUSED,
                place.service().server() + " has no git, which the store " + place
                        + " needs. Install it there: apt-get install git");
    }

    /** The newest commit. */
    Optional<String> tip() throws InterruptedException {
        return commit(BRANCH);
    }

    private Optional<String> commit(String name) throws InterruptedException {
        CommandResult result =
                host.run(git("rev-parse", "--verify", "--quiet", "--end-of-options", name + "^{commit}"));
        String commit = result.stdout().strip();
        return result.succeeded() && commit.matches("[0-9a-f]{40}") ? Optional.of(commit) : Optional.empty();
    }

    /** Whether a commit is the newest or one before. */
    boolean has(String version) throws InterruptedException {
        Optional<String> commit = commit(version);
        return commit.isPresent()
                && host.run(git("merge-base", "--is-ancestor", commit.get(), BRANCH))
                        .succeeded();
    }

    /** Tells all that is in a commit. */
    void list(String commit, Listener listener) throws InterruptedException {
        boolean[] wrong = {false};
        // Whoever asks for the length of what is not here asks the other side, file by file.
        Command list = partial
                ? git("ls-tree", "-r", "-z", "--full-tree", commit)
                : git("ls-tree", "-r", "-l", "-z", "--full-tree", commit);
        Piped.Ended ended = Piped.run(host, list, out -> {}, in -> {
            InputStream all = new BufferedInputStream(in, 1 << 16);
            for (Optional<String> next = until('\0', all); next.isPresent(); next = until('\0', all)) {
                Matcher listed = LISTED.matcher(next.get());
                if (listed.matches()) {
                    String size = Optional.ofNullable(listed.group(3)).orElse("-");
                    listener.listed(new Listed(
                            listed.group(4),
                            listed.group(1),
                            listed.group(2),
                            size.matches("[0-9]+") ? Long.parseLong(size) : -1));
                } else {
                    wrong[0] = true;
                }
            }
        });
        if (ended.exit() != 0 || !ended.whole() || wrong[0]) {
            throw new FileStoreException(
                    Problem.DAMAGED,
                    "What the store " + place + " has of " + owner + " in " + commit + " cannot be listed: "
                            + ended.why() + ". See what it lacks: git fsck");
        }
    }

    /** The index of a commit goes into a file of this machine; gives whether it has one. */
    boolean index(String commit, Path file, long limit) throws InterruptedException {
        Piped.Ended ended = Piped.run(
                host, git("cat-file", "blob", commit + ":" + GitNames.INDEX), out -> {}, in -> keep(in, file, limit));
        return ended.exit() == 0 && ended.whole();
    }

    /** An index goes into a file of this machine. */
    void keep(InputStream in, Path file, long limit) throws IOException {
        try (OutputStream out = Files.newOutputStream(file)) {
            byte[] block = new byte[1 << 16];
            long left = limit;
            for (int length = in.read(block); length >= 0; length = in.read(block)) {
                left -= length;
                if (left < 0) {
                    throw failed("has an index that is too long", "for files of " + owner);
                }
                out.write(block, 0, length);
            }
        }
    }

    /** Begins what takes a stream of {@code git fast-import}; it counts when the stream has said that it is done. */
    void take(Piped.Work<OutputStream> stream) throws InterruptedException {
        Command command =
                git("fast-import", "--quiet", "--done", "--depth=0", "--date-format=raw", "--no-relative-marks");
        Piped.Ended ended = Piped.run(host, command, stream, in -> in.transferTo(OutputStream.nullOutputStream()));
        if (ended.exit() != 0 || !ended.whole()) {
            throw failed("does not take files", ended.why());
        }
    }

    /** Asks for objects, one after the other. */
    void give(Piped.Work<OutputStream> asked, Piped.Work<InputStream> given) throws InterruptedException {
        Piped.Ended ended = Piped.run(host, git("cat-file", "--batch", "--buffer"), asked, given);
        if (ended.exit() != 0 || !ended.whole()) {
            throw failed("does not give files", ended.why());
        }
    }

    /** Git tidies up when it thinks it is time to; absent when it could, otherwise what it said. */
    Optional<String> tidied() throws InterruptedException {
        CommandResult result = host.run(git("gc", "--auto", "--quiet"));
        return result.succeeded() ? Optional.empty() : Optional.of(said(result));
    }

    private static String said(CommandResult result) {
        String text = result.stderr().strip();
        return "it ended with " + result.exit()
                + (text.isEmpty() ? "" : ": " + text.substring(0, Math.min(1000, text.length())));
    }

    private FileStoreException failed(String what, String why) {
        boolean full = FULL.matcher(why).find();
        return new FileStoreException(
                full ? Problem.FULL : Problem.REFUSED,
                "The store " + place + " " + what + " (" + why + ")."
                        + (full ? " Make room there, then try again." : " See what it says, then try again."));
    }

    Command git(String... words) {
        return git(List.of(), words);
    }

    /** With more that git is told before its own words. */
    Command git(List<String> options, String... words) {
        List<String> all = new ArrayList<>(List.of(
                "git",
                "--git-dir=" + place.directory().value() + "/" + name,
                "-c",
                "core.hooksPath=/dev/null",
                "-c",
                LARGE,
                "-c",
                "pack.threads=1",
                "-c",
                "pack.windowMemory=64m",
                "-c",
                "pack.compression=1",
                "-c",
                partial ? "core.fsync=none" : "core.fsync=committed,reference",
                "-c",
                "gc.autoDetach=false"));
        if (partial) {
            // What is gone soon needs not to be written twice.
            all.addAll(List.of("-c", "fastimport.unpackLimit=1", "-c", "fetch.unpackLimit=1"));
        }
        all.addAll(options);
        all.addAll(List.of(words));
        return as(Command.of(all));
    }

    /** As the account that the repository belongs to, by itself. */
    Command as(Command command) {
        return as(place, command);
    }

    static Command as(GitPlace place, Command command) {
        Command alone = command.environment("GIT_CONFIG_NOSYSTEM", "1")
                .environment("GIT_CONFIG_GLOBAL", "/dev/null")
                .environment("GIT_NO_REPLACE_OBJECTS", "1")
                .environment("GIT_TERMINAL_PROMPT", "0")
                .environment("SSH_ASKPASS_REQUIRE", "never")
                .environment("LC_ALL", "C")
                .timeout(LIMIT);
        return place.account().map(alone::as).orElse(alone);
    }

    /** What comes before the next such byte; absent at the end. */
    static Optional<String> until(char end, InputStream in) throws IOException {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        for (int next = in.read(); next != end; next = in.read()) {
            if (next < 0) {
                if (text.size() > 0) {
                    throw new IOException("what git says was cut");
                }
                return Optional.empty();
            } else if (text.size() == LONGEST) {
                throw new IOException("git says something too long");
            }
            text.write(next);
        }
        return Optional.of(text.toString(StandardCharsets.ISO_8859_1));
    }
}
