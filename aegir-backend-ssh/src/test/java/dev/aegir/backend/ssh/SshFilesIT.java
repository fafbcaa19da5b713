// SPDX-License-Identifier: Apache-2.0
package dev.aegir.backend.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aegir.host.DriftPolicy;
import dev.aegir.host.FileChange;
import dev.aegir.host.FileState;
import dev.aegir.host.FileTransaction;
import dev.aegir.host.Host;
import dev.aegir.model.HostPath;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Files of several accounts, which takes root to make. */
@Tag("lab")
@Timeout(value = 5, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SshFilesIT {
    private SshLab lab;
    private Host host;

    @BeforeEach
    void open() throws Exception {
        lab = SshLab.fresh();
        host = lab.connect(lab.server("root"));
    }

    @AfterEach
    void close() {
        host.close();
        lab.close();
    }

    @Test
    void whoAFileBelongsToIsCompared() throws Exception {
        List<FileChange> files = List.of(
                file("root", "root:root"),
                file("mixed", "root:daemon"),
                file("games", "games:daemon"),
                file("again", "games:root"));
        assertThat(host.files().apply("first", transaction(files)).changed()).hasSize(4);
        assertThat(lab.inside("cd /srv/who; stat -c '%n %U:%G' *"))
                .isEqualTo("again games:root\ngames games:daemon\nmixed root:daemon\nroot root:root\n");
        assertThat(host.files().compare(files)).isEmpty();

        lab.inside("cd /srv/who; chown 54321 root; chgrp games mixed; chmod 0600 games; chown daemon again");
        assertThat(host.files().compare(files)).hasSize(4).allMatch(FileState::attributesOnly);
        assertThat(host.files().apply("second", transaction(files)).changed()).hasSize(4);
        assertThat(host.files().compare(files)).isEmpty();

        // Two names may have one number.
        lab.inside("getent passwd games | sed 's/^games:/toys:/' >>/etc/passwd");
        assertThat(host.files().compare(List.of(file("games", "toys:daemon")))).isEmpty();
        assertThat(host.files().compare(List.of(file("games", "nosuch:daemon"))))
                .hasSize(1)
                .allMatch(FileState::attributesOnly);
    }

    @Test
    void whatIsNoFileIsSaid() throws Exception {
        lab.inside(
                "mkdir -p /srv/who/directory; cd /srv/who; mkfifo fifo; ln -s /etc/passwd link; ln -s nowhere dangling;"
                        + " perl -MSocket -e 'socket(S, PF_UNIX, SOCK_STREAM, 0); bind(S, sockaddr_un(\"socket\")) or die'");
        List<FileChange> files = List.of(
                file("directory", "root:root"),
                file("fifo", "root:root"),
                file("link", "root:root"),
                file("dangling", "root:root"),
                file("socket", "root:root"));
        assertThat(host.files().compare(files)).hasSize(5).allMatch(FileState::drifted);
        assertThat(host.files().compare(files.subList(2, 3)).get(0).present()).hasValue("symbolic link to /etc/passwd");
    }

    private static FileChange file(String name, String account) {
        return new FileChange.Write(HostPath.of("/srv/who/" + name), name + "\n", "0644", account, Optional.empty());
    }

    private static FileTransaction transaction(List<FileChange> files) {
        return new FileTransaction(files, List.of(), List.of(), List.of(), List.of(), DriftPolicy.OVERWRITE);
    }
}
