// SPDX-License-Identifier: Apache-2.0
package dev.aegir.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What identifies things: ids, names, secrets' names, host keys. */
class NamesTest {
    @Test
    void anIdIsAUlid() {
        // The example of the ULID specification: 01ARYZ6S41 is 1469918176385 ms.
        Id id = Id.next(InstantSource.fixed(Instant.ofEpochMilli(1469918176385L)));
        assertThat(id.value()).startsWith("01ARYZ6S41").hasSize(26);
        assertThat(Id.of("01ARZ3NDEKTSV4RRFFQ69G5FAV")).hasToString("01ARZ3NDEKTSV4RRFFQ69G5FAV");
        assertThat(Id.next(InstantSource.fixed(Instant.EPOCH)).value()).startsWith("0000000000");
        assertThat(Id.of("7ZZZZZZZZZZZZZZZZZZZZZZZZZ").value()).startsWith("7");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "01ARZ3NDEKTSV4RRFFQ69G5FA",
                "01ARZ3NDEKTSV4RRFFQ69G5FAVX",
                "81ARZ3NDEKTSV4RRFFQ69G5FAV",
                "01arz3ndektsv4rrffq69g5fav",
                "01ARZ3NDEKTSV4RRFFQ69G5FIV",
                "01ARZ3NDEKTSV4RRFFQ69G5FLV",
                "01ARZ3NDEKTSV4RRFFQ69G5FOV",
                "01ARZ3NDEKTSV4RRFFQ69G5FUV",
                "01ARZ3NDEKTSV4RRFFQ69G5FA\n"
            })
    void anIdIsNothingElse(String text) {
        assertThatThrownBy(() -> Id.of(text)).isInstanceOf(InvalidValueException.class);
    }

    @Test
    void idsAreInTheOrderOfTheirTimesAndNeverTheSame() {
        List<Id> inOrder = new ArrayList<>();
        for (long millis : new long[] {0, 1, 31, 32, 1024, 1_700_000_000_000L, 1_700_000_000_001L, (1L << 48) - 1}) {
            inOrder.add(Id.next(InstantSource.fixed(Instant.ofEpochMilli(millis))));
        }
        assertThat(inOrder).isSorted();
        Set<Id> all = new HashSet<>();
        InstantSource still = InstantSource.fixed(Instant.EPOCH);
        for (int i = 0; i < 10_000; i++) {
            all.add(Id.next(still));
        }
        assertThat(all).hasSize(10_000);
    }

    /** What was planned later comes later, however quick this program is. */
    @Test
    void idsOfOneMillisecondAreInOrderToo() {
        List<Id> made = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            made.add(Id.next());
        }
        assertThat(made).isSorted().doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "web1", "1", "a-b", "a--b", "0-9"})
    void aNameIsAWord(String text) {
        assertThat(Name.of(text)).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", "-a", "a-", "-", "A", "a_b", "a.b", "a b", "a/b", "../a", "a\n", "\u00e9", "\u0430", "a$b", "a;b"
            })
    void aNameIsNothingElse(String text) {
        assertThatThrownBy(() -> Name.of(text)).isInstanceOf(InvalidValueException.class);
    }

    @Test
    void aNameHasAtMost63Characters() {
        assertThat(Name.of("a".repeat(63)).value()).hasSize(63);
        assertThatThrownBy(() -> Name.of("a".repeat(64))).hasMessageContaining("63");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "a/b", "ssh/web1.key", "A_b-c.d", ".hidden"})
    void aSecretHasAName(String text) {
        assertThat(SecretRef.of(text)).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", "/", "/a", "a/", "a//b", ".", "..", "../a", "a/..", "a/../b", "a/./b", "a b", "a\n", "a\\b", "a$"
            })
    void aSecretsNameIsNoWayOut(String text) {
        assertThatThrownBy(() -> SecretRef.of(text)).isInstanceOf(InvalidValueException.class);
    }

    @Test
    void aSecretsNameIsBounded() {
        assertThatThrownBy(() -> SecretRef.of("a".repeat(201))).isInstanceOf(InvalidValueException.class);
    }

    @Test
    void aHostKeyIsItsFingerprint() {
        String line = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl";
        String fingerprint = "SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU";
        assertThat(HostKey.of(line)).hasToString(fingerprint).isEqualTo(HostKey.of(fingerprint));
        assertThat(HostKey.of("  " + line + " root@web1\n")).isEqualTo(HostKey.of(fingerprint));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "SHA256:",
                "SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOq",
                "SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU=",
                "MD5:aa:bb",
                "ssh-ed25519",
                "ssh-ed25519 ",
                "ssh-ed25519 !!!!",
                "ssh-ed25519 AAAA",
                "ssh-ed25519 AAAAB3NzaC1yc2EAAAADAQABAAAAgQ==",
                "web1 ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl",
                "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl\nssh-rsa AAAA"
            })
    void aHostKeyIsNothingElse(String text) {
        assertThatThrownBy(() -> HostKey.of(text)).isInstanceOf(InvalidValueException.class);
    }

    @Test
    void aServiceHasAServer() {
        ServiceRef http = ServiceRef.of("web1/http");
        assertThat(http)
                .isEqualTo(new ServiceRef(Name.of("web1"), Name.of("http")))
                .hasToString("web1/http");
        for (String bad : new String[] {"", "web1", "web1/", "/http", "a/b/c", "Web1/http", "web1/ht tp"}) {
            assertThatThrownBy(() -> ServiceRef.of(bad)).as(bad).isInstanceOf(InvalidValueException.class);
        }
    }
}
