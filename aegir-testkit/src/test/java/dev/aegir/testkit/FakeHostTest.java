// SPDX-License-Identifier: Apache-2.0
package dev.aegir.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.aegir.host.Applied;
import dev.aegir.host.Command;
import dev.aegir.host.CommandResult;
import dev.aegir.host.ConfigRejectedException;
import dev.aegir.host.ConfigRejectedException.Phase;
import dev.aegir.host.Containment;
import dev.aegir.host.DriftException;
import dev.aegir.host.DriftPolicy;
import dev.aegir.host.Fence;
import dev.aegir.host.FencedException;
import dev.aegir.host.FileChange;
import dev.aegir.host.FileState;
import dev.aegir.host.FileTransaction;
import dev.aegir.host.Host;
import dev.aegir.host.HostRefusedException;
import dev.aegir.host.HostUnreachableException;
import dev.aegir.host.Input;
import dev.aegir.host.RunningCommand;
import dev.aegir.model.HostPath;
import dev.aegir.model.Id;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** The fake host keeps the promises that real ones make. */
class FakeHostTest {
    private static final Command CHECK = Command.of("check");
    private static final Command RELOAD = Command.of("reload");
    private static final Command CONFIRM = Command.of("confirm");
    private static final Id OWNER = Id.next();
    private final FakeHost host = FakeHost.named("web1").otherwise(call -> Answer.ok());

    @Test
    void anUnknownProgramIsNotFound() throws Exception {
        CommandResult result = FakeHost.named("web1").run(Command.of("nothing", "at", "all"));
        assertThat(result.exit()).isEqualTo(127);
        assertThat(result.stderr()).contains("nothing: command not found");
    }

    @Test
    void theProgramInstalledLastAnswers() throws Exception {
        host.program(call -> Answer.ok("old"), "git", "log");
        host.program(call -> Answer.ok("new"), "git", "log");
        assertThat(host.run(Command.of("git", "log", "-1")).stdout()).isEqualTo("new");
        assertThat(host.run(Command.of("git", "push")).stdout()).isEmpty();
    }

    @Test
    void outputBeyondTheLimitIsDropped() throws Exception {
        host.program(call -> Answer.ok("0123456789"), "count");
        Command count = Command.of("count");
        Command little =
                new Command(count.words(), count.user(), count.directory(), count.environment(), count.timeout(), 4);
        CommandResult result = host.run(little);
        assertThat(result.stdout()).isEqualTo("0123");
        assertThat(result.truncated()).isTrue();
    }

    @Test
    void aStartedProgramReadsAndWritesStreams() throws Exception {
        host.program(call -> Answer.ok(new String(call.input().content(), StandardCharsets.UTF_8) + "!"), "cat");
        try (RunningCommand cat = host.start(Command.of("cat"))) {
            cat.stdin().write("hello".getBytes(StandardCharsets.UTF_8));
            cat.stdin().close();
            assertThat(cat.stdout().readAllBytes())
                    .asString(StandardCharsets.UTF_8)
                    .isEqualTo("hello!");
            assertThat(cat.waitFor(Duration.ofSeconds(60))).hasValue(0);
        }
    }

    @Test
    void onceIsOnceForAKey() throws Exception {
        AtomicInteger runs = new AtomicInteger();
        host.program(call -> Answer.ok("run " + runs.incrementAndGet()), "count");
        Command count = Command.of("count");
        assertThat(host.runOnce("a", count, Input.none()).stdout()).isEqualTo("run 1");
        assertThat(host.runOnce("a", count, Input.none()).stdout()).isEqualTo("run 1");
        assertThat(host.runOnce("b", count, Input.none()).stdout()).isEqualTo("run 2");
    }

    @Test
    void whatRanOnceIsFoundAfterACrash() throws Exception {
        AtomicInteger runs = new AtomicInteger();
        host.program(call -> Answer.ok("run " + runs.incrementAndGet()), "count");
        host.inject(new Fault(Fault.Kind.CRASH, 1));
        assertThatThrownBy(() -> host.runOnce("a", Command.of("count"), Input.none()))
                .isInstanceOf(HostCrash.class);
        assertThat(host.runOnce("a", Command.of("count"), Input.none()).stdout())
                .isEqualTo("run 1");
    }

