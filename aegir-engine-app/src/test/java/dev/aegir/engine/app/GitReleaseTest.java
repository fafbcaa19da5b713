// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aegir.host.HostUnreachableException;
import dev.aegir.model.CodeSource;
import dev.aegir.model.Codebase;
import dev.aegir.model.InvalidValueException;
import dev.aegir.model.RefusedException;
import dev.aegir.task.Change;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Releases of git repositories, by real programs on this machine. */
@Timeout(300)
class GitReleaseTest {
    private final Workplace place = new Workplace();
    private final Bench bench = place.bench();
    private final GitSource git = new GitSource(place, "handbook");
    private String first = "";

    @BeforeEach
    void aRepository() {
        git.file("public/index.html", "one\n").file("bin/run", "#!/bin/sh\n").link("public/start.html", "index.html");
        assertThat(git.work().resolve("bin/run").toFile().setExecutable(true)).isTrue();
        first = git.commit();
        git.git("tag", "v1");
        git.git("-c", "user.name=T", "-c", "user.email=t@example.net", "tag", "-a", "-m", "x", "signed");
        git.push();
    }

    @AfterEach
    void clean() {
        place.close();
    }

    private Codebase codebase(String ref) {
        return Codebase.of("handbook", CodeSource.git(git.url(), ref)).on("web1");
    }

    private String text(Codebase codebase, String file) throws Exception {
        return Files.readString(Path.of(bench.tree(codebase), file));
    }

    @Test
    void bringsABranch() throws Exception {
        Codebase codebase = codebase("main");
        Bench.Task task = bench.task();
        assertThat(task.preview(bench.bring(codebase, "web1"))).singleElement().satisfies(change -> {
            assertThat(change.kind()).isEqualTo(Change.Kind.CREATE);
            assertThat(change.subject()).isEqualTo(bench.tree(codebase));
            assertThat(change.detail()).contains(git.url(), "main");
        });
        place.host().commands().clear();
        task.run(bench.bring(codebase, "web1"));

        assertThat(place.host().commands()).as("round trips").hasSize(2);
        assertThat(text(codebase, "public/index.html")).isEqualTo("one\n");
        assertThat(task.revision(codebase)).contains(first);
        assertThat(Path.of(bench.tree(codebase), ".git")).doesNotExist();
        assertThat(Files.readString(Path.of(bench.tree(codebase)).resolveSibling("RELEASE")))
                .contains("codebase: " + codebase.id(), "revision: " + first, "source: " + git.url());
        assertThat(bench.lines()).anyMatch(line -> line.contains(first) && line.contains("2 files"));
    }

    @Test
    void bringsTagsAndCommits() throws Exception {
        git.file("public/index.html", "two\n").commit();
        for (String ref : new String[] {"v1", "signed", "refs/tags/v1", first}) {
            Codebase codebase = codebase(ref);
            assertThat(bench.task().run(bench.bring(codebase, "web1")).revision(codebase))
                    .contains(first);
            assertThat(text(codebase, "public/index.html")).isEqualTo("one\n");
        }
        Codebase newest = codebase("HEAD");
        bench.task().run(bench.bring(newest, "web1"));
        assertThat(text(newest, "public/index.html")).isEqualTo("two\n");
    }

