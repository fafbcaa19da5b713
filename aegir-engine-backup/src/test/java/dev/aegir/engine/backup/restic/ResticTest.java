// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.backup.restic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aegir.engine.backup.BackupFailedException;
import dev.aegir.engine.backup.DamagedBackupException;
import dev.aegir.engine.backup.StoreAwayException;
import dev.aegir.engine.backup.UnsafeArchiveException;
import dev.aegir.host.Secret;
import dev.aegir.model.Backup;
import dev.aegir.model.Backup.Consistency;
import dev.aegir.model.Backup.Contents;
import dev.aegir.model.Backup.Level;
import dev.aegir.model.Backup.Reason;
import dev.aegir.model.HostPath;
import dev.aegir.model.Id;
import dev.aegir.model.InvalidValueException;
import dev.aegir.model.Name;
import dev.aegir.model.RefusedException;
import dev.aegir.model.Server;
import dev.aegir.model.Service;
import dev.aegir.model.ServiceKind;
import dev.aegir.model.ServiceRef;
import dev.aegir.model.Tree;
import dev.aegir.spi.EngineRequest;
import dev.aegir.spi.ServiceRequest;
import dev.aegir.task.Step;
import dev.aegir.testkit.Answer;
import dev.aegir.testkit.Call;
import dev.aegir.testkit.FakeHost;
import dev.aegir.testkit.TestRunner;
import dev.aegir.testkit.TestRunner.Outcome;
import dev.aegir.testkit.TestRunner.State;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the steps make of what restic says, which is said here by nobody. */
class ResticTest {
    private static final Id OWNER = Id.of("01JZZZZZZZZZZZZZZZZZZZZZZZ");
    private static final String SNAPSHOT = "5".repeat(64);
    private static final String SUMMARY =
            "{\"message_type\":\"summary\",\"snapshot_id\":\"55555555\"}\n{\"message_type\":\"aegir\",\"changed\":false}\n";
    private static final String GONE =
            "{\"message_type\":\"error\",\"error\":{\"Op\":\"lstat\",\"Err\":2},\"item\":\"/run/aegir-restic/files/x\"}\n";
    private static final String CLOSED =
            "{\"message_type\":\"error\",\"error\":{\"Op\":\"open\",\"Err\":13},\"item\":\"/run/aegir-restic/files/key\"}\n";
    private static final int CLOSED_AND_SAVED = 3;

    private final ResticEngine engine = new ResticEngine();
    private final Map<String, Deque<Answer>> answers = new HashMap<>();
    private final List<String> asked = new ArrayList<>();
    private final FakeHost host = FakeHost.named("web1").otherwise(this::answer);
    private final TestRunner runner = TestRunner.on(host).unknownSecrets(reference -> Secret.of("a secret"));
    private final Server server = Server.at("web1", "fake://web1");
    private final Backup backup = backup(Consistency.LIVE);

