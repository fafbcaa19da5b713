// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal.tasks;

import dev.aegir.model.DomainName;
import dev.aegir.model.Id;
import dev.aegir.model.SecretRef;
import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.util.List;

/**
 * Nothing is kept below a site's own name among the secrets: also not what was called by a name that only its application
 * knew, as the passwords of its accounts are. It cannot be undone.
 *
 * @param title the site's name
 * @param site its id
 */
public record ForgetSiteSecrets(DomainName title, Id site) implements Step {
    /** Makes it. */
    public ForgetSiteSecrets {}

    @Override
    public String name() {
        return "secret: forget all of " + title;
    }

    private SecretRef all() {
        return SecretRef.of("site/" + site);
    }

    @Override
    public List<Change> preview(StepContext context) {
        return context.secretsBelow(all()).stream()
                .map(secret -> new Change(Change.Kind.DELETE, "secrets", secret.name(), ""))
                .toList();
    }

    @Override
    public void run(StepContext context) {
        context.secretsBelow(all()).forEach(context::forget);
    }
}
