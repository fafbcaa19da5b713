// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aegir.model.InvalidValueException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GitRefTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "main",
                "v1.2.3",
                "feature/a-b_c",
                "HEAD",
                "refs/heads/main",
                "refs/pull/7/head",
                "übung",
                "a@b",
                "+a"
            })
    void takes(String ref) {
        assertThat(new GitRef(ref).value()).isEqualTo(ref);
        try (Workplace place = new Workplace()) {
            // Git agrees, or this throws.
            place.sh(place.top(), "git", "check-ref-format", ref.startsWith("refs/") ? ref : "refs/heads/" + ref);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "-",
                "--output=/x",
                "--upload-pack=x",
                "a\nb",
                "a\0b",
                "a b",
                "a..b",
                "main@{1}",
                "@",
                "a~1",
                "a^",
                "a^{commit}",
                "a:b",
                "refs/heads/*",
                "a?",
                "a[b]",
                "a\\b",
                "/a",
                "a/",
                "a//b",
                "a.",
                ".a",
                "a/.b",
                "a.lock",
                "a.lock/b",
                "\u007f",
            })
    void refuses(String ref) {
        assertThatThrownBy(() -> new GitRef(ref)).isInstanceOf(InvalidValueException.class);
    }

    @Test
    void aCommitIsLowerCase() {
        String commit = "ABCDEF0123456789ABCDEF0123456789ABCDEF01";
        assertThat(new GitRef(commit).value()).isEqualTo("abcdef0123456789abcdef0123456789abcdef01");
        assertThat(GitRef.isCommit("abcdef0")).isFalse();
    }
}
