// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.file.store;

import dev.aegir.model.Id;
import dev.aegir.model.Tree;
import dev.aegir.spi.EngineRequest;
import dev.aegir.spi.FileStore;
import dev.aegir.spi.ServiceRequest;
import dev.aegir.task.Step;
import java.util.List;
import java.util.Set;

/**
 * Keeps files in a directory of the server that offers the service, such as one where the disk of another machine is mounted. Bytes go
 * through this program; so no server gets a key of another.
 *
 * <p>What is kept, and how, is as with {@link S3Engine}: content is called by its checksum, an index written last says what there is,
 * and both are on the disk before it counts. Preparing leaves a mark in the directory. Where that is missing, because nothing is
 * mounted there, nothing is written, and nothing counts as gone.
 *
 * <p>The settings of a service:
 *
 * <ul>
 *   <li>{@code directory} - where files are kept: a directory of its own, which is made if it is not there. Required.
 *   <li>{@code bandwidth} - how many KiB a second may go to or from it (no limit).
 *   <li>{@code connections} - how many objects at a time, 1 to 8 (4); of large ones fewer, so that 24 MiB of memory are used at most.
 *   <li>{@code signing-key} - the name of the secret that indexes are signed with, a private key of Ed25519 (none are).
 *   <li>{@code signed-by} - the public keys, with spaces between, of which one must have signed an index before it is used (anybody).
 * </ul>
 *
 * <p>It needs perl (Debian's perl-base) on its server, and GNU's find and tar on the servers of sites, as Debian has them. Two programs
 * must not store files of one site at the same time.
 */
public final class DirectoryStoreEngine implements FileStore {
    /** For ServiceLoader. */
    public DirectoryStoreEngine() {}

    @Override
    public String name() {
        return "directory";
    }

    @Override
    public Set<Class<? extends Step>> steps() {
        return Set.of(MakeStore.class, RequireStore.class, StoreTree.class, FetchTree.class, ForgetTree.class);
    }

    @Override
    public List<Step> prepare(ServiceRequest request) {
        Place place = place(request);
        return List.of(new MakeStore(name() + ": prepare " + place, place));
    }

    @Override
    public List<Step> store(EngineRequest<Tree> request) {
        return plans(new ServiceRequest(request.server(), request.service())).store(request.resource());
    }

    @Override
    public List<Step> fetch(EngineRequest<Tree> request, Id owner) {
        return plans(new ServiceRequest(request.server(), request.service())).fetch(request.resource(), owner);
    }

    @Override
    public List<Step> forget(ServiceRequest request, Id owner) {
        return plans(request).forget(owner);
    }

    private StorePlans plans(ServiceRequest request) {
        return new StorePlans(name(), place(request));
    }

    private static Place place(ServiceRequest request) {
        return Place.directory(request.server(), request.service());
    }
}
