// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.http;

import dev.aegir.model.InvalidValueException;

/**
 * One word of an nginx configuration: the text that nginx shall have in mind, not how it is written down, which is
 * {@link #encoded} alone. Immutable.
 *
 * @param text the text
 */
record NginxValue(String text) {
    /** What has no meaning in a word, beside letters and digits. */
    private static final String BARE = "_./:$@=~^*+,?!&%|[]-";

    NginxValue {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isISOControl(text.charAt(i))) {
                throw new InvalidValueException(
                        "nginx value", text, "control characters cannot stand in nginx's configuration");
            }
        }
    }

    /**
     * Text that means itself, wherever it came from. nginx has no way to write a dollar sign that is not the beginning of a
     * variable, so such text is refused.
     */
    static NginxValue literal(String text) {
        if (text.indexOf('$') >= 0) {
            throw new InvalidValueException(
                    "nginx value", text, "a $ begins a variable in nginx's configuration; choose a name without it");
        }
        return new NginxValue(text);
    }

    /** Text of ours, in which {@code $} begins a variable. Never give it anything that came from outside. */
    static NginxValue expression(String text) {
        return new NginxValue(text);
    }

    /** This text and then another. */
    NginxValue and(NginxValue more) {
        return new NginxValue(text + more.text);
    }

    /** As nginx reads it: a bare word where nothing in it has a meaning, in quotes otherwise. */
    String encoded() {
        return bare() ? text : '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    // No regular expression: this is asked for every word of every site.
    private boolean bare() {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean plain = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9';
            if (!plain && BARE.indexOf(c) < 0) {
                return false;
            }
        }
        return !text.isEmpty();
    }
}
