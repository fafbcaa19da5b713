// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.backup;

import dev.aegir.model.Backup;
import dev.aegir.model.HostPath;
import dev.aegir.model.Id;
import dev.aegir.model.Name;
import dev.aegir.spi.EngineRequest;

/**
 * Where a backup is stored.
 *
 * @param store the directory of all backups of its service
 * @param owner whose backup it is
 * @param id the backup's id, which its directory is called by and bears
 */
record Stored(Store store, Id owner, Id id) {
    static Stored of(EngineRequest<Backup> request) {
        Backup backup = request.resource();
        return new Stored(Store.of(request.server(), request.service()), backup.owner(), backup.id());
    }

    Name server() {
        return store.service().server();
    }

    HostPath owners() {
        return store.directory().child(owner.value());
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
        return server() + ":" + complete();
    }
}
