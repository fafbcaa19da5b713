// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.app;

import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Makes a link that logs somebody in, once, soon. The site knows a hash of it; the link is a result and nothing else.
 *
 * @param site the site
 * @param url how the site is reached
 * @param user the account; absent for its first administrator
 */
record LinkIntoWordPress(WordPressSite site, String url, Optional<String> user) implements Step {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final Duration VALID = Duration.ofMinutes(5);

    @Override
    public String name() {
        return "wordpress: login link of " + site.name();
    }

    @Override
    public List<Change> preview(StepContext context) {
        return List.of(new Change(
                Change.Kind.RUN,
                site.workbench().server().value(),
                "make a login link for " + user.orElse("the first administrator") + " of " + site.name(),
                ""));
    }

    @Override
    public void run(StepContext context) throws InterruptedException {
        byte[] random = new byte[32];
        RANDOM.nextBytes(random);
        String token = Base64.getUrlEncoder().withoutPadding().encodeToString(random);
        Map<String, String> facts = site.ask(
                context,
                "login-link",
                Map.of("user", user.orElse(""), "hash", sha256(token), "seconds", Long.toString(VALID.toSeconds())));
        context.results(Map.of(
                "login.link", url + "/wp-login.php?aegir-login=" + token,
                "login.user", Said.shown(facts.getOrDefault("user", "?"), 60),
                "login.expires", context.now().plus(VALID).toString()));
    }

    static String sha256(String text) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
