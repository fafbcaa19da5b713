// SPDX-License-Identifier: Apache-2.0
package dev.aegir.model;

/**
 * Something a site or a codebase needs from a service and an engine provides: a virtual host, a database, a release. A
 * record; its components say exactly how it should be.
 */
public interface Resource {
    /**
     * Whose it is: the immutable id of the site or codebase, stamped on what the engine makes and proved before it is
     * removed.
     *
     * @return the id
     */
    Id owner();

    /**
     * How people call it, such as {@code docs.example.net}.
     *
     * @return the name
     */
    String title();
}
