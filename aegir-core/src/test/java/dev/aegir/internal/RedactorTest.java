// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aegir.host.Secret;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Abuse case 37: whatever form a secret takes, it is not shown, and everything else is. */
class RedactorTest {
    private static final String NASTY = "p'a\"s\\s /w&o<r>d+\u00e9%\u20ac";

    private static Redactor knowing(String... secrets) {
        Redactor redactor = new Redactor();
        for (String secret : secrets) {
            redactor.learn(Secret.of(secret));
        }
        return redactor;
    }

    @ParameterizedTest
    @ValueSource(strings = {"hunter2!", NASTY, "0123456789abcdef0123456789abcdef", "aaaa", "x y z w"})
    void everyForm(String secret) {
        Redactor redactor = knowing(secret);
        byte[] bytes = secret.getBytes(StandardCharsets.UTF_8);
        String url = URLEncoder.encode(secret, StandardCharsets.UTF_8);
        String json = Json.write(secret);
        List<String> forms = List.of(
                secret,
                Base64.getEncoder().encodeToString(bytes).replace("=", ""),
                Base64.getUrlEncoder().encodeToString(bytes).replace("=", ""),
                url,
                url.replace("+", "%20"),
                json.substring(1, json.length() - 1),
                json.substring(1, json.length() - 1).replace("/", "\\/"),
                HexFormat.of().formatHex(bytes),
                HexFormat.of().withUpperCase().formatHex(bytes),
                secret.replace("'", "'\\''"),
                secret.replace("'", "''"));
        for (String form : forms) {
            assertThat(redactor.redact("before " + form + " after")).isEqualTo("before (secret) after");
            assertThat(redactor.redact("x".repeat(10_000) + form + "y".repeat(10_000)))
                    .isEqualTo("x".repeat(10_000) + "(secret)" + "y".repeat(10_000));
        }
    }

    @Test
    void lowerCaseEscapesOfUrls() {
        assertThat(knowing("a/b?c&d").redact("q=a%2fb%3fc%26d")).isEqualTo("q=(secret)");
    }

    /** As in the header of HTTP's basic authentication, where the secret begins anywhere. */
    @Test
    void insideSomethingLongerInBase64() {
        String secret = "correct-horse-battery";
        Redactor redactor = knowing(secret);
        for (int before = 0; before < 7; before++) {
            for (int after = 0; after < 4; after++) {
                String whole = "u".repeat(before) + secret + "z".repeat(after);
                String shown =
                        redactor.redact(Base64.getEncoder().encodeToString(whole.getBytes(StandardCharsets.UTF_8)));
                assertThat(shown).contains("(secret)");
                assertThat(shown.replace("(secret)", "")).hasSizeLessThanOrEqualTo(before * 4 / 3 + after * 4 / 3 + 9);
                String left = shown.replace("(secret)", "").replace("=", "");
                for (int i = 0; i + 6 <= secret.length(); i++) {
                    byte[] part = secret.substring(i, i + 6).getBytes(StandardCharsets.UTF_8);
                    assertThat(left).doesNotContain(Base64.getEncoder().encodeToString(part));
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "ab", "abc", "    ", "\n\n\n\n"})
    void aShortOrEmptySecretBlanksNothing(String secret) {
        String text = "abc aaa    b\n\n\n\nc";
        assertThat(knowing(secret).redact(text)).isEqualTo(text);
        assertThat(knowing(secret).lines().redact(text)).isEqualTo(text);
    }

    @Test
    void linesOfALongSecretAreSecretsToo() {
        String key = "-----BEGIN KEY-----\nMIIEvQIBADANBgkqhkiG\nAASCBKcwggSjAgEAAoIB\n-----END KEY-----\n";
        assertThat(knowing(key).redact("read MIIEvQIBADANBgkqhkiG from it")).isEqualTo("read (secret) from it");
        assertThat(knowing(key).redact(key)).doesNotContain("MII", "AAS");
    }

    @Test
    void secretsThatOverlapAreBothHidden() {
        assertThat(knowing("abcdefgh", "efghijkl").redact("-abcdefghijkl-")).isEqualTo("-(secret)-");
        assertThat(knowing("abcd", "abcdefgh").redact("abcdefgh abcd")).isEqualTo("(secret) (secret)");
        assertThat(knowing("abab").redact("ababab")).isEqualTo("(secret)");
        assertThat(knowing("secret").redact("(secret)")).isEqualTo("((secret))");
    }

    @Test
    void aSecretThatIsSplitOverSeveralLines() {
        String secret = "correct-horse";
        for (int cut = 1; cut < secret.length(); cut++) {
            Redactor.Lines lines = knowing(secret).lines();
            String first = lines.redact("a " + secret.substring(0, cut));
            String second = lines.redact(secret.substring(cut) + " b");
            assertThat(first).isEqualTo(cut < 4 ? "a " + secret.substring(0, cut) : "a (secret)");
            assertThat(second).isEqualTo("(secret) b");
            assertThat(lines.redact(secret.substring(cut) + " b")).isEqualTo(secret.substring(cut) + " b");
        }
        Redactor.Lines letters = knowing(secret).lines();
        StringBuilder shown = new StringBuilder();
        for (char c : secret.toCharArray()) {
            shown.append(letters.redact(String.valueOf(c)));
        }
        assertThat(shown.toString()).startsWith("c(secret)").doesNotContain("rrect", "horse");
    }

    @Test
    void ordinaryTextStays() {
        Redactor redactor = knowing("hunter2!", NASTY);
        Random random = new Random(1);
        List<String> words = new ArrayList<>();
        for (int i = 0; i < 2000; i++) {
            words.add(Long.toString(random.nextLong(), 36));
        }
        String text = String.join(" ", words);
        assertThat(redactor.redact(text)).isSameAs(text);
        assertThat(redactor.lines().redact(text)).isSameAs(text);
        assertThat(new Redactor().redact(text)).isSameAs(text);
    }

    @Test
    void whatWasThrownIsToldWithItsTraceButWithoutItsSecrets() {
        IllegalStateException thrown =
                new IllegalStateException("outer hunter2!", new RuntimeException("inner hunter2!"));
        Throwable told = knowing("hunter2!").redact(thrown);
        assertThat(told).hasToString("java.lang.IllegalStateException: outer (secret)");
        assertThat(told.getCause()).hasToString("java.lang.RuntimeException: inner (secret)");
        assertThat(told.getStackTrace()).isEqualTo(thrown.getStackTrace());
        RuntimeException circle = new RuntimeException("a hunter2!");
        circle.initCause(new RuntimeException("b", circle));
        assertThat(knowing("hunter2!").redact(circle)).hasToString("java.lang.RuntimeException: a (secret)");
    }

    @Test
    void aSecretDoesNotPrintItself() {
        assertThat(Secret.of("hunter2!")).hasToString("(secret)").hasSameHashCodeAs(Secret.of("other"));
        assertThat(Secret.of("a")).isEqualTo(Secret.of("a")).isNotEqualTo(Secret.of("b"));
    }
}
