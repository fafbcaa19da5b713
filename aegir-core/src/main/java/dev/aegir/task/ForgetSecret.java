// SPDX-License-Identifier: Apache-2.0
package dev.aegir.task;

import dev.aegir.model.SecretRef;
import java.util.List;

/**
 * There is no secret of this name. It cannot be undone: it belongs after a plan's commit point.
 *
 * @param secret its name
 */
public record ForgetSecret(SecretRef secret) implements Step {
    /** Makes it. */
    public ForgetSecret {}

    @Override
    public String name() {
        return "secret: forget " + secret;
    }

    @Override
    public List<Change> preview(StepContext context) {
        return context.findSecret(secret).isEmpty()
                ? List.of()
                : List.of(new Change(Change.Kind.DELETE, "secrets", secret.name(), ""));
    }

    @Override
    public void run(StepContext context) {
        context.forget(secret);
    }
}
