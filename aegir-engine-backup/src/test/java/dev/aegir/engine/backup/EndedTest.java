// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.backup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aegir.engine.backup.internal.Programs;
import dev.aegir.engine.backup.internal.Scripts;
import dev.aegir.host.Command;
import dev.aegir.model.Name;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How programs that run side by side have ended. */
class EndedTest {
    @TempDir
    Path temporary;

    @Test
    void isToldWhateverAnotherSaysMeanwhile() throws Exception {
        Command half = Scripts.command(EndedTest.class, "test", List.of("half"), List.of());
        try (Ground ground = new Ground(temporary, "web1")) {
            Programs.Ended once = Programs.once(ground, ground.host(Name.of("web1")), "half", half);
            assertThat(once.ended()).isEqualTo(Map.of("sums", 1, "files", 0));
            assertThat(once.complaints()).isEqualTo("tar: \na file changed");
            Programs.Ended pipe =
                    Programs.pipe(ground.host(Name.of("web1")), Command.of("true"), ground.host(Name.of("web1")), half);
            assertThat(pipe.ended()).containsEntry("sums", 1).containsEntry("files", 0);
        }
    }
}