    @Test
    void anOlderOwnerIsRefused() throws Exception {
        Host older = host.fenced(new Fence("site:a", 1));
        Host newer = host.fenced(new Fence("site:a", 2));
        Host other = host.fenced(new Fence("site:b", 1));
        older.run(CHECK);
        newer.run(CHECK);
        assertThatThrownBy(() -> older.run(CHECK)).isInstanceOf(FencedException.class);
        assertThatThrownBy(() -> older.runOnce("a", CHECK, Input.none())).isInstanceOf(FencedException.class);
        assertThatThrownBy(() -> older.files().apply("a", write("/etc/a", "a"))).isInstanceOf(FencedException.class);
        assertThatThrownBy(() -> older.files().revert("a", write("/etc/a", "a")))
                .isInstanceOf(FencedException.class);
        other.run(CHECK);
        assertThat(host.executions()).hasSize(3);
        assertThat(host.text("/etc/a")).isEmpty();
    }

    @Test
    void filesAreWrittenCheckedActivatedAndConfirmed() throws Exception {
        Applied applied = host.files().apply("k", write("/etc/app/a.conf", "a"));
        assertThat(applied.changed()).containsExactly(HostPath.of("/etc/app/a.conf"));
        assertThat(uses()).containsExactly(Execution.Use.CHECK, Execution.Use.ACTIVATE, Execution.Use.CONFIRM);
        assertThat(host.executions())
                .allSatisfy(each -> assertThat(each.seen().text(HostPath.of("/etc/app/a.conf")))
                        .hasValue("a"));
        Applied again = host.files().apply("k", write("/etc/app/a.conf", "a"));
        assertThat(again.changed()).isEmpty();
        assertThat(host.executions()).hasSize(3);
    }

    @Test
    void whateverIsRefusedIsPutBack() throws Exception {
        host.file("/etc/app/old.conf", "old", "0600", "app:app").link("/etc/app/link", "old.conf");
        HostSnapshot before = host.snapshot();
        FileTransaction change = transaction(
                new FileChange.Write(HostPath.of("/etc/app/new/a.conf"), "a", "0644", "root:root", Optional.empty()),
                new FileChange.Delete(HostPath.of("/etc/app/old.conf"), Optional.empty()),
                new FileChange.Delete(HostPath.of("/etc/app/link"), Optional.empty()));
        for (Command failing : List.of(CHECK, RELOAD, CONFIRM)) {
            host.inject(new Fault(
                    Fault.Kind.COMMAND, List.of(CHECK, RELOAD, CONFIRM).indexOf(failing) + 1));
            ConfigRejectedException rejected = catchThrowableOfType(
                    ConfigRejectedException.class, () -> host.files().apply("k", change));
            assertThat(rejected.restored()).isTrue();
            assertThat(rejected.phase().ordinal() - Phase.CHECK.ordinal())
                    .isEqualTo(List.of(CHECK, RELOAD, CONFIRM).indexOf(failing));
            assertThat(before.differences(host.snapshot())).isEmpty();
        }
        for (int write = 1; write <= 4; write++) {
            host.inject(new Fault(Fault.Kind.WRITE, write));
            assertThatThrownBy(() -> host.files().apply("k", change)).hasMessageContaining("could not be written");
            assertThat(before.differences(host.snapshot())).isEmpty();
        }
        assertThat(host.files().revert("k", change)).isFalse();
    }

    @Test
    void whatWasActiveIsActivatedAgainAfterTheFilesArePutBack() throws Exception {
        host.file("/etc/a", "before");
        host.inject(new Fault(Fault.Kind.COMMAND, 3));
        assertThatThrownBy(() -> host.files().apply("k", write("/etc/a", "after")))
                .isInstanceOf(ConfigRejectedException.class);
        assertThat(uses())
                .containsExactly(
                        Execution.Use.CHECK, Execution.Use.ACTIVATE, Execution.Use.CONFIRM, Execution.Use.ACTIVATE);
        assertThat(host.executions().get(3).seen().text(HostPath.of("/etc/a"))).hasValue("before");
    }

