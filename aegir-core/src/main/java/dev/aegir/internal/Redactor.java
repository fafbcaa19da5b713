// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal;

import dev.aegir.host.Secret;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Takes known secrets out of text, in the forms programs print them: plain, base 64, URL-encoded, JSON-escaped,
 * hexadecimal. Thread-safe.
 */
public final class Redactor {
    private static final int SHORTEST = 4;
    private static final Set<String> NONE = Set.of();

    private Set<String> forms = NONE;

    /** Knows no secret yet. */
    public Redactor() {}

    /**
     * Redacts a secret from now on. Secrets of fewer than four characters are not: they would blank ordinary text.
     *
     * @param secret the secret
     */
    public synchronized void learn(Secret secret) {
        String plain = secret.reveal();
        Set<String> all = new TreeSet<>(
                Comparator.comparingInt(String::length).reversed().thenComparing(Comparator.naturalOrder()));
        all.addAll(forms);
        byte[] bytes = plain.getBytes(StandardCharsets.UTF_8);
        String json = Json.write(plain);
        for (String form : List.of(
                plain,
                Base64.getEncoder().withoutPadding().encodeToString(bytes),
                Base64.getUrlEncoder().withoutPadding().encodeToString(bytes),
                URLEncoder.encode(plain, StandardCharsets.UTF_8),
                json.substring(1, json.length() - 1),
                java.util.HexFormat.of().formatHex(bytes))) {
            if (form.length() >= SHORTEST) {
                all.add(form);
            }
        }
        // A secret of several lines is also printed line by line.
        plain.lines().filter(line -> line.strip().length() >= 8).forEach(line -> all.add(line.strip()));
        forms = all;
    }

    /**
     * A text without secrets.
     *
     * @param text the text
     * @return the text with every known secret replaced
     */
    public String redact(String text) {
        Set<String> known;
        synchronized (this) {
            known = forms;
        }
        String clean = text;
        for (String form : known) {
            clean = clean.replace(form, "(secret)");
        }
        return clean;
    }
}
