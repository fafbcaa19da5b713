// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.app.tool;

import dev.aegir.model.HostPath;

/**
 * A program that was found and says its version. What it says of anything else is for people: what it has done is looked at.
 *
 * @param name what it is called, such as {@code wp-cli}
 * @param version its version, as it says it
 * @param path where it is
 * @param shell whether a shell reads it, and not PHP
 */
public record Tool(String name, String version, HostPath path, boolean shell) {
    /** Makes it. */
    public Tool {}

    @Override
    public String toString() {
        return name + " " + version + " (" + path + ")";
    }
}
