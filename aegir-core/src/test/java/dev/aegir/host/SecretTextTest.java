// SPDX-License-Identifier: Apache-2.0
package dev.aegir.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aegir.model.HostPath;
import dev.aegir.model.InvalidValueException;
import dev.aegir.model.SecretRef;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Secrets in files: written for the file's language, shown by nothing. */
class SecretTextTest {
    private static final SecretRef REF = SecretRef.of("site/db");

    private static FileChange.Write file(String content, String mode) {
        return new FileChange.Write(
                HostPath.of("/srv/settings.php"),
                content,
                mode,
                "root:www-data",
                Optional.empty(),
                Map.of("{{password}}", SecretText.php(REF)));
    }

    private static FileTransaction transaction(FileChange file) {
        return new FileTransaction(List.of(file), List.of(), List.of(), List.of(), List.of(), DriftPolicy.OVERWRITE);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
                    plain | 'plain'
                    it's | 'it\\'s'
                    back\\slash | 'back\\\\slash'
                    end\\ | 'end\\\\'
                    "$x{$y}" | '"$x{$y}"'
                    """)
    void isALiteralOfPhp(String secret, String literal) {
        FileTransaction ready =
                transaction(file("$p = {{password}};", "0440")).with(ref -> Optional.of(Secret.of(secret)));
        assertThat(((FileChange.Write) ready.files().get(0)).content()).isEqualTo("$p = " + literal + ";");
    }

    @Test
    void aSecretThatIsNotThereLeavesItsPlace() {
        FileTransaction ready = transaction(file("{{password}}", "0440")).with(ref -> Optional.empty());
        assertThat(((FileChange.Write) ready.files().get(0)).content()).isEqualTo("{{password}}");
    }

    @Test
    void isShownByNothing() {
        FileTransaction ready =
                transaction(file("{{password}}", "0440")).with(ref -> Optional.of(Secret.of("hunter22")));
        assertThat(ready.toString()).contains("confidential").doesNotContain("hunter22");
        assertThat(((FileChange.Write) ready.files().get(0)).confidential()).isTrue();
    }

    @Test
    void plainTextIsOneLine() {
        SecretText plain = new SecretText(REF, SecretText.Encoding.PLAIN);
        assertThat(plain.text(Secret.of("a 'b'"))).isEqualTo("a 'b'");
        assertThatThrownBy(() -> plain.text(Secret.of("a\nb")))
                .isInstanceOf(InvalidValueException.class)
                .message()
                .contains("site/db");
    }

    @Test
    void aFileThatEverybodyReadsHasNoSecret() {
        assertThatThrownBy(() -> file("{{password}}", "0644")).isInstanceOf(InvalidValueException.class);
        assertThatThrownBy(() -> new FileChange.Write(
                        HostPath.of("/a"),
                        "x",
                        "0600",
                        "root:root",
                        Optional.empty(),
                        Map.of("x", SecretText.php(REF))))
                .isInstanceOf(InvalidValueException.class);
    }
}
