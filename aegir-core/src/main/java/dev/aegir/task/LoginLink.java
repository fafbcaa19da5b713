// SPDX-License-Identifier: Apache-2.0
package dev.aegir.task;

import dev.aegir.model.DomainName;
import java.util.Optional;

/**
 * Makes a link that logs somebody in to a site, once. It is the task's result {@code login.link}, and nowhere else.
 *
 * @param site the site's name
 * @param user the account in the application; absent for its first administrator
 */
public record LoginLink(DomainName site, Optional<String> user) implements Task {
    /** Makes it. */
    public LoginLink {}

    /**
     * By name.
     *
     * @param site the name
     */
    public LoginLink(String site) {
        this(DomainName.of(site), Optional.empty());
    }

    /**
     * By name.
     *
     * @param site the name
     * @param user the account in the application
     */
    public LoginLink(String site, String user) {
        this(DomainName.of(site), Optional.of(user));
    }

    @Override
    public String title() {
        return "login link of site " + site;
    }
}
