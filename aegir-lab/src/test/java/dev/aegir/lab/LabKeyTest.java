// SPDX-License-Identifier: Apache-2.0
package dev.aegir.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LabKeyTest {
    @Test
    void aKeyIsMadeOnceAndForItsOwnerOnly(@TempDir Path directory) throws IOException {
        LabKey key = LabKey.in(directory);

        assertThat(key.publicLine())
                .startsWith("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI")
                .endsWith(" aegir-lab");
        assertThat(Files.readString(key.privateKey()))
                .startsWith("-----BEGIN OPENSSH PRIVATE KEY-----\n")
                .endsWith("\n-----END OPENSSH PRIVATE KEY-----\n");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(key.privateKey())))
                .isEqualTo("rw-------");
        assertThat(LabKey.in(directory)).isEqualTo(key);
    }

    @Test
    void noTwoLabsHaveOneKey(@TempDir Path directory) throws IOException {
        LabKey one = LabKey.in(Files.createDirectory(directory.resolve("one")));
        LabKey two = LabKey.in(Files.createDirectory(directory.resolve("two")));
        assertThat(one.publicLine()).isNotEqualTo(two.publicLine());
    }
}
