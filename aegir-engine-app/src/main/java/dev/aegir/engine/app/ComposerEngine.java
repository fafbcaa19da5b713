// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.app;

import dev.aegir.model.CodeSource;
import dev.aegir.model.InvalidValueException;
import dev.aegir.model.Name;
import dev.aegir.model.Release;
import dev.aegir.model.Settings;
import dev.aegir.spi.CodeEngine;
import dev.aegir.spi.EngineRequest;
import dev.aegir.spi.ServiceRequest;
import dev.aegir.task.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Brings projects of composer: the project as {@link GitEngine} or {@link ArchiveEngine} bring it, and into it, with the
 * composer of the server, exactly the packages that its {@code composer.lock} names, without those for development. A project
 * without a lock is refused. What was downloaded once is kept on the server for the next release.
 *
 * <p>Settings of the source: those of {@link ArchiveEngine} when there is a {@code sha256}, else those of {@link GitEngine};
 * and
 *
 * <ul>
 *   <li>{@code trusted} ({@code false}): {@code true} lets the project's and its packages' scripts and plugins run, as the
 *       unprivileged account. Projects of Drupal need that as a rule: a plugin puts Drupal's core where it is served.
 *   <li>{@code auth}: the name of a secret, an {@code auth.json} for the places where the packages are; composer finds it in a
 *       file that only it can read, which is gone when it ends.
 *   <li>{@code php} ({@code php}): the PHP that composer runs with, by name or whole path; packages that need another are
 *       refused.
 * </ul>
 *
 * <p>Settings of the service: those of {@link GitEngine}.
 *
 * <p>Refused ({@link UnsafeCodeException}) are packages, repositories and directories that lie outside of the project,
 * programs of packages that do, and addresses of packages that are neither {@code https} nor below {@code file-root}, or that
 * lead to the server itself. Composer never runs as root.
 */
public final class ComposerEngine implements CodeEngine {
    private static final Set<String> OWN = Set.of("trusted", "auth", "php");

    /** For ServiceLoader. */
    public ComposerEngine() {}

    @Override
    public String name() {
        return "composer";
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
                place(request, "/srv/git"),
                List.of("composer", "git", "ssh", "curl", "tar", "gzip", "zstd", "unzip", "setpriv", "flock"),
                List.of(
                        "composer",
                        "git",
                        "openssh-client",
                        "curl",
                        "tar",
                        "gzip",
                        "zstd",
                        "unzip",
                        "ca-certificates"));
    }

    @Override
    public List<Step> ensure(EngineRequest<Release> request) {
        Release release = request.resource();
        boolean archive = release.source().settings().text("sha256").isPresent();
        Place place =
                place(new ServiceRequest(request.server(), request.service()), archive ? "/srv/archives" : "/srv/git");
        Release project = new Release(
                release.owner(),
                release.codebase(),
                project(release.source(), archive),
                release.revision(),
                release.path());
        Fetch fetch = archive ? ArchiveEngine.fetch(project, place) : GitEngine.fetch(project, place);
        return CodeSteps.bring(name(), request, place, fetch.then(composer(release.source())));
    }

    @Override
    public List<Step> remove(EngineRequest<Release> request) {
        return CodeSteps.remove(
                name(), request, place(new ServiceRequest(request.server(), request.service()), "/srv/git"));
    }

    private static Place place(ServiceRequest request, String root) {
        return Place.of(request.settings(), root);
    }

    private static CodeSource project(CodeSource source, boolean archive) {
        Map<String, String> settings = new TreeMap<>(source.settings().values());
        List<String> mine = new ArrayList<>(OWN);
        mine.forEach(settings::remove);
        return new CodeSource(Name.of(archive ? "archive" : "git"), Settings.of(settings));
    }

    private static Fetch.Composer composer(CodeSource source) {
        String trusted = source.settings().text("trusted").orElse("false");
        if (!trusted.matches("true|false")) {
            throw new InvalidValueException("trusted", trusted, "true or false is expected");
        }
        String php = source.settings().text("php").orElse("php");
        if (!php.matches("(/[A-Za-z0-9._/-]*)?[A-Za-z0-9][A-Za-z0-9._-]*")) {
            throw new InvalidValueException("php", php, "name a program, such as php8.2 or /usr/bin/php8.2");
        }
        return new Fetch.Composer(trusted.equals("true"), source.settings().secret("auth"), php);
    }
}
