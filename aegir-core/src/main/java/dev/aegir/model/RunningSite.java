// SPDX-License-Identifier: Apache-2.0
package dev.aegir.model;

import java.util.Optional;

/**
 * A site that somebody has set up by hand and that runs on a server. It is only ever read, as an account that could read it
 * anyway, and none of its code is run by whoever looks at it.
 *
 * @param server the server it lies on
 * @param root its document root
 * @param account the account that its code runs as; not root
 * @param database its database; absent when it has none
 */
public record RunningSite(Name server, HostPath root, String account, Optional<Store> database) {
    private static final HostPath OURS = HostPath.of("/srv/aegir");

    /**
     * A database of such a site.
     *
     * @param service the service on whose server it is, which looks at it as administrator
     * @param name its name there
     */
    public record Store(ServiceRef service, String name) {
        /** Makes it. */
        public Store {}
    }

    /** Validates. */
    public RunningSite {
        if (!account.matches("[a-z_][a-z0-9_-]{0,31}") || account.equals("root")) {
            throw new InvalidValueException(
                    "account", account, "name the account that the site's code runs as, such as www-data; never root");
        }
        if (root.value().equals("/") || root.equals(OURS) || root.value().startsWith(OURS + "/")) {
            throw new InvalidValueException(
                    "document root", root.value(), "it is no site that somebody has set up by hand");
        }
    }

    @Override
    public String toString() {
        return server + ":" + root;
    }
}
