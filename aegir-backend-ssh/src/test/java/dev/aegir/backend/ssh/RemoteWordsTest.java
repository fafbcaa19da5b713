// SPDX-License-Identifier: Apache-2.0
package dev.aegir.backend.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aegir.model.InvalidValueException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A real shell reads the words back. */
class RemoteWordsTest {
    @Test
    void shortAndLongWordsArriveAndTheInputAfterThem() throws Exception {
        for (String word : List.of("it's $(x) `y` \\n \\\\ %s\n\n", "long 'n' \\ \n".repeat(9000), "", "\\c\\0101")) {
            RemoteWords.Request request =
                    RemoteWords.request(List.of("sh", "-c", "printf '%s|' \"$@\"; cat", "sh", word, "b", word));
            Process shell = new ProcessBuilder("sh", "-c", request.line()).start();
            try (OutputStream in = shell.getOutputStream()) {
                in.write(request.head().getBytes(StandardCharsets.UTF_8));
                in.write("input\n".getBytes(StandardCharsets.UTF_8));
            }
            assertThat(new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .isEqualTo(word + "|b|" + word + "|input\n");
        }
    }

    @Test
    void noWordHasANul() {
        assertThatThrownBy(() -> RemoteWords.request(List.of("a\0b"))).isInstanceOf(InvalidValueException.class);
    }
}
