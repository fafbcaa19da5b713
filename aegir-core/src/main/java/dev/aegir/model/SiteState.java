// SPDX-License-Identifier: Apache-2.0
package dev.aegir.model;

/** Whether a site is served. */
public enum SiteState {
    /** It is served. */
    ENABLED,
    /** Its names answer with a page that says it is disabled; nothing of it is lost. */
    DISABLED,
    /** Its names answer with a page that says it is being worked on; its code does not run. */
    MAINTENANCE
}
