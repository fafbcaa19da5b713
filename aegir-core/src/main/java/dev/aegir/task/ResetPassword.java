// SPDX-License-Identifier: Apache-2.0
package dev.aegir.task;

import dev.aegir.model.DomainName;
import java.util.Optional;

/**
 * Gives somebody a new random password in a site, and ends their sessions. It is kept as a secret; the task's result
 * {@code password.secret} is its name.
 *
 * @param site the site's name
 * @param user the account in the application; absent for its first administrator
 */
public record ResetPassword(DomainName site, Optional<String> user) implements Task {
    /** Makes it. */
    public ResetPassword {}

    /**
     * By name.
     *
     * @param site the name
     */
    public ResetPassword(String site) {
        this(DomainName.of(site), Optional.empty());
    }

    /**
     * By name.
     *
     * @param site the name
     * @param user the account in the application
     */
    public ResetPassword(String site, String user) {
        this(DomainName.of(site), Optional.of(user));
    }

    @Override
    public String title() {
        return "reset password of site " + site;
    }
}
