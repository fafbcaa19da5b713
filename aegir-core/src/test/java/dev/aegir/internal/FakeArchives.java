// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal;

import dev.aegir.host.Command;
import dev.aegir.model.Backup;
import dev.aegir.model.HostPath;
import dev.aegir.model.Name;
import dev.aegir.model.Tree;
import dev.aegir.spi.BackupEngine;
import dev.aegir.spi.EngineRequest;
import dev.aegir.spi.ImportEngine;
import dev.aegir.spi.ImportRequest;
import dev.aegir.task.RunCommand;
import dev.aegir.task.Step;
import java.util.List;
import java.util.Map;

/** Takes archives apart in no way, and says what it would do. */
final class FakeArchives implements BackupEngine, ImportEngine {
    /** What was asked for last. */
    static volatile List<ImportRequest> asked = List.of();

    @Override
    public String name() {
        return "archive";
    }

    @Override
    public List<Step> take(EngineRequest<Backup> request, Map<String, Tree> parts) {
        return List.of();
    }

    @Override
    public List<Step> verify(EngineRequest<Backup> request, Backup.Level level) {
        return List.of();
    }

    @Override
    public List<Step> restore(EngineRequest<Backup> request, Map<String, Tree> parts) {
        return List.of();
    }

    @Override
    public List<Step> remove(EngineRequest<Backup> request) {
        return List.of();
    }

    @Override
    public List<Step> look(ImportRequest request) {
        asked = List.of(request);
        return List.of(says("import: look at " + request.file(), request.server()));
    }

    @Override
    public List<Step> unpack(ImportRequest request, Tree into) {
        return List.of(says("import: unpack into " + into.directory() + " " + into.account(), into.server()));
    }

    @Override
    public List<Step> bringDump(ImportRequest request, Name server, HostPath directory) {
        return List.of(says("import: bring the dump to " + directory, server));
    }

    private static Step says(String what, Name server) {
        return RunCommand.of(what, server, Command.of("echo", what));
    }
}
