// SPDX-License-Identifier: Apache-2.0
package dev.aegir.task;

import dev.aegir.host.Secret;
import dev.aegir.model.SecretRef;
import java.security.SecureRandom;
import java.util.List;

/**
 * There is a secret of this name: one that is there is kept, else a long random one is made. It has letters and digits only.
 *
 * @param secret its name
 * @param title what it is for, such as {@code the database account of docs.example.net}
 */
public record MakeSecret(SecretRef secret, String title) implements Step {
    private static final String ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    /** 40 of 62 characters are 238 bits. */
    private static final int LENGTH = 40;

    private static final SecureRandom RANDOM = new SecureRandom();

    /** Makes it. */
    public MakeSecret {}

    @Override
    public String name() {
        return "secret: make " + secret;
    }

    @Override
    public List<Change> preview(StepContext context) {
        return context.findSecret(secret).isPresent()
                ? List.of()
                : List.of(new Change(Change.Kind.CREATE, "secrets", secret.name(), "for " + title + "\n"));
    }

    @Override
    public void run(StepContext context) {
        if (context.findSecret(secret).isEmpty()) {
            context.remember(made(), true);
            context.keep(secret, random());
        }
    }

    @Override
    public void undo(StepContext context) {
        if (context.recall(made(), Boolean.class).isPresent()) {
            context.forget(secret);
        }
    }

    private String made() {
        return "secret." + secret + ".made";
    }

    private static Secret random() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < LENGTH; i++) {
            text.append(ALPHABET.charAt(RANDOM.nextInt(ALPHABET.length())));
        }
        return Secret.of(text.toString());
    }
}