    @Test
    void revertPutsBackWhateverWasAppliedUnderAKey() throws Exception {
        host.file("/etc/a", "before", "0600", "app:app");
        HostSnapshot before = host.snapshot();
        host.files().apply("k", write("/etc/a", "once"));
        host.files().apply("k", write("/etc/a", "twice"));
        host.files().apply("other", write("/etc/new/b", "b"));
        assertThat(host.files().revert("other", write("/etc/new/b", "b"))).isTrue();
        assertThat(host.files().revert("k", write("/etc/a", "twice"))).isTrue();
        assertThat(before.differences(host.snapshot())).isEmpty();
        assertThat(host.files().revert("k", write("/etc/a", "twice"))).isFalse();
    }

    @Test
    void revertThatCannotBeActivatedSaysSoAndCanBeRepeated() throws Exception {
        host.file("/etc/a", "before");
        host.files().apply("k", write("/etc/a", "after"));
        host.inject(new Fault(Fault.Kind.COMMAND, 2));
        ConfigRejectedException rejected = catchThrowableOfType(
                ConfigRejectedException.class, () -> host.files().revert("k", write("/etc/a", "after")));
        assertThat(rejected.phase()).isEqualTo(Phase.ACTIVATE);
        assertThat(rejected.restored()).isFalse();
        assertThat(host.text("/etc/a")).hasValue("before");
        assertThat(host.files().revert("k", write("/etc/a", "after"))).isTrue();
    }

    @Test
    void aCrashLeavesThingsHalfDoneUntilTheNextCall() throws Exception {
        host.file("/etc/a", "before");
        HostSnapshot before = host.snapshot();
        FileTransaction change = transaction(file("/etc/a", "after"), file("/etc/b", "new"));
        host.inject(new Fault(Fault.Kind.CRASH, 1));
        assertThatThrownBy(() -> host.files().apply("k", change)).isInstanceOf(HostCrash.class);
        assertThat(host.text("/etc/a")).hasValue("after");
        assertThat(host.text("/etc/b")).isEmpty();
        assertThat(host.files().list(HostPath.of("/etc"))).containsExactly("a");
        assertThat(host.files().revert("k", change)).isFalse();
        assertThat(before.differences(host.snapshot())).isEmpty();
    }

    @Test
    void whatIsAppliedAgainAfterACrashIsActivated() throws Exception {
        FileTransaction change = write("/etc/a", "after");
        // After the directory and the file were made, before anything is checked or activated.
        host.inject(new Fault(Fault.Kind.CRASH, 2));
        assertThatThrownBy(() -> host.files().apply("k", change)).isInstanceOf(HostCrash.class);
        assertThat(host.text("/etc/a")).hasValue("after");
        assertThat(host.files().apply("k", change).changed()).hasSize(1);
        assertThat(uses()).containsExactly(Execution.Use.CHECK, Execution.Use.ACTIVATE, Execution.Use.CONFIRM);
        assertThat(host.files().revert("k", change)).isTrue();
        assertThat(host.text("/etc/a")).isEmpty();
    }

    @Test
    void aLostAnswerMeansThatItMayHaveHappened() throws Exception {
        host.inject(new Fault(Fault.Kind.ANSWER, 1));
        assertThatThrownBy(() -> host.files().apply("k", write("/etc/a", "a")))
                .isInstanceOf(HostUnreachableException.class);
        assertThat(host.struck()).isTrue();
        assertThat(host.text("/etc/a")).hasValue("a");
    }

