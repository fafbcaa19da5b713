// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aegir.model.InvalidValueException;
import dev.aegir.model.Settings;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SourceUrlTest {
    private static final Set<String> GIT = Set.of("https", "ssh", "git", "file");
    private static final Place PLACE = Place.of(Settings.none(), "/srv/git");

    private static SourceUrl url(String text) {
        return SourceUrl.of(text, GIT, PLACE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://git.example.net/docs/handbook.git",
                "https://git.example.net:8443/docs/hand%20book.git",
                "https://192.0.2.7/handbook.git",
                "https://[2001:db8::7]/handbook.git",
                "https://10.0.0.5/handbook.git",
                "ssh://git@git.example.net/docs/handbook.git",
                "ssh://git.example.net:2222/~docs/handbook.git",
                "git@git.example.net:docs/handbook.git",
                "git://git1/srv/git/handbook.git",
                "file:///srv/git/handbook.git",
            })
    void takes(String text) {
        assertThat(url(text).text()).isEqualTo(text);
    }

    @Test
    void knowsHostAndPort() {
        assertThat(url("https://Git.Example.net/x")).extracting("host", "port").containsExactly("git.example.net", 443);
        assertThat(url("https://[2001:db8::7]:8443/x"))
                .extracting("host", "port")
                .containsExactly("2001:db8::7", 8443);
        assertThat(url("git@git.example.net:x"))
                .extracting("host", "protocol")
                .containsExactly("git.example.net", "ssh");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "-",
                "--upload-pack=touch /tmp/x",
                "-oProxyCommand=touch x",
                "ext::sh -c touch% /tmp/x",
                "ext::sh",
                "fd::17",
                "transport::https://git.example.net/x",
                "http://git.example.net/x",
                "http://169.254.169.254/",
                "http://169.254.169.254/latest/meta-data/x",
                "http://169.254.169.254/x.git",
                "https://169.254.169.254/",
                "ext::sh -c touch% x",
                "ext::sh -c 'touch x' %S",
                "--upload-pack=x",
                "-oProxyCommand=x",
                "file:///home/other/x.git",
                "https://git.example.net/x\n",
                "https://git.example.net/x\n--upload-pack=y",
                "ftp://git.example.net/x",
                "javascript:alert(1)",
                "handbook",
                "/srv/git/handbook.git",
                "../handbook.git",
                "https:/git.example.net/x",
                "https:git.example.net/x",
                "https://",
                "https:///x",
                "https://git.example.net",
                "https://git.example.net/",
                "https://git.example.net/../x",
                "https://git.example.net/a/%2e%2e/x",
                "https://git.example.net/x%0ahost=evil.example.net",
                "https://git.example.net/x%00",
                "https://git.example.net/x#y",
                "https://git.example.net/a b",
                "https://git.example.net/\"x",
                "https://git_x.example.net/x",
                "https://-oProxyCommand=x/x",
                "ssh://-oProxyCommand=x/x",
                "ssh://git@-oProxyCommand=x/x",
                "ssh://-oProxyCommand=x@git.example.net/x",
                "ssh://git.example.net/x;touch%20x",
                "ssh://git.example.net/$(touch)",
                "ssh://git.example.net/-x",
                "git@-x:y",
                "git@git.example.net:-x",
                "git@git.example.net:x y",
                "-git@git.example.net:x",
                "git@ext::sh",
                "file://srv/git/handbook.git",
                "file://localhost/srv/git/handbook.git",
                "file:///home/other",
                "file:///srv/git",
                "file:///srv/gits/x",
                "file:///srv/git/../other",
                "file:///srv/git/%2e%2e/other",
                "file:///srv/git/x?y",
            })
    void refuses(String text) {
        assertThatThrownBy(() -> url(text)).isInstanceOf(InvalidValueException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "169.254.169.254",
                "169.254.0.1",
                "127.0.0.1",
                "127.1",
                "0.0.0.0",
                "0",
                "2130706433",
                "0x7f000001",
                "0x7f.1",
                "0251.0376.0251.0376",
                "2852039166",
                "224.0.0.1",
                "100.100.100.200",
                "192.0.0.192",
                "[::1]",
                "[::]",
                "[::ffff:127.0.0.1]",
                "[::ffff:a9fe:a9fe]",
                "[::127.0.0.1]",
                "[64:ff9b::a9fe:a9fe]",
                "[2002:a9fe:a9fe::1]",
                "[fe80::1]",
                "[fd00:ec2::254]",
                "localhost",
                "LOCALHOST",
                "git.localhost",
                "ip6-localhost",
                "metadata.google.internal",
                "metadata",
            })
    void refusesTheServerItselfAndMetadataServices(String host) {
        assertThatThrownBy(() -> url("https://" + host + "/x")).isInstanceOf(InvalidValueException.class);
        assertThatThrownBy(() -> url("git://" + host + "/x")).isInstanceOf(InvalidValueException.class);
        assertThatThrownBy(() -> url("ssh://git@" + host + "/x")).isInstanceOf(InvalidValueException.class);
    }

    @Test
    void takesTheServerItselfWhenThatIsAllowed() {
        Place place = Place.of(Settings.none().with("allow-local-addresses", "true"), "/srv/git");
        assertThat(SourceUrl.of("https://127.0.0.1/x", GIT, place).host()).isEqualTo("127.0.0.1");
    }

    @Test
    void aPasswordIsRefusedAndNotRepeated() {
        assertThatThrownBy(() -> url("https://me:hunter2@git.example.net/x"))
                .isInstanceOf(InvalidValueException.class)
                .hasMessageContaining("credential")
                .hasMessageNotContaining("hunter2");
        assertThatThrownBy(() -> url("https://token123@git.example.net/x"))
                .isInstanceOf(InvalidValueException.class)
                .hasMessageNotContaining("token123");
        assertThatThrownBy(() -> url("ssh://git:hunter2@git.example.net/x"))
                .isInstanceOf(InvalidValueException.class)
                .hasMessageNotContaining("hunter2");
    }

    @Test
    void aFileIsTakenFromBelowTheRootOnly() {
        Place place = Place.of(Settings.none().with("file-root", "/home/sources"), "/srv/git");
        assertThat(SourceUrl.of("file:///home/sources/a/b.git", GIT, place).text())
                .isEqualTo("file:///home/sources/a/b.git");
        assertThatThrownBy(() -> SourceUrl.of("file:///srv/git/x", GIT, place)).hasMessageContaining("file-root");
    }
}
