// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.file.store;

import dev.aegir.model.Id;
import dev.aegir.model.Server;
import dev.aegir.model.Service;
import dev.aegir.model.Tree;
import dev.aegir.spi.EngineRequest;
import dev.aegir.spi.FileStore;
import dev.aegir.spi.ServiceRequest;
import dev.aegir.task.Step;
import java.util.List;
import java.util.Set;

/**
 * Keeps files in a bucket of S3, or of whatever speaks like it. Bytes go through this program: the server of a site has no key of
 * the bucket, and nothing is installed there. The server that offers the service is only where it is written down.
 *
 * <p>What has changed is read as one stream by the site's account. In the bucket content is called by its checksum, below the id of
 * the site; files of more than 8 MiB are several objects. An index, written last, says names, rights, times, lengths, checksums,
 * links and empty directories: what it does not say is not there, so that whatever is broken off leaves what was stored before. Owners
 * are not kept, nor set-id bits, pipes, sockets, devices, extended attributes and access control lists. Every byte that comes back is
 * compared with the index, and no name of the index leads anywhere else; links that lead out are left out.
 *
 * <p>The settings of a service:
 *
 * <ul>
 *   <li>{@code bucket} - its name. Required; it must be there.
 *   <li>{@code id}, {@code key} - the names of the secrets that open it: the id of the access key, and the secret access key. Required.
 *       The key must be able to list the bucket, and to read, write and delete objects.
 *   <li>{@code endpoint} - where its server answers, as {@code https://HOST} or {@code https://HOST:PORT} (that of Amazon, for the
 *       region); {@code http://} only with {@code insecure} set to {@code yes}.
 *   <li>{@code region} - ({@code us-east-1}).
 *   <li>{@code prefix} - what all names in the bucket begin with.
 *   <li>{@code lookup} - whether the bucket is in the {@code path}, or in the host's name: {@code dns} ({@code path} with an
 *       endpoint, {@code dns} without).
 *   <li>{@code bandwidth} - how many KiB a second may go to or from it (no limit).
 *   <li>{@code connections} - how many requests at a time, 1 to 8 (4); of large objects fewer, so that 24 MiB of memory are used at most.
 *   <li>{@code timeout} - after how many seconds a request counts as lost, 10 to 86400 ({@code 300}).
 *   <li>{@code signing-key} - the name of the secret that indexes are signed with, a private key of Ed25519 (none are).
 *   <li>{@code signed-by} - the public keys, with spaces between, of which one must have signed an index before it is used (anybody).
 * </ul>
 *
 * <p>It needs GNU's find and tar on the servers of sites, as Debian has them. Two programs must not store files of one site at the same
 * time.
 */
public final class S3Engine implements FileStore {
    /** For ServiceLoader. */
    public S3Engine() {}

    @Override
    public String name() {
        return "s3";
    }

    @Override
    public Set<Class<? extends Step>> steps() {
        return StorePlans.STEPS;
    }

    @Override
    public List<Step> prepare(ServiceRequest request) {
        return plans(request.server(), request.service()).prepare();
    }

    @Override
    public List<Step> store(EngineRequest<Tree> request) {
        return plans(request.server(), request.service()).store(request.resource());
    }

    @Override
    public List<Step> fetch(EngineRequest<Tree> request, Id owner) {
        return plans(request.server(), request.service()).fetch(request.resource(), owner);
    }

    @Override
    public List<Step> forget(ServiceRequest request, Id owner) {
        return plans(request.server(), request.service()).forget(owner);
    }

    private StorePlans plans(Server server, Service service) {
        return new StorePlans(name(), Place.bucket(server.name(), service));
    }
}