    @Test
    void driftIsWhatSomebodyElseWrote() throws Exception {
        host.file("/etc/foreign", "theirs");
        host.files().apply("k", write("/etc/ours", "ours"));
        assertThat(host.files().compare(List.of(file("/etc/ours", "ours 2"))))
                .singleElement()
                .returns(false, FileState::drifted);
        host.file("/etc/ours", "edited");
        List<FileState> states = host.files().compare(List.of(file("/etc/foreign", "x"), file("/etc/ours", "ours")));
        assertThat(states).extracting(FileState::drifted).containsExactly(true, true);
        assertThat(states).extracting(FileState::present).containsExactly(Optional.of("theirs"), Optional.of("edited"));
        assertThatThrownBy(() -> host.files().apply("k2", drift(DriftPolicy.FAIL, file("/etc/ours", "ours"))))
                .isInstanceOf(DriftException.class);
        Applied kept = host.files()
                .apply("k2", drift(DriftPolicy.KEEP, file("/etc/ours", "ours"), file("/etc/other", "other")));
        assertThat(kept.changed()).containsExactly(HostPath.of("/etc/other"));
        assertThat(kept.drifted()).extracting(FileState::path).containsExactly(HostPath.of("/etc/ours"));
        assertThat(host.text("/etc/ours")).hasValue("edited");
        Applied over = host.files().apply("k2", drift(DriftPolicy.OVERWRITE, file("/etc/ours", "ours")));
        assertThat(over.drifted()).hasSize(1);
        assertThat(host.text("/etc/ours")).hasValue("ours");
    }

    @Test
    void otherPermissionsAreNoDrift() throws Exception {
        host.file("/etc/a", "a", "0600", "root:root");
        List<FileState> states = host.files().compare(List.of(file("/etc/a", "a")));
        assertThat(states)
                .singleElement()
                .returns(true, FileState::attributesOnly)
                .returns(false, FileState::drifted);
    }

    @Test
    void aLinkIsDriftAndIsReplacedNotFollowed() throws Exception {
        host.file("/etc/target", "target").link("/etc/a", "target");
        assertThat(host.files().compare(List.of(file("/etc/a", "target"))))
                .singleElement()
                .returns(true, FileState::drifted);
        host.files().apply("k", write("/etc/a", "a"));
        assertThat(host.text("/etc/a")).hasValue("a");
        assertThat(host.text("/etc/target")).hasValue("target");
    }

    @Test
    void anOwnedFileWithoutTheIdIsNotTouched() throws Exception {
        host.file("/etc/a", "somebody else's").link("/etc/b", "a");
        for (String path : List.of("/etc/a", "/etc/b")) {
            FileChange owned =
                    new FileChange.Write(HostPath.of(path), "# " + OWNER, "0644", "root:root", Optional.of(OWNER));
            FileChange delete = new FileChange.Delete(HostPath.of(path), Optional.of(OWNER));
            for (FileChange each : List.of(owned, delete)) {
                ConfigRejectedException rejected = catchThrowableOfType(
                        ConfigRejectedException.class,
                        () -> host.files().apply("k", transaction(file("/etc/first", "x"), each)));
                assertThat(rejected.phase()).isEqualTo(Phase.OWNERSHIP);
                assertThat(rejected).hasMessageContaining(path);
            }
        }
        assertThat(host.text("/etc/first")).isEmpty();
        assertThat(host.executions()).isEmpty();
    }

    @Test
    void aDirectoryMustReallyBeWhereItMustBe() throws Exception {
        host.directory("/srv/a/web")
                .directory("/srv/ab")
                .link("/srv/a/out", "../ab")
                .link("/srv/a/in", "/srv/a/web");
        assertThat(apply("/srv/a/web")).isEmpty();
        assertThat(apply("/srv/a/in")).isEmpty();
        assertThat(apply("/srv/a/out")).contains(Phase.CONTAINMENT);
        assertThat(apply("/srv/ab")).contains(Phase.CONTAINMENT);
        assertThat(apply("/srv/a/missing")).contains(Phase.CONTAINMENT);
        // The check itself lets the directory be exchanged: seen before anything is activated.
        host.program(
                call -> {
                    call.host().without("/srv/a/web").link("/srv/a/web", "/srv/ab");
                    return Answer.ok();
                },
                "check");
        HostSnapshot before = host.snapshot();
        assertThat(apply("/srv/a/web")).contains(Phase.CONTAINMENT);
        assertThat(host.text("/etc/contained")).isEqualTo(before.text(HostPath.of("/etc/contained")));
    }

