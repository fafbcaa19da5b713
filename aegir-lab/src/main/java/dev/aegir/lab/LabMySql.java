// SPDX-License-Identifier: Apache-2.0
package dev.aegir.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Oracle's MySQL 8 on a server of the lab, as its service {@code mysql}: Debian has none, so it comes with the build. Its administrator
 * is {@code root} over the socket, without a password; its clients are MariaDB's. While it runs MariaDB cannot, for want of the port and
 * the socket. A reset of the server removes it, once it is stopped.
 */
public final class LabMySql {
    /** Where the build has put it. */
    private static final Path PROGRAM = Path.of("aegir-lab", "target", "mysql", "mysql-Linux-amd64.tar.gz");

    /** Nothing of it need outlive the machine: tests are quick instead. */
    private static final String INSTALL = """
            set -eu
            mkdir -p /opt/mysql /etc/mysql/mysql.conf.d
            tar -xz --no-same-owner -C /opt/mysql
            cat >/etc/mysql/mysql-server.cnf <<'END'
            [mysqld]
            basedir = /opt/mysql
            datadir = /var/lib/mysql-8
            socket = /run/mysqld/mysqld.sock
            pid-file = /run/mysqld/mysqld.pid
            log-error = /var/lib/mysql-8/error.log
            bind-address = 127.0.0.1
            mysqlx = OFF
            disable-log-bin
            innodb_flush_log_at_trx_commit = 0
            innodb_flush_method = nosync
            innodb_doublewrite = OFF
            !includedir /etc/mysql/mysql.conf.d
            END
            cat >/etc/systemd/system/mysql.service <<'END'
            [Unit]
            Description=MySQL
            [Service]
            Type=forking
            User=mysql
            PIDFile=/run/mysqld/mysqld.pid
            RuntimeDirectory=mysqld
            RuntimeDirectoryPreserve=yes
            ExecStart=/opt/mysql/bin/mysqld --defaults-file=/etc/mysql/mysql-server.cnf --daemonize
            [Install]
            WantedBy=multi-user.target
            END
            install -d -o mysql -g mysql -m 750 /var/lib/mysql-8
            /opt/mysql/bin/mysqld --defaults-file=/etc/mysql/mysql-server.cnf --initialize-insecure --user=mysql
            systemctl daemon-reload
            """;

    private LabMySql() {}

    /**
     * Installs it where MariaDB does not run. It is not started.
     *
     * @param server where
     * @throws LabException when it cannot be installed, or the build has not brought it
     */
    public static void install(LabServer server) {
        Path program = Checkout.root().resolve(PROGRAM);
        if (!Files.exists(program)) {
            throw new LabException("There is no " + program + ": build with -Plab, which brings it.");
        }
        try {
            server.execWithBytes(Files.readAllBytes(program), "sh", "-c", INSTALL)
                    .orThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
