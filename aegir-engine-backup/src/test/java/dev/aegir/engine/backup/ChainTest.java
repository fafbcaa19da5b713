// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aegir.model.Backup;
import dev.aegir.model.Backup.Consistency;
import dev.aegir.model.Backup.Level;
import dev.aegir.model.Backup.Reason;
import dev.aegir.model.Backup.Verified;
import dev.aegir.model.HostPath;
import dev.aegir.model.Id;
import dev.aegir.model.Name;
import dev.aegir.model.RefusedException;
import dev.aegir.model.Retention;
import dev.aegir.model.Server;
import dev.aegir.model.Service;
import dev.aegir.model.ServiceKind;
import dev.aegir.model.ServiceRef;
import dev.aegir.model.Tree;
import dev.aegir.spi.EngineRequest;
import dev.aegir.spi.ServiceRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Backups that hold only what has changed since earlier ones, made by the programs of this machine. */
@Timeout(180)
@Execution(ExecutionMode.CONCURRENT) // they mostly wait, each for its own files
class ChainTest {
    private static final Id OWNER = Id.of("01JZZZZZZZZZZZZZZZZZZZZZZZ");
    private static final String ACCOUNT = System.getProperty("user.name");
    private final ArchiveEngine engine = new ArchiveEngine();
    private final Server server = Server.at("vault", "local:");

    @TempDir
    Path temporary;

    private int increments = 2;
    private Path home;
    private Path backups;
    private Ground ground;

    @BeforeEach
    void make() throws Exception {
        home = Files.createDirectories(temporary.resolve("home"));
        backups = temporary.resolve("backups");
        ground = new Ground(temporary.resolve("state"), "web1", "vault");
        Files.createDirectories(home.resolve("files"));
        Shell.run(home.resolve("files"), """
                mkdir a a.b deep; mkdir -p deep/er; echo kept >a/kept; echo kept >a.b/kept; echo 1 >a/changes; echo 1 >goes
                echo x >turns-into-a-directory; mkdir turns-into-a-file; echo y >turns-into-a-file/y
                ln -s a/kept link; printf odd >"$(printf 'n\\nl')"; printf odd >'back\\slash'; echo dash >-- '-- *'
                mkdir gone; echo z >gone/z; head -c 200000 /dev/urandom >random; echo deep >deep/er/file; : >empty
                mkdir -m 0500 closed; chmod 0700 closed; echo in >closed/in; chmod 0500 closed
                touch -d '2001-02-03 04:05:06.789 UTC' random
                """);
        settled();
        ground.run(engine.prepare(new ServiceRequest(server(), service())));
    }

    /** What was written within the last two seconds, as whole seconds are counted, is read again in any case, and would make every file a changed one. */
    private void settled() throws Exception {
        Shell.run(temporary, "sleep 3.1");
    }

    @AfterEach
    void close() throws Exception {
        ground.close();
        Shell.run(temporary, "find . -path ./state -prune -o -type d ! -perm -u=w -exec chmod u+rwx {} +");
    }

    private Service service() {
        return Service.of(ServiceKind.BACKUP, "archive")
                .with("directory", backups.toString())
                .with("increments", String.valueOf(increments));
    }

    private Server server() {
        return server.offering(service());
    }

    private EngineRequest<Backup> request(Backup backup) {
        return new EngineRequest<>(backup, server(), service());
    }

    private Tree tree(String server, Path directory) {
        return new Tree(
                OWNER,
                "docs.example.net",
                Name.of(server),
                HostPath.of(directory.toString()),
                List.of("files"),
                Optional.of(ACCOUNT));
    }

