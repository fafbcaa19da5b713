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
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Brings code from archives: tar, also compressed by gzip or zstd, and zip; what an archive is, its first bytes say.
 *
 * <p>Settings of the source:
 *
 * <ul>
 *   <li>{@code url}: {@code https}, or {@code file} below {@code file-root}.
 *   <li>{@code sha256}: the SHA-256 of the archive in hexadecimal; anything else is refused.
 *   <li>{@code strip}: {@code 1} when the code is in the one directory at the top of the archive ({@code 0}).
 *   <li>{@code credential}: the name of a secret, a password or token that belongs to {@code user} ({@code aegir}).
 * </ul>
 *
 * <p>Settings of the service: those of {@link GitEngine}, with {@code file-root} {@code /srv/archives}.
 *
 * <p>An archive is looked through before a byte of it is written: names that lead out, links out, devices, set-user-ID
 * files, privileges as attributes, names that are there twice, names that cannot be printed, more entries or bytes than
 * allowed are refused ({@link UnsafeCodeException}, {@link SourceException}). It is unpacked by the unprivileged account;
 * owners and modes in it count for nothing but whether a file can be run.
 */
public final class ArchiveEngine implements CodeEngine {
    private static final Set<String> PROTOCOLS = Set.of("https", "file");
    private static final Set<String> SETTINGS = Set.of("url", "sha256", "strip", "credential", "user");

    /** For ServiceLoader. */
    public ArchiveEngine() {}

    @Override
    public String name() {
        return "archive";
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
                List.of("tar", "gzip", "zstd", "unzip", "curl", "setpriv", "flock"),
                List.of("tar", "gzip", "zstd", "unzip", "curl", "ca-certificates"));
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
        return Place.of(request.settings(), "/srv/archives");
    }

    static Fetch fetch(Release release, Place place) {
        CodeSource source = release.source();
        CodeSteps.only(source, SETTINGS);
        SourceUrl url = SourceUrl.of(CodeSteps.required(source, "url"), PROTOCOLS, place);
        String sha256 = CodeSteps.required(source, "sha256").toLowerCase(Locale.ROOT);
        if (!sha256.matches("[0-9a-f]{64}")) {
            throw new InvalidValueException("sha256", sha256, "64 hexadecimal digits are expected");
        }
        if (!release.revision().orElse(sha256).equals(sha256)) {
            throw new InvalidValueException(
                    "revision", release.revision().orElse(""), "the archive's source says " + sha256);
        }
        String strip = source.settings().text("strip").orElse("0");
        if (!strip.matches("[01]")) {
            throw new InvalidValueException("strip", strip, "0 or 1 is expected");
        }
        return new Fetch(
                "archive",
                url,
                "",
                Optional.of(sha256),
                source.settings().secret("credential"),
                source.settings().text("user").orElse("aegir"),
                "",
                strip.equals("1"),
                Optional.empty());
    }
}
