// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aegir.host.Applied;
import dev.aegir.host.Command;
import dev.aegir.host.CommandTimeoutException;
import dev.aegir.host.ConfigRejectedException;
import dev.aegir.host.ConfigRejectedException.Phase;
import dev.aegir.host.Containment;
import dev.aegir.host.DriftException;
import dev.aegir.host.DriftPolicy;
import dev.aegir.host.Fence;
import dev.aegir.host.FencedException;
import dev.aegir.host.FileChange;
import dev.aegir.host.FileTransaction;
import dev.aegir.host.Host;
import dev.aegir.host.Input;
import dev.aegir.host.Secret;
import dev.aegir.model.HostPath;
import dev.aegir.model.Id;
import dev.aegir.model.InvalidValueException;
import dev.aegir.model.Server;
import dev.aegir.spi.PosixHost;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PosixHostTest {
    private static final Id ID = Id.next();

    @TempDir
    private Path dir;

    private Path tree;
    private PosixHost host;

    @BeforeEach
    void open() throws IOException {
        tree = Files.createDirectories(dir.resolve("tree"));
        host = connect();
    }

    private PosixHost connect() {
        Server server = Server.at("here", "local:?state=" + dir.resolve("state"));
        return (PosixHost) new LocalBackend().connect(server, new NoSecrets());
    }

    @AfterEach
    void close() {
        host.close();
    }

    @Test
    void thisMachineIsReachedHoweverItsAddressIsWritten() throws Exception {
        for (String address : List.of("local:", "local:/", "local:?state=" + dir, "local:/?state=" + dir)) {
            try (Host same = new LocalBackend().connect(Server.at("here", address), new NoSecrets())) {
                assertThat(same.run(Command.of("echo", "here")).orThrow().stdout())
                        .as(address)
                        .isEqualTo("here\n");
            }
        }
        for (String address : List.of("local:/srv", "local:x", "local:?sudo=yes&other=1")) {
            assertThatThrownBy(() -> new LocalBackend().connect(Server.at("here", address), new NoSecrets()))
                    .as(address)
                    .isInstanceOf(InvalidValueException.class);
        }
    }

    @Test
    void wordsArriveAsTheyAre() throws Exception {
        List<String> words = new ArrayList<>(List.of("printf", "%s\\0"));
        List<String> hostile = List.of(
                "$(touch " + dir + "/X)",
                "`touch " + dir + "/X`",
                "a | b & c > d",
                "~",
                "*",
                "-n",
                "--",
                "",
                "two\nlines\\n",
                "back\\slash",
                "%s %b \\0101",
                "trailing newline\n",
                "digits after what is escaped\n504b0304\n0\n\\7\\012",
                "'\"",
                "snowman ☃ 😀",
                "x".repeat(128 * 1024 - 1));
        words.addAll(hostile);
        assertThat(List.of(host.run(Command.of(words)).orThrow().stdout().split("\0", -1)))
                .startsWith(hostile.toArray(String[]::new));
        assertThat(dir.resolve("X")).doesNotExist();
    }

    /** Abuse case 11: Linux cannot pass 128 KiB in a word; nothing is cut. */
    @Test
    void aWordThatIsTooLongIsRefused() {
        assertThatThrownBy(() -> Command.of("printf", "x".repeat(128 * 1024)))
                .isInstanceOf(InvalidValueException.class);
        assertThatThrownBy(() -> Command.of("printf", "\u00e9".repeat(64 * 1024)))
                .isInstanceOf(InvalidValueException.class);
        assertThatThrownBy(() -> Command.of("printf", "a\0b")).isInstanceOf(InvalidValueException.class);
    }

    @Test
    void runsWithInputEnvironmentDirectoryAndExitCode() throws Exception {
        Command command = Command.of("sh", "-c", "cat; pwd; echo \"$GREETING\"; echo oops >&2; exit 7")
                .in(HostPath.of(tree.toString()))
                .environment("GREETING", "hello\nworld");
        var result = host.run(command, Input.text("in "));
        assertThat(result.exit()).isEqualTo(7);
        assertThat(result.stdout()).isEqualTo("in " + tree + "\nhello\nworld\n");
        assertThat(result.stderr()).isEqualTo("oops\n");
        assertThatThrownBy(result::orThrow).hasMessageContaining("oops").hasMessageContaining("here");
    }

    @Test
    void cutsOutputAndKillsWhatTakesTooLong() throws Exception {
        Command much = new Command(
                List.of("sh", "-c", "head -c 9000000 /dev/zero; head -c 9000000 /dev/zero >&2"),
                Optional.empty(),
                Optional.empty(),
                java.util.Map.of(),
                Duration.ofSeconds(20),
                1000);
        var result = host.run(much).orThrow();
        assertThat(result.stdoutBytes()).hasSize(1000);
        assertThat(result.truncated()).isTrue();
        assertThatThrownBy(() -> host.run(Command.of("sleep", "30").timeout(Duration.ofMillis(200))))
                .isInstanceOf(CommandTimeoutException.class);
        assertThat(host.run(Command.of("echo", "still there")).stdout()).isEqualTo("still there\n");
    }

    @Test
    void unchangedIsOneRoundTripAndChangedTwo() throws Exception {
        host.run(Command.of("true")).orThrow();
        List<FileChange> files = Stream.iterate(0, i -> i + 1)
                .limit(200)
                .map(i -> write("sites/site" + i + ".conf", "content " + i + "\n"))
                .toList();
        FileTransaction transaction = change(files);
        long before = host.requests();
        Applied first = host.files().apply("t.1", transaction);
        assertThat(first.changed()).hasSize(200);
        assertThat(host.requests() - before).isEqualTo(2);
        before = host.requests();
        assertThat(host.files().apply("t.2", transaction).changed()).isEmpty();
        assertThat(host.requests() - before).isEqualTo(1);
        assertThat(Files.readString(tree.resolve("sites/site7.conf"))).isEqualTo("content 7\n");
        assertThat(host.files().revert("t.1", transaction)).isTrue();
        assertThat(tree).isEmptyDirectory();
        assertThat(host.files().revert("t.1", transaction)).isFalse();
    }

    @Test
    void everyPhaseThatFailsPutsEverythingBack() throws Exception {
        Files.writeString(tree.resolve("a"), "old a\n");
        Path activations = dir.resolve("activations");
        Command activate = Command.of(
                "sh", "-c", "cat \"$1\" >> \"$2\"", "-", tree.resolve("a").toString(), activations.toString());
        for (Phase phase : List.of(Phase.CHECK, Phase.ACTIVATE, Phase.CONFIRM, Phase.CONTAINMENT)) {
            Files.deleteIfExists(activations);
            FileTransaction transaction = new FileTransaction(
                    List.of(write("a", "new a\n"), write("sub/b", "new b\n")),
                    phase == Phase.CONTAINMENT ? List.of(new Containment(path("sub"), HostPath.of("/usr"))) : List.of(),
                    phase == Phase.CHECK ? List.of(Command.of("sh", "-c", "echo no good; exit 1")) : List.of(),
                    phase == Phase.ACTIVATE ? List.of(activate, Command.of("false")) : List.of(activate),
                    phase == Phase.CONFIRM ? List.of(Command.of("false")) : List.of(),
                    DriftPolicy.OVERWRITE);
            boolean activationFails = phase == Phase.ACTIVATE;
            assertThatThrownBy(() -> host.files().apply("t." + phase, transaction))
                    .isInstanceOfSatisfying(ConfigRejectedException.class, e -> {
                        assertThat(e.phase()).isEqualTo(phase);
                        assertThat(e.restored()).isEqualTo(!activationFails);
                    });
            assertThat(tree.resolve("a")).hasContent("old a\n");
            assertThat(tree.resolve("sub")).doesNotExist();
            assertThat(files(tree)).containsExactly("a");
            if (phase == Phase.CONFIRM) {
                // All files are back before what was active is activated again.
                assertThat(activations).hasContent("new a\nold a\n");
            }
        }
    }

    @Test
    void knowsWhatIsOursAndWhatSomebodyChanged() throws Exception {
        FileChange ours = new FileChange.Write(path("a"), "# " + ID + "\nours\n", "0640", "root:root", Optional.of(ID));
        host.files().apply("t.1", change(List.of(ours)));
        Files.writeString(tree.resolve("a"), "# " + ID + "\nby hand\n");
        FileTransaction fail =
                new FileTransaction(List.of(ours), List.of(), List.of(), List.of(), List.of(), DriftPolicy.FAIL);
        assertThatThrownBy(() -> host.files().apply("t.2", fail))
                .isInstanceOfSatisfying(
                        DriftException.class,
                        e -> assertThat(e.files())
                                .singleElement()
                                .satisfies(state -> assertThat(state.present()).hasValue("# " + ID + "\nby hand\n")));
        FileTransaction keep =
                new FileTransaction(List.of(ours), List.of(), List.of(), List.of(), List.of(), DriftPolicy.KEEP);
        Applied kept = host.files().apply("t.3", keep);
        assertThat(kept.changed()).isEmpty();
        assertThat(kept.drifted()).hasSize(1);
        assertThat(host.files().apply("t.4", change(List.of(ours))).drifted()).hasSize(1);
        assertThat(tree.resolve("a")).hasContent("# " + ID + "\nours\n");

        Files.writeString(tree.resolve("a"), "somebody else's\n");
        for (FileChange change : List.of(ours, new FileChange.Delete(path("a"), Optional.of(ID)))) {
            assertThatThrownBy(() -> host.files().apply("t.5", change(List.of(change))))
                    .isInstanceOfSatisfying(
                            ConfigRejectedException.class,
                            e -> assertThat(e.phase()).isEqualTo(Phase.OWNERSHIP));
            assertThat(tree.resolve("a")).hasContent("somebody else's\n");
        }
    }

    @Test
    void olderOwnersAreRefused() throws Exception {
        Host old = host.fenced(new Fence("site:x", 5));
        Host now = host.fenced(new Fence("site:x", 6));
        old.run(Command.of("true")).orThrow();
        now.run(Command.of("true")).orThrow();
        assertThatThrownBy(() -> old.run(Command.of("touch", dir + "/late"))).isInstanceOf(FencedException.class);
        assertThatThrownBy(() -> old.files().apply("t.1", change(List.of(write("a", "late\n")))))
                .isInstanceOf(FencedException.class);
        assertThatThrownBy(() -> old.runOnce("t.2", Command.of("touch", dir + "/late"), Input.none()))
                .isInstanceOf(FencedException.class);
        assertThat(dir.resolve("late")).doesNotExist();
        assertThat(tree).isEmptyDirectory();
        host.fenced(new Fence("site:y", 1)).run(Command.of("true")).orThrow();
    }

    @Test
    void aCommandRunsOnceForItsKey() throws Exception {
        Command once = Command.of("sh", "-c", "echo ran >> \"$1\"; sleep 0.3; echo done; exit 3", "-", dir + "/count");
        Thread other = new Thread(() -> {
            try {
                host.runOnce("t.1", once, Input.none());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        other.start();
        var result = host.runOnce("t.1", once, Input.none());
        other.join();
        assertThat(result.exit()).isEqualTo(3);
        assertThat(result.stdout()).isEqualTo("done\n");
        host.close();
        host = connect();
        assertThat(host.runOnce("t.1", once, Input.none()).exit()).isEqualTo(3);
        assertThat(dir.resolve("count")).hasContent("ran\n");
    }

    @Test
    void noSecretStaysOnTheDiskAfterItWasRead() throws Exception {
        String secret = "c4n4ry-s3cr3t";
        Command reads = Command.of("sh", "-c", "grep -rl c4n4ry-s3cr3[t] \"$1\"; wc -c", "-", dir + "/state");
        for (int i = 0; i < 2; i++) {
            var once = host.runOnce("t.1", reads, Input.secret(Secret.of(secret)));
            assertThat(once.stdout()).isEqualTo("13\n");
        }
        var run = host.run(Command.of("wc", "-c"), Input.secret(Secret.of(secret)));
        assertThat(run.stdout()).isEqualTo("13\n");
        var left = host.run(Command.of("grep", "-rl", "c4n4ry-s3cr3[t]", dir + "/state"));
        assertThat(left.stdout()).isEmpty();
    }

    @Test
    void whatAnAgentLeftHalfDoneIsPutBack() throws Exception {
        Files.writeString(tree.resolve("a"), "old\n");
        // The check kills the agent itself, in the middle of the transaction, with the new file in place.
        FileTransaction deadly = new FileTransaction(
                List.of(write("a", "new\n"), write("b", "new\n")),
                List.of(),
                List.of(Command.of("sh", "-c", "kill -9 $(cut -d' ' -f4 /proc/$PPID/stat); sleep 5")),
                List.of(),
                List.of(),
                DriftPolicy.OVERWRITE);
        assertThatThrownBy(() -> host.files().apply("t.1", deadly))
                .isInstanceOf(dev.aegir.host.HostUnreachableException.class);
        host.close();
        host = connect();
        host.run(Command.of("true")).orThrow();
        assertThat(files(tree)).containsExactly("a");
        assertThat(tree.resolve("a")).hasContent("old\n");
        assertThat(host.files().revert("t.1", deadly)).isFalse();
    }

    @Test
    void hostilePathsAreJustPaths() throws Exception {
        FileChange odd = write("sp ace/qu'o\"te/$(touch X)/-rf *;&", "content\n");
        host.files().apply("t.1", change(List.of(odd)));
        assertThat(tree.resolve("sp ace/qu'o\"te/$(touch X)/-rf *;&")).hasContent("content\n");
        assertThat(host.files().list(path("sp ace"))).containsExactly("qu'o\"te");
        assertThat(host.files().read(odd.path(), 100))
                .hasValueSatisfying(b -> assertThat(b).hasSize(8));
        assertThat(host.files().compare(List.of(odd))).isEmpty();
        host.files().apply("t.2", change(List.of(new FileChange.Delete(odd.path(), Optional.empty()))));
        assertThat(files(tree)).isEmpty();
    }

    private HostPath path(String relative) {
        return HostPath.of(tree.toString()).resolve(relative);
    }

    private FileChange write(String relative, String content) {
        return new FileChange.Write(path(relative), content, "0644", "root:root", Optional.empty());
    }

    private static FileTransaction change(List<FileChange> files) {
        return new FileTransaction(files, List.of(), List.of(), List.of(), List.of(), DriftPolicy.OVERWRITE);
    }

    private static List<String> files(Path tree) throws IOException {
        try (Stream<Path> all = Files.walk(tree)) {
            return all.filter(Files::isRegularFile)
                    .map(p -> tree.relativize(p).toString())
                    .sorted()
                    .toList();
        }
    }

    private static final class NoSecrets implements dev.aegir.spi.Secrets {
        @Override
        public Optional<dev.aegir.host.Secret> find(dev.aegir.model.SecretRef reference) {
            return Optional.empty();
        }

        @Override
        public void keep(dev.aegir.model.SecretRef reference, dev.aegir.host.Secret secret) {
            throw new IllegalStateException("nothing is kept here");
        }

        @Override
        public void forget(dev.aegir.model.SecretRef reference) {
            throw new IllegalStateException("nothing is kept here");
        }
    }
}
