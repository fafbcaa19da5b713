// SPDX-License-Identifier: Apache-2.0
package dev.aegir.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Abuse case 20: containment has no prefix confusion. */
class HostPathTest {
    @ParameterizedTest
    @CsvSource({
        "/srv/a, /srv/a, true",
        "/srv/a/b, /srv/a, true",
        "/srv/a/b/c, /srv/a, true",
        "/srv/ab, /srv/a, false",
        "/srv/a, /srv/ab, false",
        "/srv, /srv/a, false",
        "/home/user10, /home/user1, false",
        "/home/user1/x, /home/user10, false",
        "/srv/a b, /srv/a, false",
        "/srv/a.b, /srv/a, false",
        "/anything, /, true",
        "/, /, true",
        "/, /srv, false"
    })
    void isWithin(String path, String ancestor, boolean within) {
        assertThat(HostPath.of(path).isWithin(HostPath.of(ancestor))).isEqualTo(within);
    }

    /** G7: a path that is not absolute is none, so that nothing can be removed by it. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "srv",
                "./srv",
                "../srv",
                "/srv/",
                "//srv",
                "/srv//a",
                "/srv/./a",
                "/srv/../a",
                "/..",
                "/.",
                "/srv/a\n",
                "/srv/a\0b",
                "/srv/a\u0085b",
                "/srv/a\\b",
                "C:\\srv",
                "/srv/\ud800",
                "/srv/\udc00a",
                "~/x"
            })
    void refuses(String text) {
        assertThatThrownBy(() -> HostPath.of(text)).isInstanceOf(InvalidValueException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/", "/srv", "/srv/a b", "/srv/...", "/srv/.hidden", "/srv/$x", "/srv/'\"", "/srv/\ud83d\ude00"})
    void takesWhatAPosixPathMayBe(String text) {
        assertThat(HostPath.of(text)).hasToString(text);
    }

    @Test
    void isBounded() {
        assertThat(HostPath.of("/" + "a".repeat(255)).name()).hasSize(255);
        assertThatThrownBy(() -> HostPath.of("/" + "a".repeat(256))).hasMessageContaining("255");
        assertThatThrownBy(() -> HostPath.of("/" + "\u00e9".repeat(128))).hasMessageContaining("255");
        assertThatThrownBy(() -> HostPath.of("/a".repeat(2048))).hasMessageContaining("4095");
    }

    @Test
    void childrenAndRelativePathsStayBelow() {
        HostPath top = HostPath.of("/srv/a");
        assertThat(top.child("b")).isEqualTo(HostPath.of("/srv/a/b"));
        assertThat(top.resolve("b/c")).isEqualTo(HostPath.of("/srv/a/b/c"));
        assertThat(top.resolve("")).isEqualTo(top);
        assertThat(HostPath.of("/").child("b")).isEqualTo(HostPath.of("/b"));
        assertThat(HostPath.of("/").resolve("b/c")).isEqualTo(HostPath.of("/b/c"));
        for (String bad : new String[] {"..", ".", "", "a/b", "../x", "a/../../b", "/etc"}) {
            assertThatThrownBy(() -> top.child(bad)).as(bad).isInstanceOf(InvalidValueException.class);
        }
        for (String bad : new String[] {"..", "../x", "a/../../b", "/etc", "a//b", "a/", "$uri/.."}) {
            assertThatThrownBy(() -> top.resolve(bad)).as(bad).isInstanceOf(InvalidValueException.class);
        }
    }

    @Test
    void partsOfAPath() {
        HostPath path = HostPath.of("/srv/a/b");
        assertThat(path.parent()).isEqualTo(HostPath.of("/srv/a"));
        assertThat(path.name()).isEqualTo("b");
        assertThat(path.components()).containsExactly("srv", "a", "b");
        assertThat(HostPath.of("/srv").parent()).isEqualTo(HostPath.of("/"));
        assertThat(HostPath.of("/").parent()).isEqualTo(HostPath.of("/"));
        assertThat(HostPath.of("/").components()).isEmpty();
    }
}
