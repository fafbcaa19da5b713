// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.backup;

import dev.aegir.model.Backup;
import dev.aegir.model.HostPath;
import dev.aegir.model.Id;
import dev.aegir.model.Name;
import dev.aegir.model.Settings;
import dev.aegir.spi.EngineRequest;

/**
 * Where a backup is stored.
 *
 * @param server the server
 * @param base the directory of all backups
 * @param owner whose backup it is
 * @param id the backup's id, which its directory is called by and bears
 */
record Stored(Name server, HostPath base, Id owner, Id id) {
    static Stored of(EngineRequest<Backup> request) {
        Backup backup = request.resource();
        return new Stored(request.server().name(), base(request.settings()), backup.owner(), backup.id());
    }

    /** The directory of all backups of a service. */
    static HostPath base(Settings settings) {
        return settings.path("directory", "/srv/aegir/backups");
    }

    HostPath owners() {
        return base.child(owner.value());
    }

    HostPath complete() {
        return owners().child(id.value());
    }

    /** What it is called while it is not complete. */
    HostPath part() {
        return owners().child(id + ".part");
    }

    @Override
    public String toString() {
        return server + ":" + complete();
    }
}
