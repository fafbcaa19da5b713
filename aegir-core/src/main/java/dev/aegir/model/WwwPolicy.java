// SPDX-License-Identifier: Apache-2.0
package dev.aegir.model;

/** What happens to the {@code www.} twin of a site's name. */
public enum WwwPolicy {
    /** Nothing: the twin is not ours unless it is an alias. */
    IGNORE,
    /** The twin redirects to the site's name, whichever of the two that is. */
    REDIRECT
}