    private static Backup backup(Consistency consistency) {
        return new Backup(
                Id.of("01JAAAAAAAAAAAAAAAAAAAAAA1"),
                OWNER,
                "docs.example.net",
                ServiceRef.of("web1/backup"),
                Reason.MANUAL,
                consistency,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    private static Service service() {
        return Service.of(ServiceKind.BACKUP, "restic").with("password", "restic/password");
    }

    private EngineRequest<Backup> request(Backup of) {
        return new EngineRequest<>(of, server, service());
    }

    private static Tree tree() {
        return new Tree(
                OWNER,
                "docs.example.net",
                Name.of("web1"),
                HostPath.of("/srv/site"),
                List.of("files"),
                Optional.of("site1"));
    }

    private List<Step> take(Backup of) {
        return engine.take(request(of), Map.of("files", tree()));
    }

    /** The answers to a script, one after the other; the last again and again. */
    private void says(String script, Answer... one) {
        answers.put(script, new ArrayDeque<>(List.of(one)));
    }

    private Answer answer(Call call) {
        List<String> words = call.command().words();
        String text = words.get(words.indexOf("-c") + 1);
        String script = text.lines().findFirst().orElse("").replaceFirst("# (restic|backup): ", "");
        assertThat(words).noneMatch(word -> word.contains("a secret"));
        asked.add(script);
        Deque<Answer> left = answers.getOrDefault(script, new ArrayDeque<>());
        return left.size() > 1 ? left.removeFirst() : left.isEmpty() ? Answer.ok() : left.getFirst();
    }

    private String snapshot(String id) {
        return "{\"struct_type\":\"snapshot\",\"id\":\"" + id + "\",\"tags\":[\"aegir-" + server.id()
                + "\",\"aegir-owner-" + OWNER + "\",\"aegir-backup-" + backup.id() + "\"]}";
    }

    private static String node(String type, String path, long size) {
        return "{\"struct_type\":\"node\",\"type\":\"" + type + "\",\"path\":\"" + path + "\",\"size\":" + size + "}\n";
    }

    private Answer listing() {
        return Answer.ok(snapshot(SNAPSHOT) + "\n" + node("dir", "/files", 0) + node("dir", "/files/files", 0)
                + node("file", "/files/files/a", 5) + node("socket", "/files/files/s", 0)
                + node("fifo", "/files/files/p", 0));
    }

    @Test
    void aSnapshotIsMadeAndReadBack() throws Exception {
        says("take", Answer.ok(SUMMARY));
        says("ls", listing());
        assertThat(runner.run(take(backup)).state()).isEqualTo(State.SUCCEEDED);
        assertThat(asked).containsExactly("take", "ls");
        assertThat(runner.results())
                .containsEntry("backup.files.entries", "2")
                .containsEntry("backup.files.bytes", "5");
        assertThat(runner.facts().get(backup.contentsFact())).contains(SNAPSHOT);
    }

    private static Answer taken(int files, String snapshot, String damaged, boolean still) {
        return Answer.ok("{\"message_type\":\"summary\",\"snapshot_id\":\"55555555\",\"total_files_processed\":1,"
                + "\"total_bytes_processed\":5}\n{\"message_type\":\"aegir\",\"changed\":false,\"still\":" + still
                + ",\"files\":" + files + ",\"parts\":{\"files\":{\"entries\":2,\"bytes\":5}},\"snapshot\":\""
                + snapshot
                + "\",\"damaged\":\"" + damaged + "\"}\n");
    }

    @Test
    void whatTheScriptHasReadBackResticNeedNotSay() throws Exception {
        says("take", taken(1, SNAPSHOT, "", true));
        assertThat(runner.run(take(backup)).state()).isEqualTo(State.SUCCEEDED);
        assertThat(asked).containsExactly("take");
        assertThat(runner.results())
                .containsEntry("backup.files.entries", "2")
                .containsEntry("backup.files.bytes", "5");
        assertThat(runner.facts().get(backup.contentsFact())).contains(SNAPSHOT);
    }

    @Test
    void whatTheScriptDoesNotKnowResticSays() throws Exception {
        for (Answer doubt :
                List.of(taken(2, SNAPSHOT, "", true), taken(1, "", "", true), taken(1, SNAPSHOT, "", false))) {
            asked.clear();
            says("take", doubt);
            says("ls", listing());
            assertThat(TestRunner.on(host)
                            .unknownSecrets(reference -> Secret.of("a secret"))
                            .run(take(backup))
                            .state())
                    .isEqualTo(State.SUCCEEDED);
            assertThat(asked).containsExactly("take", "ls");
        }
    }

    @Test
    void whatIsNotThereAsItWasWrittenIsNoBackup() throws Exception {
        says("take", taken(1, SNAPSHOT, " " + "6".repeat(64), true));
        says("find", Answer.ok("[]\n"));
        Outcome outcome = runner.run(take(backup));
        assertThat(outcome.state()).isEqualTo(State.ROLLED_BACK);
        assertThat(outcome.cause().orElseThrow())
                .isInstanceOf(DamagedBackupException.class)
                .hasMessageContaining("6".repeat(64));
    }

    @Test
    void whatCouldNotBeReadIsNamedAndIsNoSuccess() throws Exception {
        says("take", new Answer(CLOSED_AND_SAVED, SUMMARY, GONE + CLOSED));
        says("find", Answer.ok("[" + snapshot(SNAPSHOT) + "]\n"));
        Outcome outcome = runner.run(take(backup));
        assertThat(outcome.state()).isEqualTo(State.ROLLED_BACK);
        assertThat(outcome.cause().orElseThrow())
                .isInstanceOf(BackupFailedException.class)
                .hasMessageContaining("/run/aegir-restic/files/key (open: errno 13)");
        assertThat(asked).as("what was saved is forgotten").containsExactly("take", "find", "forget");
    }

    @Test
    void whatIsRemovedMeanwhileIsTriedAgain() throws Exception {
        says("take", new Answer(CLOSED_AND_SAVED, SUMMARY, GONE), Answer.ok(SUMMARY));
        says("find", Answer.ok("[" + snapshot(SNAPSHOT) + "]\n"));
        says("ls", listing());
        assertThat(runner.run(take(backup)).state()).isEqualTo(State.SUCCEEDED);
        assertThat(asked).containsExactly("take", "find", "forget", "take", "ls");
    }

    @Test
    void nothingIsRemovedOrWrittenWhileASiteIsFrozen() throws Exception {
        says("take", new Answer(CLOSED_AND_SAVED, SUMMARY, GONE));
        says("find", Answer.ok("[]\n"));
        assertThat(runner.run(take(backup(Consistency.FROZEN))).state()).isEqualTo(State.ROLLED_BACK);
        says("take", Answer.ok(SUMMARY.replace("false", "true")));
        assertThat(runner.run(take(backup(Consistency.FROZEN))).cause().orElseThrow())
                .hasMessageContaining("written while they were read");
    }

    @Test
    void aLockThatIsHeldIsAnErrorOfItsOwn() throws Exception {
        says("take", new Answer(75, "", "repository is already locked by PID 4 on web2"));
        says("find", Answer.ok("[]\n"));
        assertThat(runner.run(take(backup)).cause().orElseThrow())
                .isInstanceOf(RepositoryLockedException.class)
                .hasMessageContaining("PID 4 on web2");
        assertThat(asked).as("nothing was made that could be forgotten").containsExactly("take");
    }

    @Test
    void aRepositoryOfAnotherIsRefused() throws Exception {
        says(
                "prepare",
                Answer.ok("[{\"id\":\"1\",\"tags\":[\"aegir-repository\",\"aegir-01JYYYYYYYYYYYYYYYYYYYYYYY\"]}]\n"));
        isRefused("another's mark");
        says("prepare", Answer.ok("[]\n[{\"id\":\"1\",\"tags\":null}]\n"));
        isRefused("snapshots without any mark");
        says("prepare", Answer.ok("[]\n[{\"id\":\"1\",\"ta"));
        isRefused("an answer that was cut off");
    }

    private void isRefused(String what) throws Exception {
        asked.clear();
        Outcome outcome = runner.run(engine.prepare(new ServiceRequest(server, service())));
        assertThat(outcome.cause()).as(what).get().isInstanceOf(RefusedException.class);
        assertThat(asked).containsExactly("prepare");
    }

    private Backup complete() {
        return complete(2);
    }

    private Backup complete(int entries) {
        return backup.complete(new Contents(
                java.time.Instant.parse("2026-11-21T09:00:00Z"),
                List.of(new Backup.Part("files", SNAPSHOT, 5, SNAPSHOT)),
                Map.of("files.entries", String.valueOf(entries), "files.bytes", "5")));
    }

    @ParameterizedTest
    @CsvSource({
        "'Fatal: repository contains errors', true",
        "'Fatal: unable to open config file: connection refused', false"
    })
    void onlyWhatIsDamagedCountsAsDamaged(String complaint, boolean damaged) throws Exception {
        says("check", new Answer(1, "[" + snapshot(SNAPSHOT) + "]\n", complaint));
        Outcome outcome = runner.run(engine.verify(request(complete()), Level.STRUCTURE));
        assertThat(outcome.cause().orElseThrow())
                .isInstanceOf(damaged ? DamagedBackupException.class : BackupFailedException.class);
        assertThat(runner.facts().containsKey(complete().damagedFact())).isEqualTo(damaged);
    }

    @Test
    void lessThanWasStoredIsDamaged() throws Exception {
        says("check", Answer.ok("[" + snapshot(SNAPSHOT) + "]\n"));
        says(
                "read",
                new Answer(
                        0,
                        "drwxr-xr-x 0/0 0 2026-11-21 09:00:00 files/\ndrwxr-xr-x 0/0 0 2026-11-21 09:00:00 files/files/\n",
                        "aegir-ended restic 0\naegir-ended tar 0\n"));
        Outcome outcome = runner.run(engine.verify(request(complete()), Level.FULL));
        assertThat(outcome.cause().orElseThrow())
                .isInstanceOf(DamagedBackupException.class)
                .hasMessageContaining("1 entries, 0 bytes");
    }

    private String marked() {
        return "[{\"id\":\"" + SNAPSHOT + "\",\"tags\":[\"aegir-repository\",\"aegir-" + server.id()
                + "\",\"service-backup\"]}]\n";
    }

    /** Promise 6: one that is not mounted is not damaged; nor is what should be there gone, or made anew. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aRepositoryThatIsAwayIsNotDamaged(boolean another) throws Exception {
        runner.inventory().save(complete());
        says("check", Answer.ok("[]\n"));
        says("find", Answer.ok("[]\n"));
        says("prepare", Answer.ok(another ? marked() : "+\n"));
        says("known", Answer.ok("[]\n"));
        for (List<Step> steps : List.of(
                engine.verify(request(complete()), Level.STRUCTURE),
                engine.remove(request(complete())),
                engine.require(new ServiceRequest(server, service())),
                engine.prepare(new ServiceRequest(server, service())))) {
            assertThat(runner.run(steps).cause().orElseThrow())
                    .as(steps.get(0).name())
                    .isInstanceOf(StoreAwayException.class)
                    .hasMessageContaining("mounted");
        }
        assertThat(runner.facts()).doesNotContainKey(complete().damagedFact());
        assertThat(asked).doesNotContain("forget");
        says("known", Answer.ok("[" + snapshot(SNAPSHOT) + "]\n"));
        says("prepare", Answer.ok(marked()));
        assertThat(runner.run(engine.prepare(new ServiceRequest(server, service())))
                        .state())
                .isEqualTo(State.SUCCEEDED);
    }

    @Test
    void aSnapshotWithoutOurTagsIsNotTheBackup() throws Exception {
        says("prepare", Answer.ok(marked()));
        says("check", Answer.ok("[{\"id\":\"" + SNAPSHOT + "\",\"tags\":[\"other\"]}]\n"));
        Outcome outcome = runner.run(engine.verify(request(complete()), Level.STRUCTURE));
        assertThat(outcome.cause().orElseThrow()).isInstanceOf(DamagedBackupException.class);
    }

    @Test
    void onlySnapshotsWithAllTagsAreForgotten() throws Exception {
        says(
                "find",
                Answer.ok("[" + snapshot(SNAPSHOT) + ",{\"id\":\"6\",\"tags\":[\"aegir-backup-" + backup.id()
                        + "\"]}]\n"));
        runner.run(engine.remove(request(complete())));
        assertThat(host.executions().get(host.executions().size() - 1).command().words())
                .contains(SNAPSHOT)
                .doesNotContain("6");
    }

    private static Answer brought(String... lines) {
        return new Answer(0, String.join("\n", lines) + "\n", "aegir-ended find 0\n");
    }

    private Outcome restore(Backup of) throws Exception {
        return runner.run(engine.restore(request(of), Map.of("files", tree())));
    }

    private boolean accepted() {
        return asked.contains("accept");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"brw-rw---- 0 files/a", "crw-rw---- 0 files/a", "?rw-rw---- 0 files/a", "-rw-r----- 5 other"})
    void whatIsPeculiarIsNeverPutIntoItsPlace(String what) throws Exception {
        says("list", brought("drwxr-xr-x 4096 files", "", what, "", "= 1 5"));
        assertThat(restore(complete()).cause().orElseThrow()).isInstanceOf(UnsafeArchiveException.class);
        assertThat(accepted()).isFalse();
        assertThat(asked).last().isEqualTo("room");
        assertThat(asked).contains("clear");
    }

    @Test
    void theKernelLetsNobodyMakeDevices() throws Exception {
        says("list", brought("drwxr-xr-x 4096 files", "", "= 1 5"));
        assertThat(restore(complete()).state()).isEqualTo(State.SUCCEEDED);
        assertThat(host.executions().stream()
                        .map(each -> each.command().words())
                        .filter(words -> words.stream().anyMatch(word -> word.startsWith("# restic: restore"))))
                .singleElement()
                .satisfies(words -> assertThat(words)
                        .startsWith("setpriv", "--inh-caps=-mknod", "--bounding-set=-mknod", "--", "sh"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"= 0 5", "= 2 5", "= 1 4", "= 1", "= 1 x", "= 1 5\n= 0 0", "drwxr-xr-x 4096 files/d"})
    void whatIsNotAllThatWasStoredIsNeverPutIntoItsPlace(String end) throws Exception {
        says("list", brought("drwxr-xr-x 4096 files", "", end));
        assertThat(restore(complete()).state()).isEqualTo(State.ROLLED_BACK);
        assertThat(accepted()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "'no matching ID found for prefix', true, 'is not in'",
        "'load <snapshot/5555555555>: invalid data returned', true, 'invalid data'",
        "'files/a: ciphertext verification failed', true, 'verification failed'",
        "'ignoring error for /files/dev: operation not permitted', false, 'not permitted'"
    })
    void whatCannotBeBroughtIsNeverLookedAt(String complaint, boolean damaged, String message) throws Exception {
        says("restore", new Answer(1, "", complaint));
        assertThat(restore(complete()).cause().orElseThrow())
                .isInstanceOf(damaged ? DamagedBackupException.class : BackupFailedException.class)
                .hasMessageContaining(message);
        assertThat(asked).contains("clear").doesNotContain("list", "accept");
    }

    @Test
    void whereLinksLeadIsLookedAtBeforeTheSiteGetsThem() throws Exception {
        says(
                "list",
                brought(
                        "drwxr-xr-x 4096 files",
                        "",
                        "lrwxrwxrwx 9 files/out",
                        "/etc/cron",
                        "lrwxrwxrwx 1 files/in",
                        "= a",
                        "prw-r--r-- 0 files/fifo",
                        "",
                        "= 1 5"));
        Outcome outcome = restore(complete(4));
        assertThat(outcome.state()).as(outcome.toString()).isEqualTo(State.SUCCEEDED);
        assertThat(host.executions().get(host.executions().size() - 1).command().words())
                .endsWith("site1", "2", "files/out", "files/fifo", "files");
    }

    @ParameterizedTest
    @CsvSource({
        "repository, sftp:elsewhere:/x",
        "repository, s3:https://host/b/../c",
        "repository, /srv/../etc",
        "compression, best",
        "sample, 0%",
        "limit-upload, -1",
        "cache-limit, 0"
    })
    void settingsThatMakeNoSenseAreRefused(String name, String value) {
        Service service = service().with(name, value);
        assertThatThrownBy(() -> engine.prepare(new ServiceRequest(server, service)))
                .isInstanceOf(InvalidValueException.class);
    }

    @Test
    void aServerWithoutAWayThereIsRefused() {
        Tree elsewhere = tree().at(Name.of("web2"), HostPath.of("/srv/site"), Optional.of("site1"));
        assertThatThrownBy(() -> engine.take(request(backup), Map.of("files", elsewhere)))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("sftp.user");
        Service keyless = service().with("sftp.user", "restic").with("sftp.key", "ssh/restic");
        assertThatThrownBy(() ->
                        engine.prepare(new ServiceRequest(Server.at("vault", "ssh://root@vault.example.net"), keyless)))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("host key");
    }
}
