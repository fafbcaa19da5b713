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
 * Keeps files with an account of some SSH server that can do SFTP and nothing else, such as a storage box. Bytes go through this
 * program: the server of a site has no key of the account. The server that offers the service is only where it is written down.
 *
 * <p>What is kept, and how, is as with {@link S3Engine}: content is called by its checksum, an index written last says what there is.
 * An object is written under another name and renamed when it is whole. A server of SFTP that cannot replace a file by renaming
 * (OpenSSH can) has no index for a moment while it gets a new one.
 *
 * <p>The settings of a service:
 *
 * <ul>
 *   <li>{@code host}, {@code port} ({@code 22}), {@code user} - where, and as whom. Host and user are required.
 *   <li>{@code host-key} - its host key or that key's fingerprint. Required; a host that shows another is told nothing.
 *   <li>{@code key} - the name of the secret that is the private key, as OpenSSH writes it, without a passphrase. Required.
 *   <li>{@code directory} - where files are kept, relative to where the account begins unless it begins with a slash
 *       ({@code aegir}); it is made if it is not there.
 *   <li>{@code bandwidth} - how many KiB a second may go to or from it (no limit).
 *   <li>{@code connections} - how many objects at a time, 1 to 8 (4), over one connection; of large ones fewer, so that 24 MiB of memory
 *       are used at most.
 *   <li>{@code timeout} - after how many seconds without an answer the connection counts as lost, 10 to 86400 ({@code 300}).
 *   <li>{@code signing-key} - the name of the secret that indexes are signed with, a private key of Ed25519 (none are).
 *   <li>{@code signed-by} - the public keys, with spaces between, of which one must have signed an index before it is used (anybody).
 * </ul>
 *
 * <p>It needs GNU's find and tar on the servers of sites, as Debian has them. Two programs must not store files of one site at the same
 * time.
 */
public final class SftpEngine implements FileStore {
    /** For ServiceLoader. */
    public SftpEngine() {}

    @Override
    public String name() {
        return "sftp";
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
        return new StorePlans(name(), Place.account(server.name(), service));
    }
}
