// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.app.tool;

import java.util.Optional;

/**
 * What does the work.
 *
 * @param tool the program; absent when our own does
 * @param said what does it, and why no other, for people
 */
public record Found(Optional<Tool> tool, String said) {
    /** Nobody wants another. */
    public static final Found OURS = runner("as the setting tool says");

    /** Makes it. */
    public Found {}

    static Found of(Tool tool) {
        return new Found(Optional.of(tool), tool.toString());
    }

    static Found runner(String why) {
        return new Found(Optional.empty(), "runner: " + why);
    }
}
