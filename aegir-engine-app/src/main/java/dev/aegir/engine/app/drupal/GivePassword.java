// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.app.drupal;

import dev.aegir.host.Secret;
import dev.aegir.model.SecretRef;
import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Gives somebody a new random password, kept as a secret, and ends their sessions.
 *
 * @param name the step's name
 * @param drupal the site
 * @param user the account's name or address; absent for the first
 * @param password where the password is kept
 */
record GivePassword(String name, DrupalSite drupal, Optional<String> user, SecretRef password) implements Step {
    private static final SecureRandom RANDOM = new SecureRandom();

    @Override
    public List<Change> preview(StepContext context) {
        return List.of(new Change(
                Change.Kind.CHANGE,
                drupal.workbench().server().value(),
                "the password of " + user.orElse("the first account") + " of " + drupal.name(),
                "a new random one, kept as the secret " + password + "\n"));
    }

    @Override
    public void run(StepContext context) throws InterruptedException {
        String made = context.key() + ".made";
        if (context.recall(made, Boolean.class).isEmpty()) {
            byte[] random = new byte[24];
            RANDOM.nextBytes(random);
            context.keep(
                    password, Secret.of(Base64.getUrlEncoder().withoutPadding().encodeToString(random)));
            context.remember(made, true);
        }
        drupal.ask(
                context,
                "password",
                Map.of(
                        "user",
                        user.orElse(""),
                        "password",
                        context.secret(password).reveal()));
        context.result("password.secret", password.name());
    }
}
