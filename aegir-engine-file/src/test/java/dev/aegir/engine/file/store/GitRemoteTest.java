// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.file.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aegir.engine.file.store.FileStoreException.Problem;
import dev.aegir.host.Command;
import dev.aegir.host.Secret;
import dev.aegir.model.AegirException;
import dev.aegir.model.InvalidValueException;
import dev.aegir.model.Name;
import dev.aegir.model.RefusedException;
import dev.aegir.model.Service;
import dev.aegir.model.ServiceKind;
import dev.aegir.spi.StoredForm;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GitRemoteTest {
    private static final String KEY =
            "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f";

    private static Service service(String url) {
        return Service.of(ServiceKind.FILE, "git")
                .named("offsite")
                .with("url", url)
                .with("credential", "git/key");
    }

    private static GitPlace place(Service service) {
        return GitPlace.of(Name.of("vault"), service);
    }

    private static GitRemote remote(Service service) {
        return place(service).remote().orElseThrow();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ssh://git@git.example.net/sites/files.git",
                "ssh://git@git.example.net:2222/~keeper/files.git",
                "ssh://git@[2001:db8::1]:22/files.git",
                "https://git.example.net/sites/files.git",
                "https://git.example.net:8443/files"
            })
    void whatNamesARepositoryIsTaken(String url) {
        GitPlace place = place(service(url).with("host-key", KEY));
        assertThat(place).hasToString("vault/offsite (" + url + ")");
        assertThat(place.directory()).hasToString("/var/cache/aegir/files");
        assertThat(StoredForm.read(StoredForm.write(new RequireGit("x", place)), RequireGit.class))
                .isEqualTo(new RequireGit("x", place));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "git.example.net:files.git",
                "git@git.example.net:files.git",
                "ssh://git.example.net/files.git",
                "ssh://git@git.example.net",
                "ssh://git@git.example.net/",
                "ssh://-oProxyCommand=x@git.example.net/files.git",
                "ssh://git@-oProxyCommand=x/files.git",
                "ssh://git@git.example.net/-x",
                "ssh://git@git.example.net/a;b",
                "ssh://git@git.example.net/a'b",
                "ssh://git@git.example.net/../files.git",
                "https://git.example.net/files.git?x",
                "https://git.example.net/files.git#x",
                "https://git.example.net/a b",
                "https:/git.example.net/files.git",
                "HTTPS://git.example.net/files.git",
                "http://git.example.net/files.git",
                "file:///srv/git/files.git",
                "git://git.example.net/files.git",
                "ext::sh -c id",
                "--upload-pack=x",
                ""
            })
    void whatDoesNotIsRefused(String url) {
        Service service = service(url).with("host-key", KEY);
        assertThatThrownBy(() -> place(service)).isInstanceOf(AegirException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://keeper:s3cr3t@git.example.net/files.git",
                "https://s3cr3t@git.example.net/files.git",
                "ssh://git:s3cr3t@git.example.net/files.git",
                "https://keeper:s3cr3t%@git.example.net/files.git"
            })
    void aPasswordInItIsRefusedAndNotShown(String url) {
        assertThatThrownBy(() -> place(service(url).with("host-key", KEY)))
                .isInstanceOf(InvalidValueException.class)
                .hasMessageContaining("not shown")
                .hasMessageNotContaining("s3cr3t");
    }

    @Test
    void whatIsMissingIsNamed() {
        Service https = Service.of(ServiceKind.FILE, "git").with("url", "https://git.example.net/files.git");
        assertThatThrownBy(() -> place(https))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("credential");
        Service ssh = service("ssh://git@git.example.net/files.git");
        assertThatThrownBy(() -> place(ssh))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("host-key");
        for (String key : new String[] {
            "SHA256:" + "A".repeat(43), KEY + " somebody", KEY.replace("ed25519 ", "rsa "), "x' -o ProxyCommand=id"
        }) {
            assertThatThrownBy(() -> place(ssh.with("host-key", key)))
                    .as(key)
                    .isInstanceOf(InvalidValueException.class);
        }
        Service http = service("http://git.example.net/files.git").with("insecure", "yes");
        assertThat(remote(http).url()).startsWith("http://");
    }

    /** Others can see the words and the environment of a program; the secret is in neither. */
    @Test
    void aSecretIsTheInputAndNothingElse() {
        Secret secret = Secret.of("first\nsecond\n");
        GitRemote ssh = remote(service("ssh://git@git.example.net/files.git").with("host-key", KEY));
        Command command = ssh.open(Command.of("git", "fetch"));
        assertThat(command.words()).endsWith("git", "fetch").noneMatch(word -> word.contains("first"));
        assertThat(command.environment()).containsKey("GIT_SSH_COMMAND");
        assertThat(command.environment().values()).noneMatch(value -> value.contains("first"));
        assertThat(ssh.input(secret).content()).asString().isEqualTo("first\nsecond\n.\n");
        assertThat(ssh.input(secret).toString()).doesNotContain("first");

        GitRemote https = remote(service("https://git.example.net/files.git"));
        assertThat(https.input(Secret.of("token\n")).content()).asString().isEqualTo("token\n");
        assertThat(https.open(Command.of("git")).environment())
                .containsExactlyInAnyOrderEntriesOf(Map.of("AEGIR_USER", "git"));
        assertThatThrownBy(() -> https.input(secret))
                .isInstanceOf(RefusedException.class)
                .hasMessageNotContaining("first");
        assertThatThrownBy(() -> ssh.input(Secret.of("\n"))).isInstanceOf(RefusedException.class);
    }

    /** What was planned before there were such stores is still read. */
    @Test
    void aPlaceWithoutAUrlIsReadAsBefore() {
        GitPlace place =
                place(Service.of(ServiceKind.FILE, "git").named("offsite").with("directory", "/srv/git"));
        RequireGit step = new RequireGit("x", place);
        String stored = String.valueOf(StoredForm.write(step));
        assertThat(stored).doesNotContain("remote\":{");
        assertThat(StoredForm.read(stored.replaceAll(",?\"remote\":null", ""), RequireGit.class))
                .isEqualTo(step);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Host key verification failed. fatal: Could not read from remote repository.|REFUSED|host-key",
                "git@x: Permission denied (publickey). fatal: Could not read from remote repository.|REFUSED|credential",
                "fatal: Authentication failed for 'https://x/y.git/'|REFUSED|credential",
                "fatal: could not read Username for 'https://x': terminal prompts disabled|REFUSED|credential",
                "fatal: unable to access 'https://x/': The requested URL returned error: 403|REFUSED|credential",
                "fatal: '/srv/x.git' does not appear to be a git repository|REFUSED|url",
                "fatal: repository 'https://x/y.git/' not found|REFUSED|url",
                "fatal: unable to access 'https://x/': SSL certificate problem: self-signed certificate|REFUSED|certificate",
                "ssh: connect to host x port 22: Connection refused|UNREACHABLE|reach",
                "fatal: unable to access 'https://x/': Could not resolve host: x|UNREACHABLE|reach",
                "fatal: early EOF|UNREACHABLE|reach",
                " ! [rejected] files -> aegir/X (fetch first)|CHANGED|meanwhile",
                " ! [rejected] files -> aegir/X (non-fast-forward)|CHANGED|meanwhile",
                " ! [rejected] (delete) -> aegir/X (stale info)|CHANGED|meanwhile",
                " ! [remote rejected] files -> aegir/X (failed to update ref)|CHANGED|meanwhile",
                " ! [remote rejected] files -> aegir/X (pre-receive hook declined)|REFUSED|branches",
                "remote: fatal: write error: No space left on device|FULL|room",
                "''|UNREACHABLE|said nothing"
            })
    void whatGitSaysMeansSomething(String said, Problem problem, String told) {
        FileStoreException failure = new GitSaid(said).failure(place(service("https://git.example.net/files.git")));
        assertThat(failure.problem()).isEqualTo(problem);
        assertThat(failure).hasMessageContaining(told).hasMessageContaining("https://git.example.net/files.git");
    }
}
