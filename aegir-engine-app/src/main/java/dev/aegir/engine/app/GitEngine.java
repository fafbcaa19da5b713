// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.app;

import dev.aegir.model.CodeSource;
import dev.aegir.model.InvalidValueException;
import dev.aegir.model.Release;
import dev.aegir.spi.CodeEngine;
import dev.aegir.spi.EngineRequest;
import dev.aegir.spi.ServiceRequest;
import dev.aegir.task.Step;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Brings code from git repositories, with the git of the server. The server keeps a bare repository of each source without its
 * history, so that the next release of it transfers and costs only what has changed.
 *
 * <p>Settings of the source:
 *
 * <ul>
 *   <li>{@code url}: {@code https}, {@code ssh} (also {@code user@host:path}), {@code git}, or {@code file} below
 *       {@code file-root}; no redirects are followed.
 *   <li>{@code ref}: a branch, a tag, a full commit id, {@code HEAD}, or a full name below {@code refs/}; resolved once, when
 *       the codebase is created.
 *   <li>{@code credential}: the name of a secret: a private key for {@code ssh}, else a password or token, which belongs to
 *       {@code user} ({@code git}).
 *   <li>{@code host-key}: who an {@code ssh} server is, as {@code ssh-ed25519 AAAA...}; without it, the server must be in
 *       {@code /etc/ssh/ssh_known_hosts}.
 * </ul>
 *
 * <p>Settings of the service: {@code code} ({@code /srv/aegir/code}), {@code cache} ({@code /var/cache/aegir}), {@code run}
 * ({@code /run/aegir}), {@code account} ({@code aegir-build}, made where it is missing), {@code file-root}
 * ({@code /srv/git}), {@code allow-local-addresses} ({@code false}), {@code max-files} (200000), {@code max-size-mib} (4096),
 * {@code timeout-minutes} (30), {@code install} ({@code true} lets Debian's packages be installed where they are missing).
 *
 * <p>Git runs as the unprivileged account in an empty environment, with hooks off and only the protocol of the URL allowed. A
 * release belongs to root. Links that lead out of the code are refused ({@link UnsafeCodeException}). Not brought:
 * submodules, which are logged, and the contents of Git LFS, of which the pointers are brought.
 */
public final class GitEngine implements CodeEngine {
    private static final Set<String> PROTOCOLS = Set.of("https", "ssh", "git", "file");
    private static final Set<String> SETTINGS = Set.of("url", "ref", "credential", "user", "host-key");
    private static final String HOST_KEY =
            "(ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(256|384|521)|sk-ssh-ed25519@openssh\\.com) [A-Za-z0-9+/]+=*";

    /** For ServiceLoader. */
    public GitEngine() {}

    @Override
    public String name() {
        return "git";
    }

    @Override
    public Set<Class<? extends Step>> steps() {
        return CodeSteps.ALL;
    }

    @Override
    public List<Step> prepare(ServiceRequest request) {
        return CodeSteps.prepare(
                name(),
                request,
                place(request),
                List.of("git", "ssh", "setpriv", "flock"),
                List.of("git", "openssh-client", "ca-certificates"));
    }

    @Override
    public List<Step> ensure(EngineRequest<Release> request) {
        Place place = place(new ServiceRequest(request.server(), request.service()));
        return CodeSteps.bring(name(), request, place, fetch(request.resource(), place));
    }

    @Override
    public List<Step> remove(EngineRequest<Release> request) {
        return CodeSteps.remove(name(), request, place(new ServiceRequest(request.server(), request.service())));
    }

    private static Place place(ServiceRequest request) {
        return Place.of(request.settings(), "/srv/git");
    }

    static Fetch fetch(Release release, Place place) {
        CodeSource source = release.source();
        CodeSteps.only(source, SETTINGS);
        SourceUrl url = SourceUrl.of(CodeSteps.required(source, "url"), PROTOCOLS, place);
        GitRef ref = new GitRef(CodeSteps.required(source, "ref"));
        release.revision().ifPresent(revision -> {
            if (!GitRef.isCommit(revision)) {
                throw new InvalidValueException("revision", revision, "a git revision is a full commit id");
            }
        });
        Optional<String> pin = GitRef.isCommit(ref.value()) ? Optional.of(ref.value()) : Optional.empty();
        String hostKey = source.settings().text("host-key").orElse("");
        if (!hostKey.isEmpty() && !hostKey.matches(HOST_KEY)) {
            throw new InvalidValueException("host-key", hostKey, "write it as ssh-ed25519 AAAA..., without a host");
        }
        return new Fetch(
                "git",
                url,
                ref.value(),
                pin,
                source.settings().secret("credential"),
                source.settings().text("user").orElse("git"),
                hostKey,
                false,
                Optional.empty());
    }
}
