// SPDX-License-Identifier: Apache-2.0
package dev.aegir.model;

import java.util.Optional;

/**
 * How an application reaches its database.
 *
 * @param protocol what is spoken: {@code mysql} or {@code postgresql}, or what a plugin speaks
 * @param socket the socket, or for PostgreSQL the directory of the socket, when the database is on the same server
 * @param host the database server's name or address when it is not
 * @param port the port
 * @param database the database's name
 * @param user the account's name
 * @param password the account's password
 */
public record DatabaseAccess(
        Name protocol,
        Optional<HostPath> socket,
        String host,
        int port,
        String database,
        String user,
        SecretRef password) {
    /** Validates. */
    public DatabaseAccess {
        if (!host.matches("[A-Za-z0-9.-]{1,253}|\\[?[0-9A-Fa-f:.]+]?") || port < 1 || port > 65535) {
            throw new InvalidValueException("database host", host + ":" + port, "write a name or address and a port");
        }
    }
}
