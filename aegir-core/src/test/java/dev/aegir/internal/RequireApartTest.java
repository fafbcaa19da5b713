// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aegir.internal.host.LocalBackend;
import dev.aegir.internal.tasks.RequireApart;
import dev.aegir.internal.tasks.SaveServer;
import dev.aegir.model.HostPath;
import dev.aegir.model.Id;
import dev.aegir.model.Name;
import dev.aegir.model.Server;
import dev.aegir.model.Tree;
import dev.aegir.task.RunSteps;
import dev.aegir.task.TaskInfo;
import dev.aegir.task.TaskState;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two servers that are this machine, and so share all that it has. */
class RequireApartTest {
    @TempDir
    Path temporary;

    @Test
    void directoriesThatAreSharedAreTold() throws Exception {
        Path home = Files.createDirectory(temporary.resolve("home"));
        TaskInfo shared = ended(home, home);
        assertThat(shared.state()).isEqualTo(TaskState.ROLLED_BACK);
        assertThat(shared.cause().orElseThrow()).contains("web1", "web2", home.toString(), "share a file system");
        assertThat(home).isEmptyDirectory();
    }

    @Test
    void othersAreApart() throws Exception {
        Path home = Files.createDirectory(temporary.resolve("home"));
        Path other = Files.createDirectory(temporary.resolve("other"));
        Path missing = temporary.resolve("missing");
        for (Path there : List.of(other, missing)) {
            assertThat(ended(home, there).state()).isEqualTo(TaskState.SUCCEEDED);
        }
        assertThat(ended(missing, home).state()).isEqualTo(TaskState.SUCCEEDED);
        assertThat(home).isEmptyDirectory();
        assertThat(other).isEmptyDirectory();
        assertThat(missing).doesNotExist();
    }

    private static TaskInfo ended(Path here, Path there) throws InterruptedException {
        try (Bench bench = new Bench(builder -> builder.backend(new LocalBackend()))) {
            for (String name : List.of("web1", "web2")) {
                assertThat(bench.run(RunSteps.of("save", List.of(), new SaveServer(Server.at(name, "local:"))))
                                .state())
                        .isEqualTo(TaskState.SUCCEEDED);
            }
            return bench.run(RunSteps.of("look", List.of(), new RequireApart(tree("web1", here), tree("web2", there))));
        }
    }

    private static Tree tree(String server, Path directory) {
        return new Tree(
                Id.of("01JZZZZZZZZZZZZZZZZZZZZZZZ"),
                "docs.example.net",
                Name.of(server),
                HostPath.of(directory.toString()),
                List.of("files"),
                Optional.empty());
    }
}
