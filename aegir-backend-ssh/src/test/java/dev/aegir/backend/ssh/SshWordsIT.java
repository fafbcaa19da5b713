// SPDX-License-Identifier: Apache-2.0
package dev.aegir.backend.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aegir.host.Command;
import dev.aegir.host.Host;
import dev.aegir.host.RunningCommand;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Abuse case 11: whatever a word has in it, it arrives as it is, through sshd's login shell and everything after it. */
@Tag("lab")
class SshWordsIT {
    private static final List<String> HOSTILE = List.of(
            "$(touch /tmp/MARKER)",
            "`touch /tmp/MARKER`",
            "; touch /tmp/MARKER;",
            "| touch /tmp/MARKER",
            "& touch /tmp/MARKER &",
            "> /tmp/MARKER",
            "'; touch /tmp/MARKER; '",
            "'\\''; touch /tmp/MARKER; '\\''",
            "\"; touch /tmp/MARKER; \"",
            "\\'; touch /tmp/MARKER; \\'",
            "a\ntouch /tmp/MARKER\n",
            "\r\ntouch /tmp/MARKER\r\n",
            "~",
            "~root",
            "/*",
            "[a-z]*",
            "{a,b}",
            "-n",
            "--",
            "-e",
            "=x",
            "%s%n%b",
            "\\101\\n\\c",
            "!!",
            "#",
            "",
            " ",
            "\t",
            "\u001b[2J",
            "\u007f",
            "\ud83d\ude00 \u202e",
            "${PATH}",
            "$HOME",
            "EOF",
            "x".repeat(128 * 1024 - 1));

    @ParameterizedTest
    @ValueSource(strings = {"root", "deploy"})
    void wordsArriveExactly(String account) throws Exception {
        try (SshLab lab = SshLab.fresh();
                Host host = lab.connect(lab.server(account))) {
            for (String word : HOSTILE) {
                Command print = Command.of("printf", "%s\\0", word, word);
                String expected = word + "\0" + word + "\0";
                assertThat(host.run(print).stdout()).isEqualTo(expected);
                assertThat(host.run(print.as("deploy")).stdout()).isEqualTo(expected);
                assertThat(streamed(host, print)).isEqualTo(expected);
            }
            assertThat(lab.machine().exists("/tmp/MARKER")).isFalse();
        }
    }

    @Test
    void loginShellsOfOtherKinds() throws Exception {
        try (SshLab lab = SshLab.fresh()) {
            List<String> words = new ArrayList<>(HOSTILE.subList(0, HOSTILE.size() - 1));
            String expected = String.join("\0", words) + "\0";
            words.addAll(0, List.of("printf", "%s\\0"));
            for (String shell : List.of("/bin/sh", "/bin/bash")) {
                lab.inside("usermod -s \"$1\" deploy", shell);
                try (Host host = lab.connect(lab.server("deploy"))) {
                    assertThat(host.run(Command.of(words)).stdout()).isEqualTo(expected);
                    assertThat(streamed(host, Command.of(words))).isEqualTo(expected);
                }
            }
            assertThat(lab.machine().exists("/tmp/MARKER")).isFalse();
        }
    }

    private static String streamed(Host host, Command command) throws Exception {
        try (RunningCommand running = host.start(command)) {
            running.stdin().close();
            String out = new String(running.stdout().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(running.waitFor(Duration.ofSeconds(60))).hasValue(0);
            return out;
        }
    }
}