    @Test
    void whatIsInTheWayCannotBeWritten() throws Exception {
        host.directory("/etc/dir").file("/etc/file", "x");
        for (String path : List.of("/etc/dir", "/etc/file/below")) {
            ConfigRejectedException rejected = catchThrowableOfType(
                    ConfigRejectedException.class, () -> host.files().apply("k", write(path, "x")));
            assertThat(rejected.phase()).isEqualTo(Phase.WRITE);
        }
    }

    @Test
    void filesAreReadAndListedThroughLinks() throws Exception {
        host.file("/etc/app/b", "b").file("/etc/app/a", "a").link("/app", "etc/app");
        assertThat(host.files().list(HostPath.of("/app"))).containsExactly("a", "b");
        assertThat(host.files().list(HostPath.of("/nowhere"))).isEmpty();
        assertThat(host.files().read(HostPath.of("/app/a"), 1)).hasValue(new byte[] {'a'});
        assertThat(host.files().read(HostPath.of("/app/c"), 1)).isEmpty();
        assertThatThrownBy(() -> host.files().read(HostPath.of("/app/a"), 0)).isInstanceOf(HostRefusedException.class);
        host.link("/loop", "loop");
        assertThat(host.files().read(HostPath.of("/loop/x"), 1)).isEmpty();
    }

    @Test
    void aSnapshotSaysWhatIsDifferent() {
        HostSnapshot before =
                host.file("/a", "1\n").directory("/empty").fact("db", "joe").snapshot();
        HostSnapshot after =
                host.file("/a", "2\n").file("/b", "b").fact("db", "").snapshot();
        assertThat(before.differences(after))
                .hasSize(3)
                .anySatisfy(text -> assertThat(text).contains("changed: /a", "- 1", "+ 2"))
                .anySatisfy(text -> assertThat(text).contains("new: /b"))
                .anySatisfy(text -> assertThat(text).contains("gone: fact \"db\"", "joe"));
        assertThat(before).isNotEqualTo(after);
        assertThat(before.withoutEmptyDirectories().toString()).doesNotContain("empty");
    }

    @Test
    void hostsBesideEachOtherShareWhatGoesWrong() throws Exception {
        FakeHost other = host.beside("web2").otherwise(call -> Answer.ok());
        host.inject(new Fault(Fault.Kind.COMMAND, 2));
        assertThat(host.run(CHECK).succeeded()).isTrue();
        assertThat(other.run(CHECK).succeeded()).isFalse();
        assertThat(host.run(CHECK).succeeded()).isTrue();
    }

    @Test
    void anInterruptedThreadDoesNothing() {
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> host.run(CHECK)).isInstanceOf(InterruptedException.class);
        assertThat(host.executions()).isEmpty();
    }

    private Optional<Phase> apply(String directory) throws InterruptedException {
        FileTransaction change = new FileTransaction(
                List.of(file("/etc/contained", directory)),
                List.of(new Containment(HostPath.of(directory), HostPath.of("/srv/a"))),
                List.of(CHECK),
                List.of(),
                List.of(),
                DriftPolicy.OVERWRITE);
        try {
            host.files().apply("contained" + host.executions().size(), change);
            return Optional.empty();
        } catch (ConfigRejectedException e) {
            return Optional.of(e.phase());
        }
    }

    private List<Execution.Use> uses() {
        return host.executions().stream().map(Execution::use).toList();
    }

    private static FileChange file(String path, String content) {
        return new FileChange.Write(HostPath.of(path), content, "0644", "root:root", Optional.empty());
    }

    private static FileTransaction write(String path, String content) {
        return transaction(file(path, content));
    }

    private static FileTransaction transaction(FileChange... files) {
        return drift(DriftPolicy.OVERWRITE, files);
    }

    private static FileTransaction drift(DriftPolicy policy, FileChange... files) {
        return new FileTransaction(
                List.of(files), List.of(), List.of(CHECK), List.of(RELOAD), List.of(CONFIRM), policy);
    }
}
