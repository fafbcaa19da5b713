// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.file.store;

import dev.aegir.model.Id;
import dev.aegir.model.InvalidValueException;
import dev.aegir.model.Tree;
import dev.aegir.spi.EngineRequest;
import dev.aegir.spi.ServiceRequest;
import dev.aegir.spi.VersionedFileStore;
import dev.aegir.task.Step;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Keeps files in repositories of git on the server that offers the service: one for each site, {@code ID.git}, in whose branch
 * {@code files} each state that was stored is a commit. Or in one repository that is reached by a URL, with a branch {@code aegir/ID} for
 * each site; the server's git fetches from it and pushes to it. Bytes go through this program: the server of a site has no key of the
 * other.
 *
 * <p>A commit has the files below {@code tree/}, as anybody's git shows them, and the {@code index} that {@link S3Engine} writes too,
 * by which names, rights, times, links and empty directories come back, and every byte is compared. A name that means something to git
 * ({@code .gitattributes}, {@code .git}) is written with {@code %XX} there, so that nothing of a site's files has an effect on whoever
 * uses the repository. No hook runs, and nothing is checked out.
 *
 * <p>Only what has changed goes there; when nothing has, there is no commit, but for one that says of files written shortly before the
 * last that they have not changed since. What broke off is no part of anything, and is sent
 * again. A version is a commit's id, as the result {@code stored.version} says.
 *
 * <p>The settings of a service:
 *
 * <ul>
 *   <li>{@code directory} - where the repositories are, such as {@code /srv/git}. Required without a {@code url}; with one it is where
 *       the server works, and empty again afterwards ({@code /var/cache/aegir/files}). It is made if it is not there.
 *   <li>{@code url} - {@code ssh://USER@HOST/PATH} or {@code https://HOST/PATH}, where a port may follow the host: a repository elsewhere,
 *       which must be there; {@code http://} only with {@code insecure} set to {@code yes}. No password belongs into it.
 *   <li>{@code credential} - the name of the secret that opens it: a private key without a passphrase for ssh, else a token or password.
 *       Required with a {@code url}.
 *   <li>{@code user} - whose the token or password is ({@code git}).
 *   <li>{@code host-key} - who a host of ssh is, as {@code ssh-ed25519 AAAA...}. Required with such a {@code url}.
 *   <li>{@code account} - the account they belong to, which must be there (the server's privileged one).
 *   <li>{@code bandwidth} - how many KiB a second may go to or from the server that offers it (no limit).
 *   <li>{@code signing-key} - the name of the secret that indexes are signed with, a private key of Ed25519 (none are).
 *   <li>{@code signed-by} - the public keys, with spaces between, of which one must have signed an index before it is used (anybody).
 * </ul>
 *
 * <p>It needs git (2.39 or newer) on the server that offers it, with a {@code url} of ssh also OpenSSH (8.5 or newer), and GNU's find and
 * tar on those of sites. Two programs must not store
 * files of one site at the same time.
 */
public final class GitEngine implements VersionedFileStore {
    private static final Set<Class<? extends Step>> STEPS =
            Set.of(RequireGit.class, GitStoreTree.class, GitFetchTree.class, GitForgetTree.class);

    /** For ServiceLoader. */
    public GitEngine() {}

    @Override
    public String name() {
        return "git";
    }

    @Override
    public Set<Class<? extends Step>> steps() {
        return STEPS;
    }

    @Override
    public List<Step> prepare(ServiceRequest request) {
        GitPlace place = GitPlace.of(request.server().name(), request.service());
        return List.of(new RequireGit("git: be ready for files in " + place, place));
    }

    @Override
    public List<Step> store(EngineRequest<Tree> request) {
        GitPlace place = place(request);
        Tree tree = StorePlans.checked(request.resource());
        return List.of(new GitStoreTree("git: store " + StorePlans.of(tree) + " in " + place.service(), place, tree));
    }

    @Override
    public List<Step> fetch(EngineRequest<Tree> request, Id owner) {
        return fetch(request, owner, Optional.empty());
    }

    @Override
    public List<Step> fetch(EngineRequest<Tree> request, Id owner, String version) {
        if (!version.matches("[0-9a-f]{40}")) {
            throw new InvalidValueException("version", version, "it is the id of a commit, 40 digits");
        }
        return fetch(request, owner, Optional.of(version));
    }

    private static List<Step> fetch(EngineRequest<Tree> request, Id owner, Optional<String> version) {
        GitPlace place = place(request);
        Tree tree = StorePlans.checked(request.resource());
        return List.of(new GitFetchTree(
                "git: fetch files of " + owner + " from " + place.service() + " to " + StorePlans.of(tree),
                place,
                owner,
                version,
                tree));
    }

    @Override
    public List<Step> forget(ServiceRequest request, Id owner) {
        GitPlace place = GitPlace.of(request.server().name(), request.service());
        return List.of(new GitForgetTree("git: remove files of " + owner + " from " + place.service(), place, owner));
    }

    private static GitPlace place(EngineRequest<Tree> request) {
        return GitPlace.of(request.server().name(), request.service());
    }
}
