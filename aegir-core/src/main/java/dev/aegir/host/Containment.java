// SPDX-License-Identifier: Apache-2.0
package dev.aegir.host;

import dev.aegir.model.HostPath;

/**
 * A directory must really lie inside another, links followed, when a change is checked and again when it is activated.
 *
 * @param path the directory
 * @param within where it must lie
 */
public record Containment(HostPath path, HostPath within) {
    /** Makes it. */
    public Containment {}
}
