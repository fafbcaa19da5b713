// SPDX-License-Identifier: Apache-2.0
package dev.aegir.testkit;

import dev.aegir.host.Secret;
import dev.aegir.model.SecretRef;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A secret that is recognised wherever it comes out, plain, in hexadecimal, or in base 64. */
final class Canary {
    private static final Pattern BASE64 = Pattern.compile("[A-Za-z0-9+/_-]{16,}");
    private final String song;

    Canary() {
        byte[] random = new byte[12];
        new SecureRandom().nextBytes(random);
        song = "canary" + HexFormat.of().formatHex(random);
    }

    /** A secret; with the characters that are the hardest to hand on. */
    Secret secret(SecretRef reference) {
        return Secret.of("a'\"\\$%#{} " + song + reference.name().length());
    }

    boolean sings(String text) {
        String hex = HexFormat.of().formatHex(song.getBytes(StandardCharsets.UTF_8));
        return text.contains(song) || text.toLowerCase(Locale.ROOT).contains(hex) || singsInBase64(text);
    }

    private boolean singsInBase64(String text) {
        Matcher words = BASE64.matcher(text);
        while (words.find()) {
            String word = words.group().replace('-', '+').replace('_', '/');
            // What was encoded may begin at any of the four places of a group that the match was cut from.
            for (int skip = 0; skip < 4; skip++) {
                String rest = word.substring(skip);
                byte[] decoded = Base64.getDecoder().decode(rest.substring(0, rest.length() / 4 * 4));
                if (new String(decoded, StandardCharsets.ISO_8859_1).contains(song)) {
                    return true;
                }
            }
        }
        return false;
    }
}
