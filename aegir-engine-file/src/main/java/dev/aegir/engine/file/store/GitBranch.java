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
import java.io.BufferedReader;
import java.io.IOException;
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

    private static final String WANTED = """
            # what is not here of what is asked for is fetched
            work=$1 commit=$2
            shift 2
            cat >"$work/asked" && git --git-dir="$work" rev-list --objects --missing=print "$commit" >"$work/all" || exit 3
            sed -n 's/^?//p' "$work/all" | sort >"$work/missing" && sort -u "$work/asked" | comm -12 - "$work/missing" >"$work/wanted" || exit 3
            test -s "$work/wanted" || exit 0
            exec "$@" <"$work/wanted"
            """;

    private final Host host;
    private final GitPlace place;
    private final GitRemote remote;
    private final Id owner;
    private final Spool spool;
    private final StepContext context;
    private final Input secret;
    private final GitRepository repository;
    private final String directory;
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
        this.repository = GitRepository.toWorkIn(host, place, owner, "." + use);
        this.directory = place.directory().value() + "/." + use;
        this.source = name(owner);
    }

    /** What the branch of an owner is called there. */
    static String name(Id owner) {
        return "refs/heads/aegir/" + owner;
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
        repository.begin(remote.url());
        GitSaid said = fetched("fetch", "--depth=1", "--filter=blob:none", "store", to(source));
        if (said.noBranch()) {
            return Optional.empty();
        }
        Optional<String> tip = repository.tip();
        requireOurs(tip.orElse(GitRepository.BRANCH));
        return tip;
    }

    /** Before anything is built on it or deleted: its index says whose it is. */
    private void requireOurs(String commit) throws InterruptedException {
        if (!indexed(commit) || !owner()) {
            throw new FileStoreException(
                    Problem.REFUSED,
                    "The branch " + name(owner).substring("refs/heads/".length()) + " in the store " + place
                            + " is not what was made there for files of " + owner
                            + ". Nothing of it was touched; see what it is.");
        }
    }

    /** Whether the commit has an index, which is in the spool then. */
    private boolean indexed(String commit) throws InterruptedException {
        Optional<String> index = repository.object(commit, GitNames.INDEX);
        if (index.isEmpty()) {
            return false;
        }
        bring(commit, out -> out.write(GitNames.bytes(index.get() + "\n")));
        return repository.index(commit, spool.old(), IndexReader.LONGEST);
    }

    private boolean owner() {
        try (BufferedReader index = Files.newBufferedReader(spool.old(), StandardCharsets.ISO_8859_1)) {
            return "aegir-files 1".equals(index.readLine()) && ("owner " + owner).equals(index.readLine());
        } catch (IOException e) {
            throw StoreTree.here(e);
        }
    }

    @Override
    public boolean has(String version) throws InterruptedException {
        GitSaid said = fetched("fetch", "--depth=1", "--filter=blob:none", "store", to(version));
        if (said.unknown()) {
            return false;
        } else if (said.onlyBranches()) {
            context.log("the other side gives no single version: all of them are fetched");
            fetched("fetch", "--refetch", "--no-filter", "--unshallow", "store", to(name(owner)));
            if (!repository.has(version)) {
                return false;
            }
        } else {
            source = version;
        }
        // Whoever names a commit of another owner's gets nothing of it.
        return indexed(version) && owner();
    }

    @Override
    public void bring(String commit, Piped.Work<OutputStream> objects) throws InterruptedException {
        List<String> words = new ArrayList<>(List.of("sh", "-c", WANTED, "aegir-git", directory, commit));
        words.addAll(fetch("fetch", "--filter=blob:none", "--stdin", "store").words());
        Command command = remote.open(repository.as(Command.of(words)));
        Piped.Ended ended = Piped.run(
                host,
                command,
                out -> {
                    out.write(secret.content());
                    objects.with(out);
                },
                in -> in.transferTo(OutputStream.nullOutputStream()));
        if (ended.exit() == 0 && ended.whole()) {
            return;
        }
        GitSaid said = new GitSaid(String.join("\n", ended.said()));
        if (!said.onlyBranches()) {
            throw failure(place, remote, ended.exit(), String.join("\n", ended.said()));
        }
        fetched("fetch", "--refetch", "--no-filter", "--depth=1", "store", to(source));
    }

    @Override
    public void publish(Optional<String> parent) throws InterruptedException {
        if (!repository.tip().equals(parent)) {
            // Without force, so that nothing is lost that somebody else has put there.
            run("push", "--quiet", "--porcelain", "--no-thin", "store", GitRepository.BRANCH + ":" + name(owner));
        }
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

    private static String to(String source) {
        return "+" + source + ":" + GitRepository.BRANCH;
    }

    /** What it has said; that something is not to be had there is an answer. */
    private GitSaid fetched(String... words) throws InterruptedException {
        CommandResult result = host.run(remote.open(fetch(words)), secret);
        GitSaid said = new GitSaid(result.stderr());
        if (!result.succeeded() && !said.noBranch() && !said.onlyBranches()) {
            throw failure(place, remote, result.exit(), result.stderr());
        }
        if (said.unfiltered() && !told) {
            told = true;
            context.log("the other side gives all of a version where its names would do;"
                    + " uploadpack.allowFilter and uploadpack.allowAnySHA1InWant there spare that");
        }
        return said;
    }

    private Command fetch(String... words) {
        List<String> all = new ArrayList<>(List.of(words));
        // As git itself fetches what it lacks: without telling what is here, which is not all of anything.
        all.addAll(1, List.of("--quiet", "--no-tags", "--no-write-fetch-head", "--no-auto-maintenance"));
        List<String> options = new ArrayList<>(remote.options());
        options.addAll(List.of("-c", "fetch.negotiationAlgorithm=noop"));
        return repository.git(options, all.toArray(String[]::new));
    }

    private void run(String... words) throws InterruptedException {
        CommandResult result = host.run(remote.open(repository.git(remote.options(), words)), secret);
        if (!result.succeeded()) {
            throw failure(place, remote, result.exit(), result.stdout() + result.stderr());
        }
    }

    private static FileStoreException failure(GitPlace place, GitRemote remote, int exit, String said) {
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
            LOG.debug("What {} was worked in for {} is still there", directory, place, e);
        }
    }
}
