// SPDX-License-Identifier: Apache-2.0
package dev.aegir.model;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A database of its own for one site, and the account that uses it and nothing else.
 *
 * <p>What it is known by is the server, its name and the owner's mark on it: a name alone proves nothing.
 *
 * @param owner the site's id
 * @param title how people call the site
 * @param name the database's name
 * @param user the account's name
 * @param password the account's password
 * @param clients the addresses of the servers that use it, IPv4 or IPv6; none when only the database's own server does,
 *     over a socket
 */
public record Database(Id owner, String title, String name, String user, SecretRef password, List<String> clients)
        implements Resource {
    /** Validates and copies. */
    public Database {
        clients = clients.stream().distinct().sorted().toList();
        proper("database", name, 63);
        proper("database account", user, 32);
        for (String client : clients) {
            if (!client.matches("[0-9]{1,3}(\\.[0-9]{1,3}){3}|[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*")) {
                throw new InvalidValueException("client", client, "write an IPv4 or IPv6 address");
            }
        }
    }

    /**
     * A site's database as it is named unless the site's settings {@code db.name} and {@code db.user} say otherwise: after
     * the site's id, so that no two sites ever want the same name.
     *
     * @param site the site
     * @param clients the addresses of the servers that use it; none for the database's own server
     * @return the database
     */
    public static Database of(Site site, List<String> clients) {
        String known = site.id().account();
        String user = site.settings().text("db.user").orElse(known);
        return new Database(
                site.id(),
                site.name().value(),
                site.settings().text("db.name").orElse(known),
                user,
                passwordOf(site.id(), user),
                clients);
    }

    /**
     * Where the password of a site's database account is kept.
     *
     * @param site the site's id
     * @param user the account
     * @return the secret's name
     */
    public static SecretRef passwordOf(Id site, String user) {
        return SecretRef.of("site/" + site + "/db/" + user.replaceAll("[^A-Za-z0-9._-]", "-"));
    }

    /**
     * The same database for another account.
     *
     * @param other the account's name
     * @param secret its password
     * @return a copy
     */
    public Database user(String other, SecretRef secret) {
        return new Database(owner, title, name, other, secret, clients);
    }

    private static void proper(String what, String name, int most) {
        if (name.isBlank()
                || name.getBytes(StandardCharsets.UTF_8).length > most
                || !name.equals(name.strip())
                || name.indexOf('/') >= 0
                || name.chars().anyMatch(Character::isISOControl)) {
            throw new InvalidValueException(
                    what, name, "1 to " + most + " bytes, without control characters, slashes and spaces at the ends");
        }
    }
}
