// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.file.store;

import dev.aegir.lab.LabServer;
import dev.aegir.model.Service;
import dev.aegir.model.ServiceKind;

/**
 * An account that can do SFTP in a directory of its own, and nothing else, as storage boxes have it.
 *
 * @param server where it is
 */
record Box(LabServer server) {
    static final String KEPT = "/srv/box/store";

    /** It is there, and has nothing. */
    void open() {
        server.exec("sh", "-ec", """
                id box >/dev/null 2>&1 || useradd --system --home-dir /srv/box --shell /usr/sbin/nologin box
                install -d -o root -g root -m 755 /srv/box
                rm -rf /srv/box/store
                install -d -o box -g box -m 700 /srv/box/store
                cp /root/.ssh/authorized_keys /etc/ssh/box.keys
                chmod 644 /etc/ssh/box.keys
                cat >/etc/ssh/sshd_config.d/box.conf <<'TEXT'
                Match User box
                    AuthorizedKeysFile /etc/ssh/box.keys
                    ChrootDirectory /srv/box
                    ForceCommand internal-sftp
                    AllowTcpForwarding no
                TEXT
                # Quick tests restart it more often than systemd lets a service start.
                systemctl reset-failed ssh
                systemctl restart ssh
                """).orThrow();
    }

    /** It is not there any more. */
    void close() {
        server.exec("sh", "-c", "rm -f /etc/ssh/sshd_config.d/box.conf; systemctl restart ssh");
    }

    Service service() {
        return Service.of(ServiceKind.FILE, "sftp")
                .named("offsite")
                .with("host", String.valueOf(server.address().getHost()))
                .with("port", String.valueOf(server.sshPort()))
                .with("user", "box")
                .with("host-key", server.hostKey())
                .with("key", "ssh/box")
                .with("directory", "store/sites");
    }
}
