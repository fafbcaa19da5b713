// SPDX-License-Identifier: Apache-2.0
package dev.aegir.task;

import dev.aegir.model.Name;

/**
 * Looks at what a codebase has in it, on the first of its servers, and keeps that in the inventory
 * ({@link Inventory#packages}). None of its code is run.
 *
 * @param codebase the codebase's name
 */
public record ScanCodebase(Name codebase) implements Task {
    /** Makes it. */
    public ScanCodebase {}

    /**
     * By name.
     *
     * @param codebase the name
     */
    public ScanCodebase(String codebase) {
        this(Name.of(codebase));
    }

    @Override
    public String title() {
        return "scan codebase " + codebase;
    }
}
