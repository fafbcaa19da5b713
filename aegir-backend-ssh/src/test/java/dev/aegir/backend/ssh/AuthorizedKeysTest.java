// SPDX-License-Identifier: Apache-2.0
package dev.aegir.backend.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class AuthorizedKeysTest {
    private final PublicKeyLine ours = Ed25519.next("ours").publicKey();
    private final PublicKeyLine theirs = Ed25519.next("theirs").publicKey();

    @Test
    void aKeyIsAddedOnceAndAsALineOfItsOwn() {
        AuthorizedKeys unfinished = keys("# people\n" + theirs);
        AuthorizedKeys both = unfinished.with(ours);
        assertThat(both).isEqualTo(keys("# people\n" + theirs + "\n" + ours + "\n"));
        assertThat(both.with(ours)).isEqualTo(both);
        assertThat(both.with(PublicKeyLine.of(ours.type() + " " + ours.key() + " another name")))
                .isEqualTo(both);
        assertThat(keys("").with(ours)).isEqualTo(keys(ours + "\n"));
    }

    @Test
    void aKeyIsRemovedWhateverIsAroundIt() {
        String others = "# " + ours + "\r\n\n\tnonsense\n" + theirs + "\ncommand=\"echo " + ours + "\" " + theirs;
        assertThat(keys("from=\"10.0.0.0/8\",command=\"a \\\" b\"\t" + ours + "\n  " + ours.type() + "  " + ours.key()
                                + "\r\n" + others)
                        .without(ours))
                .isEqualTo(keys(others));
        assertThat(keys(others).without(ours)).isEqualTo(keys(others));
        assertThat(keys(others).has(ours)).isFalse();
    }

    @Test
    void bytesThatAreNoUtf8Stay() {
        byte[] strange = ("# caf\u00e9\n").getBytes(StandardCharsets.ISO_8859_1);
        PublicKeyLine named = new PublicKeyLine(ours.type(), ours.key(), "café");
        AuthorizedKeys with = AuthorizedKeys.of(strange).with(named);
        assertThat(new String(with.content(), StandardCharsets.UTF_8)).endsWith("café\n");
        assertThat(with.without(ours).content()).isEqualTo(strange);
    }

    private static AuthorizedKeys keys(String text) {
        return new AuthorizedKeys(text);
    }
}
