// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aegir.model.CodeSource;
import dev.aegir.model.Codebase;
import dev.aegir.model.RefusedException;
import dev.aegir.task.Change;
import dev.aegir.task.Step;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Removing releases, by real programs on this machine. */
@Timeout(300)
class RemoveReleaseTest {
    private final Workplace place = new Workplace();
    private final Bench bench = place.bench();
    private final GitSource git = new GitSource(place, "handbook");
    private final Codebase codebase = Codebase.of("handbook", CodeSource.git(git.url(), "main"));
    private final Codebase neighbour = Codebase.of("neighbour", CodeSource.git(git.url(), "main"));
    private String before = "";

    @BeforeEach
    void aRelease() throws Exception {
        git.file("index.html", "one\n").commit();
        bench.task().run(bench.bring(codebase, "web1"));
        bench.task().run(bench.bring(neighbour, "web1"));
        before = place.listing("code");
    }

    @AfterEach
    void clean() {
        place.close();
    }

    private Path home() {
        return Path.of(bench.tree(codebase)).getParent();
    }

    @Test
    void leavesNothingAndCanBeRepeated() throws Exception {
        List<Step> steps = bench.remove(codebase, "web1");
        assertThat(bench.task().preview(steps)).singleElement().satisfies(change -> {
            assertThat(change.kind()).isEqualTo(Change.Kind.DELETE);
            assertThat(change.subject()).isEqualTo(home().toString());
        });
        bench.task().run(steps);
        assertThat(place.listing("code"))
                .doesNotContain(codebase.id().value())
                .contains(neighbour.id().value());
        assertThat(bench.task().preview(steps)).isEmpty();
        String after = place.listing("code");
        bench.task().run(steps).undo();
        assertThat(place.listing("code")).isEqualTo(after);
    }

    @Test
    void isTakenBackUntilItIsDeleted() throws Exception {
        List<Step> steps = bench.remove(codebase, "web1");
        Bench.Task task = bench.task().run(steps.subList(0, 1));
        assertThat(home()).doesNotExist();
        task.again();
        task.undo();
        assertThat(place.listing("code")).isEqualTo(before);
        task.undo();
        assertThat(place.listing("code")).isEqualTo(before);
    }

    @Test
    void onceDeletedItSaysSo() throws Exception {
        Bench.Task task = bench.task().run(bench.remove(codebase, "web1"));
        assertThatThrownBy(task::undo).isInstanceOf(RefusedException.class).hasMessageContaining("Deploy the codebase");
    }

    @Test
    void aDeletionThatWasInterruptedIsFinished() throws Exception {
        List<Step> steps = bench.remove(codebase, "web1");
        Path traps = Files.createDirectory(place.top().resolve("traps"));
        Files.writeString(traps.resolve("rm"), "#!/bin/sh\nkill -9 $PPID\n");
        place.sh(traps, "chmod", "755", "rm");
        Bench.Task task = bench.task().run(steps.subList(0, 1));
        bench.host(new ShellHost("web1", new LocalShell()).first(traps.toString()));
        assertThatThrownBy(() -> task.run(steps.subList(1, 2))).isInstanceOf(Exception.class);
        assertThat(place.listing("code")).contains("swept");
        bench.host(new ShellHost("web1", new LocalShell()));
        task.again();
        assertThat(place.listing("code")).doesNotContain(codebase.id().value());
    }

    @Test
    void linksAreNotFollowed() throws Exception {
        Path foreign = Files.createDirectory(place.top().resolve("foreign"));
        Files.writeString(foreign.resolve("precious"), "x");
        Files.createSymbolicLink(Path.of(bench.tree(codebase), "link"), foreign);
        bench.task().run(bench.remove(codebase, "web1"));
        assertThat(foreign.resolve("precious")).exists();
        assertThat(home()).doesNotExist();

        Path other = Path.of(bench.tree(neighbour)).getParent();
        place.sh(place.top(), "mv", other.toString(), place.top() + "/moved");
        Files.createSymbolicLink(other, place.top().resolve("moved"));
        assertThatThrownBy(() -> bench.task().run(bench.remove(neighbour, "web1")))
                .isInstanceOf(RefusedException.class);
        assertThat(place.top().resolve("moved/tree/index.html")).exists();
    }

    @Test
    void whatBearsAnotherIdIsNotRemoved() throws Exception {
        place.sh(place.top(), "mv", home().toString(), place.top() + "/aside");
        place.sh(place.top(), "mv", Path.of(bench.tree(neighbour)).getParent().toString(), home().toString());
        String swapped = place.listing("code");
        assertThatThrownBy(() -> bench.task().run(bench.remove(codebase, "web1")))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("is not the release of codebase");
        assertThat(place.listing("code")).isEqualTo(swapped);
    }
}
