// SPDX-License-Identifier: Apache-2.0
package dev.aegir.model;

/** What a site is for. */
public enum Environment {
    /** The real thing, for the public. */
    PRODUCTION,
    /** A copy to try things on; kept from search engines. */
    STAGING,
    /** A place to work; kept from search engines. */
    DEVELOPMENT
}
