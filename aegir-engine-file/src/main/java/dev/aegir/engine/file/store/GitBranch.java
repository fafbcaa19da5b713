// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.file.store;

import dev.aegir.engine.file.store.FileStoreException.Problem;
import dev.aegir.host.Command;
import dev.aegir.host.CommandResult;
import dev.aegir.host.Host;
import dev.aegir.host.HostException;
import dev.aegir.host.Input;
import dev.aegir.model.Id;
import dev.aegir.task.StepContext;
import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Those of the branch that a repository elsewhere has for an owner. They are used in a repository of the server's that is made for this
 * and is gone afterwards. It gets the newest commit alone, and its names without content, where the other side can give that.
 */
final class GitBranch implements GitCommits {
    private static final Logger LOG = LoggerFactory.getLogger(GitBranch.class);

    private static final int NO_INDEX = 9;
    private static final int NO_VERSION = 10;

    /** In place of what was left behind. An object by itself may be refused by the other side; all of a commit is not. */
    private static final String OPEN = """
            # a commit, its names, and its index
            umask 077
            directory=$1 name=$2 url=$3 commit=$4 from=$5
            shift 5
            command -v git >/dev/null || exit 5
            cd -- "$directory" || exit 3
            test -O . || exit 6
            work=$directory/$name
            rm -rf --one-file-system -- "$work" && git init --quiet --bare --shared=0600 --template= --object-format=sha1 --initial-branch=files "$work" ||
                exit 3
            set_config() { git config --file "$work/config" -- "$1" "$2" || exit 3; }
            set_config core.repositoryFormatVersion 1
            set_config extensions.partialClone store
            set_config remote.store.promisor true
            set_config remote.store.url "$url"
            quiet="--quiet --no-tags --no-write-fetch-head --no-auto-maintenance"
            if test "$commit" = refs/heads/files; then
                "$@" fetch $quiet --depth=1 --filter=blob:none store "+$from:refs/heads/files" || exit
            else
                "$@" fetch $quiet --no-filter store "+$from:refs/heads/files" || exit
                git --git-dir="$work" merge-base --is-ancestor "$commit" refs/heads/files || exit 10
            fi
            index=$(git --git-dir="$work" rev-parse --verify --quiet "$commit:index") || exit 9
            if git --git-dir="$work" rev-list --objects --missing=print "$commit" | grep -q -x -F "?$index"; then
                printf '%s\\n' "$index" | "$@" fetch $quiet --filter=blob:none --stdin store ||
                    "$@" fetch $quiet --refetch --no-filter --depth=1 store "+$from:refs/heads/files" || exit
            fi
            git --git-dir="$work" rev-parse --verify "$commit^{commit}" && git --git-dir="$work" cat-file blob "$index"
            """;

    private static final String BRING = """
            # what is not here of what is asked for is fetched
            work=$1 commit=$2 from=$3
            shift 3
            cat >"$work/asked" && git --git-dir="$work" rev-list --objects --missing=print "$commit" >"$work/all" || exit 3
            sed -n 's/^?//p' "$work/all" | sort >"$work/missing" && sort -u "$work/asked" | comm -12 - "$work/missing" >"$work/wanted" || exit 3
            test -s "$work/wanted" || exit 0
            quiet="--quiet --no-tags --no-write-fetch-head --no-auto-maintenance"
            "$@" fetch $quiet --filter=blob:none --stdin store <"$work/wanted" ||
                exec "$@" fetch $quiet --refetch --no-filter --depth=1 store "+$from:refs/heads/files"
            """;

    private final Host host;
    private final GitPlace place;
    private final GitRemote remote;
    private final Id owner;
    private final Spool spool;
    private final StepContext context;
    private final Input secret;
    private final GitRepository repository;
    private final String name;
    private String source;
    private boolean told;

    GitBranch(Host host, GitPlace place, GitRemote remote, Id owner, String use, Spool spool, StepContext context) {
        this.host = host;
        this.place = place;
        this.remote = remote;
        this.owner = owner;
        this.spool = spool;
        this.context = context;
        this.secret = remote.input(context.secret(remote.credential()));
        this.name = "." + use;
        this.repository = GitRepository.toWorkIn(host, place, owner, name);
        this.source = name(owner);
    }

    /** What the branch of an owner is called there. */
    static String name(Id owner) {
        return "refs/heads/aegir/" + owner;
    }

    private String directory() {
        return place.directory().value() + "/" + name;
    }

    /** The other side is there and lets us in. */
    static void require(Host host, GitPlace place, GitRemote remote, StepContext context) throws InterruptedException {
        List<String> words = new ArrayList<>(List.of("git"));
        words.addAll(remote.options());
        words.addAll(List.of("ls-remote", "--refs", "--", remote.url(), "refs/heads/aegir/none"));
        Command command = remote.open(GitRepository.as(
                place,
                Command.of(words)
                        .environment("GIT_CEILING_DIRECTORIES", String.valueOf(place.directory()))
                        .in(place.directory())));
        CommandResult result = host.run(command, remote.input(context.secret(remote.credential())));
        if (!result.succeeded()) {
            throw failure(place, remote, result.exit(), result.stderr());
        }
    }

    @Override
    public GitRepository repository() {
        return repository;
    }

    @Override
    public Optional<String> ready() throws InterruptedException {
        return newest();
    }

    @Override
    public Optional<String> newest() throws InterruptedException {
        Answer answer = opened(GitRepository.BRANCH, name(owner));
        if (answer.said().noBranch()) {
            return Optional.empty();
        }
        requireWell(answer);
        // Before anything is built on it or deleted.
        if (answer.exit() == NO_INDEX || !owned()) {
            throw new FileStoreException(
                    Problem.REFUSED,
                    "The branch aegir/" + owner + " in the store " + place + " is not what was made there for files of "
                            + owner + ". Nothing of it was touched; see what it is.");
        }
        return answer.commit();
    }

