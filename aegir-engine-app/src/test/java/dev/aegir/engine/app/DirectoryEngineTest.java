// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aegir.model.CodeSource;
import dev.aegir.model.Codebase;
import dev.aegir.model.InvalidValueException;
import dev.aegir.model.RefusedException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DirectoryEngineTest {
    private final Workplace place = new Workplace();
    private final Bench bench = place.bench();

    @AfterEach
    void clean() {
        place.close();
    }

    @Test
    void usesTheDirectoryWhereItIsAndNeverChangesIt() throws Exception {
        Path directory = Files.createDirectory(place.source("site"));
        Files.writeString(directory.resolve("index.html"), "x");
        Codebase codebase = Codebase.of("site", CodeSource.directory(directory.toString()));
        String before = place.listing(".");

        assertThat(bench.tree(codebase)).isEqualTo(directory.toString());
        Bench.Task task = bench.task();
        assertThat(task.preview(bench.bring(codebase, "web1"))).isEmpty();
        task.run(bench.bring(codebase, "web1"));
        assertThat(task.revision(codebase)).isPresent();
        task.undo();
        bench.task().run(bench.remove(codebase, "web1"));
        assertThat(place.listing(".")).isEqualTo(before);
    }

    @Test
    void whatIsNoDirectoryIsRefused() throws Exception {
        Files.writeString(place.source("file"), "x");
        Files.createSymbolicLink(place.source("link"), place.top());
        for (String name : new String[] {"file", "link", "nothing"}) {
            Codebase codebase =
                    Codebase.of("site", CodeSource.directory(place.source(name).toString()));
            assertThatThrownBy(() -> bench.task().run(bench.bring(codebase, "web1")))
                    .isInstanceOf(RefusedException.class)
                    .hasMessageContaining(name);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/srv", "/etc/nginx", "/root/site", "/proc/1/root", "/var/lib/aegir/x"})
    void partsOfTheSystemAreRefused(String path) {
        bench.setting("file-root", "/");
        Codebase codebase = Codebase.of("site", CodeSource.directory(path));
        assertThatThrownBy(() -> bench.bring(codebase, "web1")).isInstanceOf(InvalidValueException.class);
    }

    @Test
    void onlyWhatIsBelowTheRootIsTaken() {
        Codebase codebase = Codebase.of("site", CodeSource.directory("/home/other/site"));
        assertThatThrownBy(() -> bench.bring(codebase, "web1"))
                .isInstanceOf(InvalidValueException.class)
                .hasMessageContaining("file-root");
    }
}