    @Test
    void aReleaseIsReadableByAllAndWritableByNobodyElse() throws Exception {
        Codebase codebase = codebase("main");
        bench.task().run(bench.bring(codebase, "web1"));
        Path tree = Path.of(bench.tree(codebase));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(tree)))
                .isEqualTo("rwxr-xr-x");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(tree.resolve("public/index.html"))))
                .isEqualTo("rw-r--r--");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(tree.resolve("bin/run"))))
                .isEqualTo("rwxr-xr-x");
        assertThat(Files.getOwner(tree.resolve("public/index.html")).getName())
                .isEqualTo(System.getProperty("user.name"));
    }

    @Test
    void broughtTwiceItIsBroughtOnce() throws Exception {
        Codebase codebase = codebase("main");
        bench.task().run(bench.bring(codebase, "web1"));
        String before = place.listing("code");
        git.file("public/index.html", "two\n").commit();
        place.host().commands().clear();

        Bench.Task again = bench.task().run(bench.bring(codebase, "web1"));

        assertThat(place.host().commands()).as("round trips").hasSize(1);
        assertThat(place.listing("code")).isEqualTo(before);
        assertThat(again.revision(codebase))
                .as("what is there, though the branch moved")
                .contains(first);
        assertThat(again.preview(bench.bring(codebase, "web1"))).isEmpty();
        again.undo();
        assertThat(place.listing("code")).as("not this task's to remove").isEqualTo(before);
    }

    @Test
    void aSecondServerGetsTheSameCommit() throws Exception {
        Codebase codebase = codebase("main");
        Bench.Task task = bench.task().run(bench.bring(codebase, "web1"));
        git.file("public/index.html", "two\n").commit();
        try (Workplace second = new Workplace()) {
            ShellHost other = new ShellHost("web2", new LocalShell());
            bench.host(other).setting("code", second.top() + "/code").setting("cache", second.top() + "/cache");
            task.run(bench.bring(codebase, "web2"));
            assertThat(text(codebase, "public/index.html")).isEqualTo("one\n");
        }
    }

    @Test
    void aLocalSourceThatIsGoneIsSaid() throws Exception {
        Codebase codebase = codebase("main");
        bench.task().run(bench.bring(codebase, "web1"));
        place.sh(place.top(), "rm", "-rf", git.bare().toString());
        Codebase other = Codebase.of("other", codebase.source()).revision(first);
        assertThatThrownBy(() -> bench.task().run(bench.bring(other, "web1")))
                .isInstanceOf(SourceException.class)
                .hasMessageContaining("there is no");
    }

    @Test
    void aPinnedRevisionThatTheReleaseIsNotIsRefused() throws Exception {
        Codebase codebase = codebase("main");
        bench.task().run(bench.bring(codebase, "web1"));
        String second = git.file("public/index.html", "two\n").commit();
        assertThatThrownBy(() -> bench.task().run(bench.bring(codebase.revision(second), "web1")))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining(first)
                .hasMessageContaining(second);
    }

    @Test
    void whatIsMissingIsRefusedAndLeavesNothing() throws Exception {
        String before = place.listing(".");
        for (String ref : new String[] {"nope", "0123456789012345678901234567890123456789"}) {
            Codebase codebase = codebase(ref);
            Bench.Task task = bench.task();
            assertThatThrownBy(() -> task.run(bench.bring(codebase, "web1")))
                    .isInstanceOf(SourceException.class)
                    .hasMessageContaining(git.url());
            assertThat(place.listing("code")).doesNotContain("partial");
            task.undo();
        }
        place.sh(place.top(), "rm", "-rf", "cache", "run");
        assertThat(place.listing(".")).isEqualTo(before);
    }

    @Test
    void anAmbiguousNameIsRefused() {
        git.git("branch", "v1");
        git.push();
        assertThatThrownBy(() -> bench.task().run(bench.bring(codebase("v1"), "web1")))
                .isInstanceOf(SourceException.class)
                .hasMessageContaining("refs/heads/v1");
    }

    @Test
    void whatIsNotOursIsNotTouched() throws Exception {
        Codebase codebase = codebase("main");
        Path home = Path.of(bench.tree(codebase)).getParent();
        Files.createDirectories(home.resolve("tree"));
        Files.writeString(home.resolve("tree/precious"), "x");
        String before = place.listing("code");
        Bench.Task task = bench.task();
        assertThatThrownBy(() -> task.run(bench.bring(codebase, "web1"))).isInstanceOf(RefusedException.class);
        task.undo();
        assertThatThrownBy(() -> bench.task().run(bench.remove(codebase, "web1")))
                .isInstanceOf(RefusedException.class);
        assertThat(place.listing("code")).isEqualTo(before);

        Files.writeString(home.resolve("RELEASE"), "codebase: 01J00000000000000000000000\nrevision: x\n");
        assertThatThrownBy(() -> bench.task().run(bench.bring(codebase, "web1")))
                .isInstanceOf(RefusedException.class);
        assertThatThrownBy(() -> bench.task().run(bench.remove(codebase, "web1")))
                .isInstanceOf(RefusedException.class);
        assertThat(home.resolve("tree/precious")).exists();
    }

    @Test
    void linksThatLeadOutAreRefused() throws Exception {
        git.link("etc", "/etc")
                .link("public/up", "../../../x")
                .link("public/mark", "../../RELEASE")
                .link("public/inside", "../bin/run")
                .link("public/dangling", "nowhere")
                .link("a", "public")
                .link("over", "a/up")
                .link("odd\nname", "/etc/passwd")
                .commit();
        Codebase codebase = codebase("main");
        Bench.Task task = bench.task();
        assertThatThrownBy(() -> task.run(bench.bring(codebase, "web1")))
                .isInstanceOfSatisfying(UnsafeCodeException.class, e -> {
                    assertThat(e.problems())
                            .extracting(UnsafeCodeException.Problem::path)
                            .containsExactlyInAnyOrder("etc", "public/up", "public/mark", "over", "odd\nname");
                    assertThat(e.getMessage()).contains("etc (a link to /etc)").doesNotContain("\n");
                });
        task.undo();
        assertThat(place.listing("code")).isEmpty();
    }

    @Test
    void noHookRunsAndNoFilterToo() throws Exception {
        Path ran = place.top().resolve("ran");
        Path hook = git.bare().resolve("hooks/post-checkout");
        Files.createDirectories(hook.getParent());
        Files.writeString(hook, "#!/bin/sh\ntouch " + ran + "\n");
        place.sh(place.top(), "chmod", "-R", "755", git.bare().resolve("hooks").toString());
        place.sh(git.bare(), "git", "config", "uploadpack.packObjectsHook", "touch " + ran + "; false");
        git.file(".gitattributes", "* filter=evil\n").commit();
        Codebase codebase = codebase("main");
        bench.task().run(bench.bring(codebase, "web1"));
        assertThat(ran).doesNotExist();
        assertThat(text(codebase, "public/index.html")).isEqualTo("one\n");
    }

    @Test
    void submodulesAreNotBroughtAndSaidSo() throws Exception {
        git.git("update-index", "--add", "--cacheinfo", "160000," + first + ",vendor/lib");
        git.file(
                ".gitmodules", "[submodule \"../../.ssh\"]\n\tpath = vendor/lib\n\turl = --upload-pack=touch /tmp/x\n");
        git.git("add", ".gitmodules");
        git.git("-c", "user.name=T", "-c", "user.email=t@example.net", "commit", "--quiet", "-m", "x");
        git.push();
        // Git itself refuses such a URL when it checks what it gets.
        assertThatThrownBy(() -> bench.task().run(bench.bring(codebase("main"), "web1")))
                .isInstanceOf(SourceException.class);

        git.file(".gitmodules", "[submodule \"lib\"]\n\tpath = vendor/lib\n\turl = https://git.example.net/lib\n");
        git.git("add", ".gitmodules");
        git.git("-c", "user.name=T", "-c", "user.email=t@example.net", "commit", "--quiet", "--amend", "-m", "x");
        git.push();
        bench.task().run(bench.bring(codebase("main"), "web1"));
        assertThat(bench.lines()).anyMatch(line -> line.contains("submodule vendor/lib"));
    }

    @Test
    void tooManyFilesAreRefusedBeforeTheFirstIsWritten() {
        bench.setting("max-files", "2");
        git.file("c", "c").commit();
        assertThatThrownBy(() -> bench.task().run(bench.bring(codebase("main"), "web1")))
                .isInstanceOf(SourceException.class)
                .hasMessageContaining("2 files");
        bench.setting("max-files", "200000").setting("max-size-mib", "1");
        git.file("big", "x".repeat(2_000_000)).commit();
        assertThatThrownBy(() -> bench.task().run(bench.bring(codebase("main"), "web1")))
                .isInstanceOf(SourceException.class)
                .hasMessageContaining("1048576 bytes");
    }

    @Test
    void killedBeforeTheRenameItIsDoneAgainOrTakenBack() throws Exception {
        Path traps = Files.createDirectory(place.top().resolve("traps"));
        // The program makes everything durable right before the rename; here that is the end of it.
        Files.writeString(
                traps.resolve("sync"), "#!/bin/sh\n[ \"$1\" = -f ] || exec /bin/sync \"$@\"\nkill -9 $PPID\n");
        place.sh(traps, "chmod", "755", "sync");
        Codebase codebase = codebase("main");
        ShellHost killing = new ShellHost("web1", new LocalShell()).first(traps.toString());

        for (boolean undone : new boolean[] {true, false}) {
            bench.host(killing);
            Bench.Task task = bench.task();
            assertThatThrownBy(() -> task.run(bench.bring(codebase, "web1")))
                    .isInstanceOf(HostUnreachableException.class);
            assertThat(place.listing("code")).contains("partial");
            assertThat(Path.of(bench.tree(codebase))).doesNotExist();
            bench.host(new ShellHost("web1", new LocalShell()));
            if (undone) {
                task.undo();
                assertThat(place.listing("code")).isEmpty();
                task.undo();
            } else {
                task.again();
                assertThat(text(codebase, "public/index.html")).isEqualTo("one\n");
                assertThat(task.revision(codebase)).contains(first);
                assertThat(place.listing("code")).doesNotContain("partial");
            }
        }
    }

    @Test
    void aLostAnswerIsFoundAgainOrTakenBack() throws Exception {
        Codebase codebase = codebase("main");
        place.host().cutNext();
        Bench.Task task = bench.task();
        assertThatThrownBy(() -> task.run(bench.bring(codebase, "web1"))).isInstanceOf(HostUnreachableException.class);
        task.again();
        assertThat(task.revision(codebase)).contains(first);
        task.undo();
        assertThat(place.listing("code")).isEmpty();

        place.host().cutNext();
        Bench.Task other = bench.task();
        assertThatThrownBy(() -> other.run(bench.bring(codebase, "web1"))).isInstanceOf(HostUnreachableException.class);
        other.undo();
        assertThat(place.listing("code")).isEmpty();
    }

    @Test
    void undoEndsAJobThatStillRuns() throws Exception {
        Path traps = Files.createDirectory(place.top().resolve("traps"));
        Path begun = place.top().resolve("begun");
        Files.writeString(traps.resolve("sync"), "#!/bin/sh\ntouch " + begun + "\nexec sleep 600\n");
        place.sh(traps, "chmod", "755", "sync");
        bench.host(new ShellHost("web1", new LocalShell()).first(traps.toString()));
        Codebase codebase = codebase("main");
        Bench.Task task = bench.task();
        Thread job = new Thread(() -> {
            try {
                task.run(bench.bring(codebase, "web1"));
            } catch (Exception e) {
                // It is ended from outside; that is what this test is about.
            }
        });
        job.start();
        while (!Files.exists(begun)) {
            assertThat(job.isAlive()).isTrue();
            Thread.onSpinWait();
        }
        bench.host(new ShellHost("web1", new LocalShell()));
        task.undo();
        assertThat(place.listing("code")).isEmpty();
        job.join(60_000);
        assertThat(job.isAlive()).isFalse();
        // A request that was still on its way finds that there is nothing to do any more.
        assertThatThrownBy(task::again).isInstanceOf(RefusedException.class).hasMessageContaining("taken back");
        assertThat(place.listing("code")).isEmpty();
    }

    @Test
    void aKilledFetchLeavesACacheThatWorks() throws Exception {
        bench.task().run(bench.bring(codebase("main"), "web1"));
        Path repository = Path.of(place.sh(place.top(), "find", "cache/git", "-name", "*.git"));
        Path cache = place.top().resolve(repository);
        Files.writeString(cache.resolve("shallow.lock"), "");
        Files.writeString(cache.resolve("packed-refs.lock"), "");
        if (System.getProperty("user.name").equals("root")) {
            place.sh(cache, "chown", "-R", "nobody", ".");
        }
        git.file("public/index.html", "two\n").commit();
        Codebase next = codebase("main");
        bench.task().run(bench.bring(next, "web1"));
        assertThat(text(next, "public/index.html")).isEqualTo("two\n");

        place.sh(cache, "sh", "-c", "rm HEAD");
        Codebase third = codebase("main");
        bench.task().run(bench.bring(third, "web1"));
        assertThat(text(third, "public/index.html")).isEqualTo("two\n");
    }

    @Test
    void aDamagedReleaseIsNotTakenForOne() throws Exception {
        Codebase codebase = codebase("main");
        bench.task().run(bench.bring(codebase, "web1"));
        place.sh(place.top(), "rm", "-rf", bench.tree(codebase));
        assertThatThrownBy(() -> bench.task().run(bench.bring(codebase, "web1")))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("has lost its files");
    }

    @Test
    void settingsNobodyReadsAreRefused() {
        Codebase codebase =
                Codebase.of("handbook", CodeSource.git(git.url(), "main").with("submodules", "true"));
        assertThatThrownBy(() -> bench.bring(codebase, "web1"))
                .isInstanceOf(InvalidValueException.class)
                .hasMessageContaining("submodules");
    }

    @Test
    void aPathWithSpacesQuotesAndDollarsIsJustAPath() throws Exception {
        bench.setting("code", place.top() + "/co de/$(touch x)'\"*;");
        Codebase codebase = codebase("main");
        Bench.Task task = bench.task().run(bench.bring(codebase, "web1"));
        assertThat(text(codebase, "public/index.html")).isEqualTo("one\n");
        bench.task().run(bench.remove(codebase, "web1"));
        assertThat(place.listing(".")).doesNotContain("public/index.html\n");
        task.undo();
    }
}