    private Backup fresh(Consistency consistency) {
        Backup backup = new Backup(
                Id.next(),
                OWNER,
                "docs.example.net",
                ServiceRef.of("vault/backup"),
                Reason.MANUAL,
                consistency,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
        return engine.base(request(backup), ground.inventory().backupsOf(OWNER))
                .map(backup::on)
                .orElse(backup);
    }

    private Backup taken(String server) throws Exception {
        return taken(server, fresh(Consistency.FROZEN));
    }

    private Backup taken(String server, Backup backup) throws Exception {
        ground.run(engine.take(request(backup), Map.of("files", tree(server, home))));
        Backup complete = backup.complete(ground.recall(backup.contentsFact(), Backup.Contents.class)
                        .orElseThrow())
                .verified(new Verified(Level.STRUCTURE, ground.now()));
        ground.inventory().save(complete);
        return complete;
    }

    private Path stored(Backup backup) {
        return backups.resolve(OWNER.value()).resolve(backup.id().value());
    }

    private String inArchive(Backup backup) throws Exception {
        return Shell.run(stored(backup), "zstd -dcq files.tar.zst | tar -t --quoting-style=escape | grep -v '/$'");
    }

    private String restored(Backup backup) throws Exception {
        Path elsewhere = Files.createDirectories(temporary.resolve("restored-" + backup.id() + "/files"))
                .getParent();
        ground.run(engine.restore(request(backup), Map.of("files", tree("vault", elsewhere))));
        return Shell.fingerprint(elsewhere);
    }

    private void changed(String script) throws Exception {
        Shell.run(home.resolve("files"), script);
        settled();
    }

    /** Everything that can happen to a file between backups; each backup is what the site was when it was taken. */
    @ParameterizedTest
    @ValueSource(strings = {"vault", "web1"})
    void eachOfAChainIsWhatWasTaken(String server) throws Exception {
        Backup full = taken(server);
        String first = Shell.fingerprint(home);
        changed("""
                echo 2 >a/changes; rm goes; rm turns-into-a-directory; mkdir turns-into-a-directory; echo x >turns-into-a-directory/x
                rm -r turns-into-a-file; echo f >turns-into-a-file; rm -r gone; echo new >'new file'; mv a.b/kept a.b/moved
                chmod 0600 a/kept; rm link; ln -s a.b/moved link
                """);
        Backup second = taken(server);
        String then = Shell.fingerprint(home);
        assertThat(inArchive(second))
                .contains("a/changes", "new file", "a.b/moved", "a/kept", "link")
                .doesNotContain("random", "deep/er/file", "goes", "empty");
        changed("echo 3 >a/changes; echo again >goes; echo more >>deep/er/file");
        Backup third = taken(server);
        String last = Shell.fingerprint(home);
        assertThat(third.base()).contains(second.id());
        assertThat(second.base()).contains(full.id());
        assertThat(inArchive(third))
                .contains("a/changes", "goes", "deep/er/file")
                .doesNotContain("new file");

        assertThat(restored(full)).isEqualTo(first);
        assertThat(restored(second)).isEqualTo(then);
        assertThat(restored(third)).isEqualTo(last);
        for (Level level : List.of(Level.STRUCTURE, Level.SAMPLE, Level.FULL)) {
            ground.run(engine.verify(request(third), level));
        }
        assertThat(ground.results()).containsEntry("verify.files.0.different", "0");
        assertThat(stored(third).getParent().toFile().list())
                .containsExactlyInAnyOrder(
                        full.id().value(), second.id().value(), third.id().value());

        changed("echo 4 >a/changes");
        Backup fourth = taken(server);
        assertThat(fourth.base()).as("a chain has an end").isEmpty();
        assertThat(inArchive(fourth)).contains("random", "empty");
    }

    @Test
    void whatKeepsItsLengthAndTimeIsFound() throws Exception {
        taken("vault");
        changed("""
                printf odD >'back\\slash'; touch -r random times; head -c 200000 /dev/urandom >random; touch -r times random
                cp -p empty other; mv other empty
                """);
        Backup second = taken("vault");
        assertThat(inArchive(second)).contains("random", "back", "empty").doesNotContain("deep/er/file");
        assertThat(restored(second)).isEqualTo(Shell.fingerprint(home));
    }

    /** The clock that stamps files ticks slowly: a second write within one tick leaves no trace. */
    @Test
    void whatWasWrittenAMomentBeforeIsReadAgain() throws Exception {
        increments = 30;
        taken("vault");
        String noted = "";
        // On a machine with much else to do, more than such a moment may go by until the files are looked at.
        for (int tries = 0; !noted.contains(" - ./files/racy") && tries < 25; tries++) {
            Shell.run(home.resolve("files"), "echo racy >racy");
            noted = Shell.run(stored(taken("vault")), "zstd -dcq files.tree.zst | tr '\\0' '\\n'");
        }
        assertThat(noted).contains(" - ./files/racy");
        settled();
        assertThat(inArchive(taken("vault"))).contains("racy").doesNotContain("random");
        assertThat(inArchive(taken("vault"))).doesNotContain("racy");
    }

    @Test
    void theFormatNamesWhatItAddsTo() throws Exception {
        Backup full = taken("vault");
        changed("echo 2 >a/changes");
        Backup second = taken("vault");
        assertThat(Files.readString(stored(full).resolve("manifest.json"))).contains("\"version\" : 1");
        assertThat(Files.readString(stored(second).resolve("manifest.json")))
                .contains(
                        "\"version\" : 2",
                        "\"file\" : \"" + full.id() + "/files.tar.zst\"",
                        full.contents()
                                .orElseThrow()
                                .part("files")
                                .orElseThrow()
                                .sha256());
        assertThat(Shell.run(stored(second), "zstd -dcq files.tree.zst | tr '\\0' '\\n' | grep -a random"))
                .startsWith("0 ")
                .contains(" 200000 981173106.7890000000 ");
    }

    @Test
    void theFormatCanBeReadWithoutAegir() throws Exception {
        Backup full = taken("vault");
        changed("echo 2 >a/changes; rm goes");
        Backup second = taken("vault");
        Path to = Files.createDirectory(temporary.resolve("by-hand"));
        Shell.run(stored(second), """
                zstd -dcq files.tree.zst | sed -zn 's/^0 [0-9]* [0-9]* [^ ]* [^ ]* //p' >%1$s.names
                zstd -dcq ../%2$s/files.tar.zst |
                    tar -x -C %1$s --no-same-owner --null --verbatim-files-from -T %1$s.names
                zstd -dcq files.tar.zst | tar -x -C %1$s --no-same-owner
                """.formatted(to, full.id()));
        assertThat(Shell.fingerprint(to)).isEqualTo(Shell.fingerprint(home));
    }

    @Test
    void whatIsNeededIsNeverRemoved() throws Exception {
        Backup full = taken("vault");
        changed("echo 2 >a/changes");
        Backup second = taken("vault");
        Retention nothing = new Retention(0, 0, 0, 0, 0, 1, Duration.ZERO);
        Instant later = Instant.parse("2030-01-01T00:00:00Z");
        assertThat(nothing.expired(ground.inventory().backupsOf(OWNER), later)).isEmpty();
        assertThatThrownBy(() -> ground.run(engine.remove(request(full))))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining(second.id().value());
        assertThat(restored(second)).isEqualTo(Shell.fingerprint(home));
        ground.inventory().removeBackup(second.id());
        ground.run(engine.remove(request(second)));
        ground.run(engine.remove(request(full)));
        assertThat(Shell.run(backups, "find .")).isEqualTo(".\n./.aegir\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"flipped", "gone", "unmarked"})
    void aDamagedEarlierOneIsFound(String how) throws Exception {
        Backup full = taken("vault");
        changed("echo 2 >a/changes");
        Backup second = taken("vault");
        Path archive = stored(full).resolve("files.tar.zst");
        switch (how) {
            case "flipped" -> {
                byte[] bytes = Files.readAllBytes(archive);
                bytes[bytes.length / 2] ^= 1;
                Files.write(archive, bytes);
            }
            case "gone" -> Files.delete(archive);
            default -> Files.writeString(stored(full).resolve(".aegir"), Id.next() + "\n");
        }
        for (Level level : List.of(Level.STRUCTURE, Level.FULL)) {
            assertThatThrownBy(() -> ground.run(engine.verify(request(second), level)))
                    .isInstanceOf(DamagedBackupException.class)
                    .hasMessageContaining(full.id() + "/files.tar.zst");
        }
        assertThat(ground.recall(second.damagedFact(), Boolean.class)).contains(true);
        Path elsewhere =
                Files.createDirectories(temporary.resolve("refused/files")).getParent();
        assertThatThrownBy(() -> ground.run(engine.restore(request(second), Map.of("files", tree("vault", elsewhere)))))
                .isInstanceOf(DamagedBackupException.class);
        assertThat(Shell.run(elsewhere, "find .")).isEqualTo(".\n./files\n");
    }

    /** A directory that is another one while it is read takes away files whose own times say nothing of it. */
    @Test
    void whatIsSwappedWhileItIsReadIsNotTakenForUnchanged() throws Exception {
        Backup planned = fresh(Consistency.LIVE);
        Path other = Files.createDirectories(temporary.resolve("other"));
        Shell.run(other, "echo other >kept");
        settled();
        // As if it were swapped after the files were looked at, and back before the archive was stored.
        Process swapping = new ProcessBuilder("bash", "-c", """
                        while [ ! -e %1$s/stop ]; do
                            mv -T %1$s/home/files/a %1$s/away; mv -T %1$s/other %1$s/home/files/a
                            mv -T %1$s/home/files/a %1$s/other; mv -T %1$s/away %1$s/home/files/a
                            : >%1$s/swapped
                        done
                        """.formatted(temporary)).start();
        Shell.run(temporary, "until [ -e swapped ]; do sleep 0.01; done");
        Backup first;
        try {
            first = taken("vault", planned);
        } finally {
            Files.createFile(temporary.resolve("stop"));
            swapping.waitFor();
        }
        assertThat(first.contents().orElseThrow().part("files.tree")).isEmpty();
        settled();
        Backup second = taken("vault");
        assertThat(second.base()).isEmpty();
        assertThat(restored(second)).isEqualTo(Shell.fingerprint(home));
    }

    @Test
    void nothingIsAddedToASafetyBackup() throws Exception {
        Backup full = taken("vault");
        Backup safety = new Backup(
                Id.next(),
                OWNER,
                full.title(),
                full.service(),
                Reason.SAFETY,
                Consistency.FROZEN,
                Optional.empty(),
                Optional.of(full.id()),
                Optional.empty(),
                Optional.empty());
        taken("vault", safety);
        assertThat(taken("vault").base()).contains(full.id());
    }

    /** Nothing is added to a backup that was found damaged, or is gone when it comes to it. */
    @Test
    void onlyWhatIsGoodIsAddedTo() throws Exception {
        Backup full = taken("vault");
        ground.inventory().save(full.unverified());
        assertThat(fresh(Consistency.FROZEN).base()).isEmpty();
        Backup planned = fresh(Consistency.FROZEN).on(full);
        Backup second = taken("vault", planned);
        assertThat(inArchive(second)).contains("random");
        assertThat(restored(second)).isEqualTo(Shell.fingerprint(home));
    }
}
