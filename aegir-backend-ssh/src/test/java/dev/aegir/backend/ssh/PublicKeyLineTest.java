// SPDX-License-Identifier: Apache-2.0
package dev.aegir.backend.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aegir.model.InvalidValueException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Abuse case 9: whatever is given as one public key is one public key, or nothing. */
class PublicKeyLineTest {
    private static final String KEY = Ed25519.next("").publicKey().key();

    @Test
    void aLineOfAPubFile() {
        PublicKeyLine line = PublicKeyLine.of("ssh-ed25519 " + KEY + " Jane's laptop, 2026 é\n");
        assertThat(line.comment()).isEqualTo("Jane's laptop, 2026 é");
        assertThat(line).hasToString("ssh-ed25519 " + KEY + " Jane's laptop, 2026 é");
        assertThat(PublicKeyLine.of("ssh-ed25519 " + KEY)).hasToString("ssh-ed25519 " + KEY);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "KEY",
                "ssh-ed25519",
                "ssh-ed25519 KEY me\nssh-ed25519 KEY other",
                "ssh-ed25519 KEY me\rssh-ed25519 KEY other",
                "ssh-ed25519 KEY me\u2028ssh-ed25519 KEY other",
                "ssh-ed25519 KEY me\0",
                "ssh-ed25519 KEY \u202Eem",
                "ssh-ed25519\nKEY",
                "ssh-ed25519\tKEY",
                "command=\"/bin/sh\" ssh-ed25519 KEY me",
                "no-pty ssh-ed25519 KEY me",
                "cert-authority ssh-ed25519 KEY me",
                "# ssh-ed25519 KEY me",
                "ssh-dss KEY me",
                "ssh-rsa KEY me",
                "ssh-ed25519-cert-v01@openssh.com KEY me",
                "ssh-ed25519 KEY= me",
                "ssh-ed25519 KEYAAAA me",
                "ssh-ed25519 AAAA me",
                "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5 me",
                "ssh-ed25519 $(touch/tmp/x) me"
            })
    void refusesEverythingElse(String given) {
        assertThatThrownBy(() -> new DeployServerKey("web1", given.replace("KEY", KEY)))
                .isInstanceOf(InvalidValueException.class);
    }
}
