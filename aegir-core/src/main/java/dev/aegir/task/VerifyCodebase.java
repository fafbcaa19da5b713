// SPDX-License-Identifier: Apache-2.0
package dev.aegir.task;

import dev.aegir.model.Name;

/**
 * Makes sure that a codebase lies complete on all its servers.
 *
 * @param codebase the codebase's name
 */
public record VerifyCodebase(Name codebase) implements Task {
    /** Makes it. */
    public VerifyCodebase {}

    /**
     * By name.
     *
     * @param codebase the name
     */
    public VerifyCodebase(String codebase) {
        this(Name.of(codebase));
    }

    @Override
    public String title() {
        return "verify codebase " + codebase;
    }
}
