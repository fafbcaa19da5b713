// SPDX-License-Identifier: Apache-2.0
package dev.aegir.model;

import java.util.Arrays;
import java.util.Optional;

/**
 * Unicode in the letters of host names.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc3492">RFC 3492</a>
 */
final class Punycode {
    private static final int BASE = 36;
    private static final int T_MIN = 1;
    private static final int T_MAX = 26;
    private static final int SKEW = 38;
    private static final int DAMP = 700;
    private static final int FIRST_BIAS = 72;
    private static final int FIRST_CODE = 0x80;
    private static final String DIGITS = "abcdefghijklmnopqrstuvwxyz0123456789";

    private Punycode() {}

    /** Encodes a label of at most a few hundred characters; longer ones cannot be labels. */
    static String encode(String label) {
        int[] points = label.codePoints().toArray();
        StringBuilder out = new StringBuilder();
        Arrays.stream(points).filter(Punycode::basic).forEach(out::appendCodePoint);
        int basic = out.length();
        int handled = basic;
        if (basic > 0) {
            out.append('-');
        }
        int code = FIRST_CODE;
        int delta = 0;
        int bias = FIRST_BIAS;
        while (handled < points.length) {
            int least = code;
            int next = Arrays.stream(points).filter(p -> p >= least).min().orElseThrow();
            delta = Math.addExact(delta, Math.multiplyExact(next - code, handled + 1));
            code = next;
            for (int point : points) {
                if (point < code) {
                    delta = Math.addExact(delta, 1);
                } else if (point == code) {
                    append(out, delta, bias);
                    bias = adapt(delta, handled + 1, handled == basic);
                    delta = 0;
                    handled++;
                }
            }
            delta++;
            code++;
        }
        return out.toString();
    }

    private static void append(StringBuilder out, int delta, int bias) {
        int rest = delta;
        for (int k = BASE; ; k += BASE) {
            int threshold = threshold(k, bias);
            if (rest < threshold) {
                out.append(DIGITS.charAt(rest));
                return;
            }
            out.append(DIGITS.charAt(threshold + (rest - threshold) % (BASE - threshold)));
            rest = (rest - threshold) / (BASE - threshold);
        }
    }

    /** Decodes lower-case letters, digits and hyphens; nothing when they encode nothing. */
    static Optional<String> decode(String text) {
        int[] points = new int[text.length() + 1];
        int hyphen = text.lastIndexOf('-');
        int count = Math.max(hyphen, 0);
        for (int i = 0; i < count; i++) {
            points[i] = text.charAt(i);
        }
        int code = FIRST_CODE;
        int bias = FIRST_BIAS;
        int at = 0;
        int in = hyphen > 0 ? hyphen + 1 : 0;
        try {
            while (in < text.length()) {
                int old = at;
                int weight = 1;
                for (int k = BASE; ; k += BASE) {
                    int digit = in < text.length() ? DIGITS.indexOf(text.charAt(in++)) : -1;
                    if (digit < 0) {
                        return Optional.empty();
                    }
                    at = Math.addExact(at, Math.multiplyExact(digit, weight));
                    int threshold = threshold(k, bias);
                    if (digit < threshold) {
                        break;
                    }
                    weight = Math.multiplyExact(weight, BASE - threshold);
                }
                count++;
                bias = adapt(at - old, count, old == 0);
                code = Math.addExact(code, at / count);
                at %= count;
                if (!Character.isValidCodePoint(code) || code >= 0xD800 && code <= 0xDFFF) {
                    return Optional.empty();
                }
                System.arraycopy(points, at, points, at + 1, count - 1 - at);
                points[at++] = code;
            }
        } catch (ArithmeticException e) {
            return Optional.empty();
        }
        return Optional.of(new String(points, 0, count));
    }

    private static int threshold(int k, int bias) {
        return Math.max(T_MIN, Math.min(T_MAX, k - bias));
    }

    private static int adapt(int delta, int points, boolean first) {
        int rest = first ? delta / DAMP : delta / 2;
        rest += rest / points;
        int k = 0;
        while (rest > (BASE - T_MIN) * T_MAX / 2) {
            rest /= BASE - T_MIN;
            k += BASE;
        }
        return k + (BASE - T_MIN + 1) * rest / (rest + SKEW);
    }

    private static boolean basic(int point) {
        return point < FIRST_CODE;
    }
}
