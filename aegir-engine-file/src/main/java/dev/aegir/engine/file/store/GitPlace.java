// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.file.store;

import dev.aegir.model.HostPath;
import dev.aegir.model.InvalidValueException;
import dev.aegir.model.Name;
import dev.aegir.model.RefusedException;
import dev.aegir.model.Service;
import dev.aegir.model.ServiceRef;
import java.util.Optional;

/**
 * Where a service keeps repositories, as its settings say.
 *
 * @param service which service it is; its server has them
 * @param directory the directory they are in
 * @param account the account they belong to; absent for the server's privileged one
 * @param bandwidth KiB a second; 0 for any
 * @param keys who must have made what is there
 * @param remote the one repository, when it is reached by a URL; the directory is where the server works with it then
 */
record GitPlace(
        ServiceRef service,
        HostPath directory,
        Optional<String> account,
        int bandwidth,
        Keys keys,
        Optional<GitRemote> remote) {
    private static final String WORK = "/var/cache/aegir/files";
    private static final int MOST = 10_000_000;

    static GitPlace of(Name server, Service service) {
        Optional<GitRemote> remote = GitRemote.of(service.settings());
        HostPath directory = service.settings()
                .text("directory")
                .or(() -> remote.map(url -> WORK))
                .map(HostPath::of)
                .filter(path -> !path.value().equals("/"))
                .orElseThrow(() -> new RefusedException("A file service of the engine git needs the setting directory:"
                        + " where its repositories are, such as /srv/git; or url, where one is elsewhere."));
        Optional<String> account = service.settings().text("account");
        if (account.filter(name -> !name.matches("[a-z_][a-z0-9_-]{0,31}")).isPresent()) {
            throw new InvalidValueException("setting account", account.get(), "it is no name of an account");
        }
        int bandwidth = service.settings().number("bandwidth", 0);
        if (bandwidth < 0 || bandwidth > MOST) {
            throw new InvalidValueException("setting bandwidth", String.valueOf(bandwidth), "0 to " + MOST);
        }
        return new GitPlace(
                new ServiceRef(server, service.name()),
                directory,
                account,
                bandwidth,
                Keys.of(service.settings()),
                remote);
    }

    @Override
    public String toString() {
        return service + " (" + remote.map(GitRemote::url).orElse(directory.value()) + ")";
    }
}
