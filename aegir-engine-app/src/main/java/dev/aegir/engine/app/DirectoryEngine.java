// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.app;

import dev.aegir.model.CodeSource;
import dev.aegir.model.Codebase;
import dev.aegir.model.HostPath;
import dev.aegir.model.InvalidValueException;
import dev.aegir.model.Release;
import dev.aegir.model.Settings;
import dev.aegir.spi.CodeEngine;
import dev.aegir.spi.EngineRequest;
import dev.aegir.spi.ServiceRequest;
import dev.aegir.task.Step;
import java.util.List;
import java.util.Set;

/**
 * Uses a directory that is there already, where it is. It is never changed: not when the codebase is brought, and not when it
 * is removed. Whoever changes it changes it under all sites of the codebase.
 *
 * <p>Setting of the source: {@code path}. Setting of the service: {@code file-root}, which it must be below ({@code /}). It
 * must be a directory and no link to one, at least two levels deep, and not a part of the system that nobody serves.
 */
public final class DirectoryEngine implements CodeEngine {
    /** Where never anything lies that is served, and much that must not be. */
    private static final List<HostPath> SYSTEM = List.of(
            HostPath.of("/boot"),
            HostPath.of("/dev"),
            HostPath.of("/etc"),
            HostPath.of("/proc"),
            HostPath.of("/root"),
            HostPath.of("/run"),
            HostPath.of("/sys"),
            HostPath.of("/var/lib/aegir"),
            HostPath.of("/var/cache/aegir"));

    /** For ServiceLoader. */
    public DirectoryEngine() {}

    @Override
    public String name() {
        return "directory";
    }

    @Override
    public Set<Class<? extends Step>> steps() {
        return Set.of(UseDirectory.class);
    }

    @Override
    public HostPath location(ServiceRequest request, Codebase codebase) {
        return path(codebase.source(), request.settings());
    }

    @Override
    public List<Step> ensure(EngineRequest<Release> request) {
        Release release = request.resource();
        if (!release.path().equals(path(release.source(), request.settings()))) {
            throw new InvalidValueException(
                    "release path", release.path().value(), "a directory is used where it is; ask the engine");
        }
        String name =
                "directory: use " + release.path() + " on " + request.server().name();
        return List.of(new UseDirectory(name, request.server().name(), release));
    }

    /** Nothing: the directory is not ours. */
    @Override
    public List<Step> remove(EngineRequest<Release> request) {
        return List.of();
    }

    private static HostPath path(CodeSource source, Settings service) {
        CodeSteps.only(source, Set.of("path"));
        HostPath path = HostPath.of(CodeSteps.required(source, "path"));
        HostPath root = service.path("file-root", "/");
        if (path.components().size() < 2 || SYSTEM.stream().anyMatch(path::isWithin)) {
            throw new InvalidValueException("code directory", path.value(), "it is a part of the system");
        }
        if (!path.isWithin(root)) {
            throw new InvalidValueException(
                    "code directory", path.value(), "it is not below " + root + ", the service's setting file-root");
        }
        return path;
    }
}