    @Override
    public boolean has(String version) throws InterruptedException {
        Answer answer = opened(GitRepository.BRANCH, version);
        if (answer.said().onlyBranches()) {
            context.log("the other side gives no single version: all of them are fetched");
            answer = opened(version, name(owner));
        }
        if (answer.exit() == NO_VERSION || answer.said().unknown()) {
            return false;
        }
        requireWell(answer);
        // Whoever names a commit of another owner's gets nothing of it.
        return answer.exit() != NO_INDEX && owned();
    }

    @Override
    public boolean index(String commit) {
        // It came with the commit.
        return true;
    }

    /** What the index says that is in the spool. */
    private boolean owned() {
        try (BufferedReader index = Files.newBufferedReader(spool.old(), StandardCharsets.ISO_8859_1)) {
            return "aegir-files 1".equals(index.readLine()) && ("owner " + owner).equals(index.readLine());
        } catch (IOException e) {
            throw StoreTree.here(e);
        }
    }

    /** How git has ended; which commit is here then. */
    private record Answer(int exit, boolean whole, String text, Optional<String> commit) {
        GitSaid said() {
            return new GitSaid(exit == 0 ? "" : text);
        }
    }

    /** Gets a commit: whatever comes from there, or one of all that are there. Its index goes into the spool. */
    private Answer opened(String commit, String from) throws InterruptedException {
        source = from;
        List<String> words = new ArrayList<>(
                List.of("sh", "-c", OPEN, "aegir-git", place.directory().value(), name, remote.url(), commit, from));
        words.addAll(fetching().words());
        Command command = remote.open(repository.as(Command.of(words)));
        List<String> got = new ArrayList<>();
        Piped.Ended ended = Piped.run(host, command, out -> out.write(secret.content()), in -> {
            InputStream all = new BufferedInputStream(in, 1 << 16);
            GitRepository.until('\n', all).ifPresent(got::add);
            repository.keep(all, spool.old(), IndexReader.LONGEST);
        });
        String text = String.join("\n", ended.said());
        if (new GitSaid(text).unfiltered() && !told) {
            told = true;
            context.log("the other side gives all of a version where its names would do;"
                    + " uploadpack.allowFilter and uploadpack.allowAnySHA1InWant there spare that");
        }
        return new Answer(ended.exit(), ended.whole(), text, got.stream().findFirst());
    }

    private void requireWell(Answer answer) {
        boolean well = answer.exit() == 0 && answer.whole() && answer.commit().isPresent();
        if (!well && answer.exit() != NO_INDEX) {
            throw failure(place, remote, answer.exit(), answer.text());
        }
    }

    @Override
    public void bring(String commit, Piped.Work<OutputStream> objects) throws InterruptedException {
        List<String> words = new ArrayList<>(List.of("sh", "-c", BRING, "aegir-git", directory(), commit, source));
        words.addAll(fetching().words());
        Piped.Ended ended = Piped.run(
                host,
                remote.open(repository.as(Command.of(words))),
                out -> {
                    out.write(secret.content());
                    objects.with(out);
                },
                in -> in.transferTo(OutputStream.nullOutputStream()));
        if (ended.exit() != 0 || !ended.whole()) {
            throw failure(place, remote, ended.exit(), String.join("\n", ended.said()));
        }
    }

    /** As git itself fetches what it lacks: without telling what is here, which is not all of anything. */
    private Command fetching() {
        List<String> options = new ArrayList<>(remote.options());
        options.addAll(List.of("-c", "fetch.negotiationAlgorithm=noop"));
        return repository.git(options);
    }

    @Override
    public Optional<String> publish(Optional<String> parent) throws InterruptedException {
        Optional<String> tip = repository.tip();
        if (!tip.equals(parent)) {
            // Without force, so that nothing is lost that somebody else has put there.
            run("push", "--quiet", "--porcelain", "--no-thin", "store", GitRepository.BRANCH + ":" + name(owner));
        }
        return tip;
    }

    /** It is not there any more, if it was what it is now. */
    void delete(String tip) throws InterruptedException {
        run(
                "push",
                "--quiet",
                "--porcelain",
                "--force-with-lease=" + name(owner) + ":" + tip,
                "store",
                ":" + name(owner));
    }

    @Override
    public String log() {
        return "git log aegir/" + owner + ", in a clone of " + remote;
    }

    private void run(String... words) throws InterruptedException {
        CommandResult result = host.run(remote.open(repository.git(remote.options(), words)), secret);
        if (!result.succeeded()) {
            throw failure(place, remote, result.exit(), result.stdout() + result.stderr());
        }
    }

    private static FileStoreException failure(GitPlace place, GitRemote remote, int exit, String said) {
        GitRepository.requireUsable(place, exit);
        if (exit == GitRemote.NO_SSH) {
            return new FileStoreException(
                    Problem.REFUSED,
                    place.service().server() + " has no ssh with an agent, which the store " + place
                            + " needs. Install it there: apt-get install openssh-client");
        } else if (exit == GitRemote.BAD_KEY) {
            return new FileStoreException(
                    Problem.REFUSED,
                    "The secret " + remote.credential()
                            + " is no private key that ssh can use. Keep one there as ssh-keygen writes it, without a"
                            + " passphrase.");
        }
        return new GitSaid(said).failure(place);
    }

    /** What cannot be deleted now is deleted the next time. */
    @Override
    public void close() {
        try {
            repository.end();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (FileStoreException | HostException e) {
            LOG.debug("What {} was worked in for {} is still there", directory(), place, e);
        }
    }
}
