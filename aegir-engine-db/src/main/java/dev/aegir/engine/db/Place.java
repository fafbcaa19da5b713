// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import dev.aegir.model.HostPath;
import dev.aegir.model.InvalidValueException;
import dev.aegir.model.Name;
import dev.aegir.model.SecretRef;
import dev.aegir.model.Settings;
import dev.aegir.spi.ServiceRequest;
import java.util.Optional;

/**
 * Where a database server is, and how its administrator gets in.
 *
 * @param server the server whose clients are used
 * @param software what it is
 * @param socket its socket; of PostgreSQL the directory of the socket
 * @param port its port
 * @param collation how text is compared in new databases
 * @param remote the machine it is on, when that is not the server
 */
record Place(Name server, Software software, HostPath socket, int port, String collation, Optional<Remote> remote) {
    /**
     * A database server that is on another machine.
     *
     * @param host its name or address
     * @param admin the administrator's account
     * @param password the administrator's password
     */
    record Remote(String host, String admin, SecretRef password) {
        Remote {
            if (!host.matches("[A-Za-z0-9][A-Za-z0-9.-]{0,252}|[0-9A-Fa-f:.]+")) {
                throw new InvalidValueException("setting host", host, "write a name or an address");
            }
            if (admin.isBlank() || admin.chars().anyMatch(Character::isISOControl)) {
                throw new InvalidValueException("setting admin", admin, "write the administrator's account");
            }
        }
    }

    Place {
        if (port < 1 || port > 65535) {
            throw new InvalidValueException("setting port", String.valueOf(port), "write a port, 1 to 65535");
        }
        if (!collation.matches("[A-Za-z0-9_.@-]{1,60}")) {
            throw new InvalidValueException("setting collation", collation, "it is no collation");
        }
    }

    static Place of(Software software, ServiceRequest request) {
        boolean mysql = software.speaksMySql();
        Settings settings = request.settings();
        Optional<Remote> remote = settings.text("host")
                .map(host -> new Remote(
                        host,
                        settings.text("admin").orElse(mysql ? "root" : "postgres"),
                        settings.secret("password")
                                .orElseThrow(() -> new InvalidValueException(
                                        "setting host",
                                        host,
                                        "an administrator of a database server elsewhere needs a password: name the secret with"
                                                + " the setting password"))));
        return new Place(
                request.server().name(),
                software,
                settings.path("socket", mysql ? "/run/mysqld/mysqld.sock" : "/run/postgresql"),
                settings.number("port", mysql ? 3306 : 5432),
                settings.text("collation").orElse(mysql ? "utf8mb4_unicode_520_ci" : "C.UTF-8"),
                remote);
    }

    /** For messages. */
    String described() {
        return server + ": " + software.title()
                + remote.map(other -> " on " + other.host()).orElse("");
    }
}
