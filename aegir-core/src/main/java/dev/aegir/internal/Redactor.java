// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal;

import dev.aegir.host.Secret;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.BitSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Takes known secrets out of text, in the forms programs print them: plain; in base 64, also inside something longer, such
 * as the header of HTTP's basic authentication; URL-encoded; escaped for JSON, HTML, SQL and the shell; hexadecimal.
 * Thread-safe.
 */
public final class Redactor {
    private static final String SHOWN = "(secret)";
    private static final int SHORTEST = 4;
    private static final int DEEPEST_CAUSE = 20;

    private volatile List<String> forms = List.of();

    /** Knows no secret yet. */
    public Redactor() {}

    /**
     * Redacts a secret from now on. Secrets of fewer than four characters are not: they would blank ordinary text.
     *
     * @param secret the secret
     */
    public synchronized void learn(Secret secret) {
        String plain = secret.reveal();
        Set<String> all = new TreeSet<>(forms);
        for (String form : formsOf(plain)) {
            if (form.length() >= SHORTEST && !form.isBlank()) {
                all.add(form);
            }
        }
        // A secret of several lines is also printed line by line.
        plain.lines().filter(line -> line.strip().length() >= 8).forEach(line -> all.add(line.strip()));
        forms = List.copyOf(all);
    }

    private static List<String> formsOf(String plain) {
        if (plain.length() < SHORTEST) {
            return List.of();
        }
        byte[] bytes = plain.getBytes(StandardCharsets.UTF_8);
        String json = Json.write(plain);
        json = json.substring(1, json.length() - 1);
        String url = URLEncoder.encode(plain, StandardCharsets.UTF_8);
        String html = plain.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
        List<String> all = new ArrayList<>(List.of(
                plain,
                url,
                url.replace("+", "%20"),
                lowerCaseEscapes(url),
                lowerCaseEscapes(url.replace("+", "%20")),
                json,
                json.replace("/", "\\/"),
                html,
                html.replace("'", "&#39;"),
                html.replace("'", "&#039;"),
                plain.replace("\\", "\\\\").replace("'", "\\'"),
                plain.replace("'", "''"),
                plain.replace("'", "'\\''"),
                HexFormat.of().formatHex(bytes),
                HexFormat.of().withUpperCase().formatHex(bytes)));
        for (Base64.Encoder encoder : List.of(Base64.getEncoder(), Base64.getUrlEncoder())) {
            all.add(encoder.withoutPadding().encodeToString(bytes));
            for (int before = 0; before < 3; before++) {
                all.add(inside(encoder, bytes, before));
            }
        }
        return all;
    }

    private static String lowerCaseEscapes(String url) {
        StringBuilder out = new StringBuilder(url);
        for (int i = url.indexOf('%'); i >= 0; i = url.indexOf('%', i + 1)) {
            out.replace(i + 1, i + 3, url.substring(i + 1, i + 3).toLowerCase(Locale.ROOT));
        }
        return out.toString();
    }

    /** Those characters of an encoding that are the same whatever stands before (some bytes) and after. */
    private static String inside(Base64.Encoder encoder, byte[] bytes, int before) {
        byte[] shifted = new byte[before + bytes.length];
        System.arraycopy(bytes, 0, shifted, before, bytes.length);
        String text = encoder.withoutPadding().encodeToString(shifted);
        int first = before == 0 ? 0 : before + 1;
        int end = shifted.length * 8 / 6;
        return first < end ? text.substring(first, end) : "";
    }

    /**
     * A text without secrets.
     *
     * @param text the text
     * @return the text with every known secret replaced
     */
    public String redact(String text) {
        return shown(text, found(text));
    }

    private BitSet found(String text) {
        BitSet secret = new BitSet();
        for (String form : forms) {
            for (int at = text.indexOf(form); at >= 0; at = text.indexOf(form, at + 1)) {
                secret.set(at, at + form.length());
            }
        }
        return secret;
    }

    private static String shown(String text, BitSet secret) {
        if (secret.isEmpty()) {
            return text;
        }
        StringBuilder out = new StringBuilder();
        int at = 0;
        while (at < text.length()) {
            int from = secret.nextSetBit(at);
            if (from < 0) {
                return out.append(text, at, text.length()).toString();
            }
            out.append(text, at, from).append(SHOWN);
            at = secret.nextClearBit(from);
        }
        return out.toString();
    }

    /**
     * Redacts texts that come one after the other, also a secret of which one has the beginning and the next ones the rest.
     *
     * @return a stateful view of this redactor, for one thread
     */
    public Lines lines() {
        return new Lines();
    }

    /** Texts that belong together. Not thread-safe. */
    public final class Lines {
        private List<Begun> begun = List.of();

        private Lines() {}

        /** A form of which the last text ended with that many characters. */
        private record Begun(String form, int length) {}

        /**
         * The next text without secrets.
         *
         * @param text the text
         * @return the text with every known secret replaced
         */
        public String redact(String text) {
            BitSet secret = found(text);
            List<Begun> open = new ArrayList<>();
            for (Begun part : begun) {
                String rest = part.form().substring(part.length());
                if (text.startsWith(rest)) {
                    secret.set(0, rest.length());
                } else if (rest.startsWith(text)) {
                    secret.set(0, text.length());
                    open.add(new Begun(part.form(), part.length() + text.length()));
                }
            }
            for (String form : forms) {
                for (int at = Math.max(0, text.length() - form.length() + 1); at < text.length(); at++) {
                    int length = text.length() - at;
                    if (text.charAt(at) == form.charAt(0) && text.regionMatches(at, form, 0, length)) {
                        open.add(new Begun(form, length));
                        if (length >= SHORTEST) {
                            secret.set(at, text.length());
                        }
                    }
                }
            }
            begun = text.isEmpty() ? begun : open;
            return shown(text, secret);
        }
    }

    /**
     * What was thrown, for a log: its messages without secrets, its stack trace as it is.
     *
     * @param thrown what was thrown
     * @return something to log; never thrown
     */
    public Throwable redact(Throwable thrown) {
        return told(thrown, DEEPEST_CAUSE);
    }

    private Throwable told(Throwable thrown, int deep) {
        Throwable cause = thrown.getCause();
        Told told = new Told(redact(String.valueOf(thrown)), cause == null || deep == 0 ? null : told(cause, deep - 1));
        told.setStackTrace(thrown.getStackTrace());
        return told;
    }

    /** Something that was thrown, told again. */
    @SuppressWarnings("OverrideThrowableToString") // the text begins with the type that was thrown, which is not this
    private static final class Told extends Exception {
        private static final long serialVersionUID = 1L;

        Told(String text, @Nullable Throwable cause) {
            super(text, cause);
        }

        @Override
        public String toString() {
            return String.valueOf(getMessage());
        }
    }
}
