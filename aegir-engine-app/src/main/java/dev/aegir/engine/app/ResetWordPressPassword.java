// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.app;

import dev.aegir.host.Secret;
import dev.aegir.model.Id;
import dev.aegir.model.SecretRef;
import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Gives an account a new random password, which is kept as a secret, and ends its sessions.
 *
 * @param site the site
 * @param user the account; absent for its first administrator
 */
record ResetWordPressPassword(WordPressSite site, Optional<String> user) implements Step {
    private static final String ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789";

    /** 24 of 57 characters are 139 bits. */
    private static final int LENGTH = 24;

    private static final SecureRandom RANDOM = new SecureRandom();

    /** The password's name: an account's name may have what a secret's cannot, and two never share one. */
    static SecretRef secret(Id site, String user) {
        String plain = user.replaceAll("[^A-Za-z0-9_-]", "-");
        String distinct = plain.equals(user)
                ? plain
                : plain + "." + LinkIntoWordPress.sha256(user).substring(0, 12);
        return SecretRef.of("site/" + site + "/user/" + distinct);
    }

    @Override
    public String name() {
        return "wordpress: reset a password of " + site.name();
    }

    @Override
    public List<Change> preview(StepContext context) {
        return List.of(new Change(
                Change.Kind.RUN,
                site.workbench().server().value(),
                "give " + user.orElse("the first administrator") + " of " + site.name() + " a new password",
                ""));
    }

    @Override
    public void run(StepContext context) throws InterruptedException {
        StringBuilder password = new StringBuilder();
        for (int i = 0; i < LENGTH; i++) {
            password.append(ALPHABET.charAt(RANDOM.nextInt(ALPHABET.length())));
        }
        Map<String, String> facts =
                site.ask(context, "reset-password", Map.of("user", user.orElse(""), "password", password.toString()));
        // Who that was is known to the site only; whatever it says is a name among its own secrets.
        String who = user.orElseGet(() -> facts.getOrDefault("user", "administrator"));
        SecretRef secret = secret(site.id(), who.substring(0, Math.min(60, who.length())));
        context.keep(secret, Secret.of(password.toString()));
        context.results(Map.of("password.secret", secret.name(), "password.user", Said.shown(who, 60)));
    }
}
