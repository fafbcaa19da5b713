// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aegir.model.Backup;
import dev.aegir.model.Backup.Consistency;
import dev.aegir.model.Backup.Level;
import dev.aegir.model.Backup.Reason;
import dev.aegir.model.HostPath;
import dev.aegir.model.Id;
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
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Real archives, made and unpacked by the programs of this machine. */
@Timeout(120)
class ArchiveTest {
    private static final Id OWNER = Id.of("01JZZZZZZZZZZZZZZZZZZZZZZZ");
    private final ArchiveEngine engine = new ArchiveEngine();
    private final Server server = Server.at("vault", "local:");

    @TempDir
    Path temporary;

    private Path home;
    private Path backups;
    private Ground ground;

    @BeforeEach
    void make() throws Exception {
        home = Files.createDirectories(temporary.resolve("home"));
        backups = temporary.resolve("backups");
        ground = new Ground(temporary.resolve("state"), "web1", "vault");
        Files.createDirectories(home.resolve("files/2026"));
        Shell.run(home.resolve("files"), """
                echo hello >'2026/a b.txt'
                ln -s '2026/a b.txt' link
                ln -s ../link 2026/up
                echo one >h1; ln h1 h2
                printf x >"$(printf 'n\\nl')"; printf y >'back\\slash'; printf z >é
                printf 1 >-- '-- -rf *'
                truncate -s 3M sparse; printf end >>sparse
                head -c 300000 /dev/urandom >random
                mkdir -m 0500 closed-later; chmod 0700 closed-later; echo in >closed-later/in; chmod 0500 closed-later
                mkdir empty; : >nothing; chmod 0640 random; touch -d '2001-02-03 04:05:06.789' random
                """);
        ground.run(engine.prepare(new ServiceRequest(server(), service())));
    }

    @AfterEach
    void close() throws Exception {
        ground.close();
        Shell.run(temporary, "find . -path ./state -prune -o -type d ! -perm -u=w -exec chmod u+rwx {} +");
    }

    private Service service() {
        return Service.of(ServiceKind.BACKUP, "archive").with("directory", backups.toString());
    }

    private Server server() {
        return server.offering(service());
    }

    private EngineRequest<Backup> request(Backup backup) {
        return new EngineRequest<>(backup, server(), service());
    }

    private static Backup backup(Consistency consistency) {
        return backup(Reason.MANUAL, consistency);
    }

    private static Backup backup(Reason reason, Consistency consistency) {
        return new Backup(
                Id.next(),
                OWNER,
                "docs.example.net",
                ServiceRef.of("vault/backup"),
                reason,
                consistency,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    private Tree tree(String server, Path directory) {
        return new Tree(
                OWNER,
                "docs.example.net",
                Name.of(server),
                HostPath.of(directory.toString()),
                List.of("files"),
                Optional.empty());
    }

    private Backup taken(String server) throws Exception {
        Backup backup = backup(Consistency.FROZEN);
        ground.run(engine.take(request(backup), Map.of("files", tree(server, home))));
        return backup.complete(
                ground.recall(backup.contentsFact(), Backup.Contents.class).orElseThrow());
    }

    private Path stored(Backup backup) {
        return backups.resolve(OWNER.value()).resolve(backup.id().value());
    }

    /** Abuse case 16, and names that are hard to write down. */
    @ParameterizedTest
    @ValueSource(strings = {"vault", "web1"})
    void whatIsRestoredIsWhatWasTaken(String server) throws Exception {
        Backup backup = taken(server);
        assertThat(Shell.run(stored(backup), "stat -c '%a %n' . * | sort -k2"))
                .isEqualTo("700 .\n600 files.sums.zst\n600 files.tar.zst\n600 manifest.json\n");
        for (Level level : List.of(Level.STRUCTURE, Level.SAMPLE, Level.FULL)) {
            ground.run(engine.verify(request(backup), level));
        }
        assertThat(ground.results())
                .containsEntry("verify.files.files", "11")
                .containsEntry("verify.files.compared", "11")
                .containsEntry("verify.files.different", "0");

        Path elsewhere =
                Files.createDirectories(temporary.resolve("elsewhere/files")).getParent();
        ground.run(engine.restore(request(backup), Map.of("files", tree(server, elsewhere))));
        assertThat(Shell.fingerprint(elsewhere)).isEqualTo(Shell.fingerprint(home));
        ground.undo();
        assertThat(Shell.run(elsewhere, "find .")).isEqualTo(".\n./files\n");
    }

    /** A site may write in more directories than it did when the backup was taken. */
    @Test
    void whatTheBackupHasNotStaysEmpty() throws Exception {
        Backup backup = taken("vault");
        Path elsewhere = temporary.resolve("elsewhere");
        Files.createDirectories(elsewhere.resolve("files"));
        Files.createDirectories(elsewhere.resolve("private"));
        Tree two = new Tree(
                OWNER,
                "docs.example.net",
                Name.of("vault"),
                HostPath.of(elsewhere.toString()),
                List.of("files", "private"),
                Optional.empty());
        ground.run(engine.restore(request(backup), Map.of("files", two)));
        assertThat(Shell.run(elsewhere, "ls -A . private")).isEqualTo(".:\nfiles\nprivate\n\nprivate:\n");
        Files.delete(elsewhere.resolve("private"));
        assertThat(Shell.fingerprint(elsewhere)).isEqualTo(Shell.fingerprint(home));
    }

    @Test
    void nothingIsUnpackedOverAnything() throws Exception {
        Backup backup = taken("vault");
        String before = Shell.fingerprint(home);
        assertThatThrownBy(() -> ground.run(engine.restore(request(backup), Map.of("files", tree("vault", home)))))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("not empty");
        assertThat(Shell.fingerprint(home)).isEqualTo(before);
    }

    @ParameterizedTest
    @EnumSource(
            value = Level.class,
            names = {"STRUCTURE", "SAMPLE", "FULL"})
    void oneFlippedBitIsFound(Level level) throws Exception {
        Backup backup = taken("vault");
        Path archive = stored(backup).resolve("files.tar.zst");
        byte[] bytes = Files.readAllBytes(archive);
        bytes[bytes.length / 2] ^= 1;
        Files.write(archive, bytes);
        assertThatThrownBy(() -> ground.run(engine.verify(request(backup), level)))
                .isInstanceOf(DamagedBackupException.class)
                .hasMessageContaining("files.tar.zst");
        assertThat(ground.recall(backup.damagedFact(), Boolean.class)).contains(true);
        isRefused(backup, DamagedBackupException.class);
    }

    @Test
    void aTruncatedArchiveIsFound() throws Exception {
        Backup backup = taken("vault");
        Path archive = stored(backup).resolve("files.tar.zst");
        Files.write(archive, java.util.Arrays.copyOf(Files.readAllBytes(archive), 1000));
        isRefused(backup, DamagedBackupException.class);
    }

    private void isRefused(Backup backup, Class<? extends Exception> how) throws Exception {
        Path elsewhere =
                Files.createDirectories(temporary.resolve("refused/files")).getParent();
        String before = Shell.fingerprint(elsewhere);
        assertThatThrownBy(() -> ground.run(engine.restore(request(backup), Map.of("files", tree("vault", elsewhere)))))
                .isInstanceOf(how);
        assertThat(Shell.fingerprint(elsewhere)).isEqualTo(before);
    }

    /** A change that every checksum of the backup knows of, but not what was read from the site. */
    @Test
    void whatIsNotWhatTheSiteHadIsFoundByComparing() throws Exception {
        Backup backup = taken("vault");
        Path stored = stored(backup);
        Shell.run(stored, """
                mkdir x; zstd -dcq files.tar.zst | tar -xC x; echo other >x/files/h1
                tar -cC x ./files | zstd -qc >new; chmod -R u+rwx x; rm -r x; mv new files.tar.zst
                """);
        Backup.Contents contents = backup.contents().orElseThrow();
        String sum = Shell.run(stored, "sha256sum files.tar.zst").substring(0, 64);
        Backup forged = backup.complete(new Backup.Contents(
                contents.at(),
                List.of(
                        new Backup.Part("files", "files.tar.zst", Files.size(stored.resolve("files.tar.zst")), sum),
                        contents.part("files.sums").orElseThrow()),
                contents.facts()));
        ground.run(engine.verify(request(forged), Level.STRUCTURE));
        assertThatThrownBy(() -> ground.run(engine.verify(request(forged), Level.FULL)))
                .isInstanceOf(DamagedBackupException.class);
    }

    @Test
    void whatASiteCanMakeAndNobodyNeedsIsLeftOut() throws Exception {
        Shell.run(home.resolve("files"), """
                mkfifo 'a fifo'; ln -s /etc/passwd out; ln -s ../../x out2; ln -s 2026/../../files/.. out3; chmod 4755 h1
                """);
        Backup backup = taken("vault");
        assertThat(backup.contents().orElseThrow().facts())
                .containsEntry("files.left-out", "4")
                .doesNotContainKey("files.within");
        Path elsewhere =
                Files.createDirectories(temporary.resolve("elsewhere/files")).getParent();
        ground.run(engine.restore(request(backup), Map.of("files", tree("vault", elsewhere))));
        assertThat(ground.lines()).anyMatch(line -> line.contains("a fifo") && line.contains("/etc/passwd"));
        assertThat(elsewhere.resolve("files"))
                .isDirectoryNotContaining(path -> path.getFileName().toString().matches("a fifo|out.?"))
                .isDirectoryContaining(path -> path.getFileName().toString().equals("link"));
        assertThat(Shell.run(elsewhere, "stat -c %a files/h1")).isEqualTo("755\n");
    }

    /** What was looked at when it was stored is believed of these checksums, of these directories, and of ourselves only. */
    @ParameterizedTest
    @CsvSource({
        "MANUAL, files.within, files, false",
        "MANUAL, files.within, other, true",
        "MANUAL, files.other, files, true",
        "IMPORTED, files.within, files, true"
    })
    void whatWasNotLookedAtForThisIsLookedAtAgain(Reason reason, String fact, String value, boolean looked)
            throws Exception {
        Backup backup = taken("vault");
        Backup.Contents contents = backup.contents().orElseThrow();
        assertThat(contents.facts()).containsEntry("files.within", "files");
        Map<String, String> facts = new TreeMap<>(contents.facts());
        facts.remove("files.within");
        facts.put(fact, value);
        // Not what is in it: whoever looks sees that.
        facts.put("files.entries", "1000");
        Backup said = backup(reason, Consistency.FROZEN)
                .complete(new Backup.Contents(contents.at(), contents.parts(), facts));
        Files.move(stored(backup), stored(said));
        Files.writeString(stored(said).resolve(".aegir"), said.id() + "\n");
        if (looked) {
            isRefused(said, RuntimeException.class);
        } else {
            Path elsewhere = Files.createDirectories(temporary.resolve("elsewhere/files"))
                    .getParent();
            ground.run(engine.restore(request(said), Map.of("files", tree("vault", elsewhere))));
            assertThat(Shell.fingerprint(elsewhere)).isEqualTo(Shell.fingerprint(home));
        }
    }

    @Test
    void aBackupThatFailsLeavesNothingAndHarmsNoOther() throws Exception {
        Backup good = taken("vault");
        String before = Shell.fingerprint(stored(good));
        Tree gone = tree("web1", temporary.resolve("nowhere"));
        Backup bad = backup(Consistency.LIVE);
        assertThatThrownBy(() -> ground.run(engine.take(request(bad), Map.of("files", gone))))
                .isInstanceOf(BackupFailedException.class)
                .hasMessageContaining("nowhere");
        assertThat(Shell.fingerprint(stored(good))).isEqualTo(before);
        assertThat(stored(good).getParent().toFile().list())
                .containsExactly(good.id().value());
        ground.run(engine.verify(request(good), Level.FULL));
    }

    /** Promise 2. */
    @Test
    void onlyWhatBearsTheMarkIsRemoved() throws Exception {
        Backup backup = taken("vault");
        Path mark = stored(backup).resolve(".aegir");
        Files.writeString(mark, Id.next() + "\n", StandardOpenOption.TRUNCATE_EXISTING);
        String before = Shell.fingerprint(backups);
        assertThatThrownBy(() -> ground.run(engine.remove(request(backup)))).hasMessageContaining("mark");
        assertThat(Shell.fingerprint(backups)).isEqualTo(before);
        Files.writeString(mark, backup.id() + "\n", StandardOpenOption.TRUNCATE_EXISTING);
        ground.run(engine.remove(request(backup)));
        ground.run(engine.remove(request(backup)));
        assertThat(Shell.run(backups, "find .")).isEqualTo(".\n./.aegir\n");
    }

    /** Promise 6: what is not mounted is not damaged, and not gone. */
    @Test
    void aStoreThatIsAwayIsNotDamaged() throws Exception {
        Backup backup = taken("vault");
        ground.inventory().save(backup);
        Path away = Files.move(backups, temporary.resolve("away"));
        isAway(backup);
        // A mount point, where nothing is mounted.
        Shell.run(temporary, "mkdir -m 0700 backups");
        isAway(backup);
        // One that was prepared before the disk was mounted over it.
        Shell.run(temporary, "cp -p away/.aegir backups");
        isAway(backup);
        assertThat(Shell.run(backups, "find .")).isEqualTo(".\n./.aegir\n");
        Shell.run(temporary, "rm -r backups");
        Files.move(away, backups);
        ground.run(engine.verify(request(backup), Level.FULL));
        ground.run(engine.require(new ServiceRequest(server(), service())));
        // Where others are, one that is missing is missing.
        ground.inventory().save(taken("vault"));
        Shell.run(stored(backup), "rm -r " + stored(backup));
        assertThatThrownBy(() -> ground.run(engine.verify(request(backup), Level.STRUCTURE)))
                .isInstanceOf(DamagedBackupException.class);
        ground.run(engine.remove(request(backup)));
    }

    private void isAway(Backup backup) throws Exception {
        Path elsewhere =
                Files.createDirectories(temporary.resolve("elsewhere/files")).getParent();
        Path file = temporary.resolve("exported.tar");
        Backup another = backup(Consistency.LIVE);
        for (List<Step> steps : List.of(
                engine.verify(request(backup), Level.STRUCTURE),
                engine.remove(request(backup)),
                engine.restore(request(backup), Map.of("files", tree("vault", elsewhere))),
                engine.export(request(backup), Name.of("vault"), HostPath.of(file.toString())),
                engine.take(request(another), Map.of("files", tree("vault", home))),
                engine.prepare(new ServiceRequest(server(), service())),
                engine.require(new ServiceRequest(server(), service())))) {
            assertThatThrownBy(() -> ground.run(steps))
                    .as(steps.get(0).name())
                    .isInstanceOf(StoreAwayException.class)
                    .hasMessageContaining("mounted");
            assertThat(ground.recall(backup.damagedFact(), Boolean.class)).isEmpty();
        }
        assertThat(Shell.run(elsewhere, "find .")).isEqualTo(".\n./files\n");
        assertThat(file).doesNotExist();
    }

    @Test
    void onlyAStoreThatIsNewOrKnownIsMarked() throws Exception {
        Backup backup = taken("vault");
        ground.inventory().save(backup);
        List<Step> prepare = engine.prepare(new ServiceRequest(server(), service()));
        assertThat(prepare.get(0).preview(ground)).isEmpty();
        // As it was made before there were marks.
        Files.delete(backups.resolve(".aegir"));
        assertThat(prepare.get(0).preview(ground)).hasSize(1);
        ground.run(prepare);
        ground.undo();
        assertThat(backups.resolve(".aegir")).doesNotExist();
        ground.run(prepare);
        ground.run(engine.verify(request(backup), Level.STRUCTURE));
        ground.inventory().removeBackup(backup.id());
        Server other = Server.at("vault", "local:").offering(service());
        assertThatThrownBy(() -> ground.run(engine.prepare(new ServiceRequest(other, service()))))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("nobody knows the backups in it");
        ground.run(engine.remove(request(backup)));
        Files.createDirectory(backups.resolve("lost+found"));
        ground.run(engine.prepare(new ServiceRequest(other, service())));
        assertThat(backups.resolve(".aegir")).hasContent(other.id().value());
    }

    @Test
    void aBackupThatOthersNeedStays() throws Exception {
        Backup base = taken("vault");
        Backup other = new Backup(
                Id.next(),
                OWNER,
                "docs.example.net",
                base.service(),
                Reason.MANUAL,
                Consistency.LIVE,
                Optional.empty(),
                Optional.of(base.id()),
                Optional.empty(),
                Optional.empty());
        ground.inventory().save(other);
        assertThatThrownBy(() -> ground.run(engine.remove(request(base))))
                .hasMessageContaining(other.id().value());
        assertThat(stored(base)).isDirectory();
    }

    /** What the inventory has is of use, whatever else failed. */
    @Test
    void aSavedBackupSurvivesTheFailureOfItsTask() throws Exception {
        Backup backup = taken("vault");
        ground.inventory().save(backup);
        ground.undo();
        assertThat(stored(backup)).isDirectory();
        ground.inventory().removeBackup(backup.id());
        ground.undo();
        assertThat(stored(backup)).doesNotExist();
    }

    @Test
    void theFormatCanBeReadWithoutAegir() throws Exception {
        Backup backup = taken("vault");
        assertThat(Files.readString(stored(backup).resolve("manifest.json")))
                .contains(
                        "\"format\" : \"aegir-archive\"",
                        "\"version\" : 1",
                        backup.id().value());
        assertThat(manual(backup)).contains("files/2026/a b.txt: OK");
    }

    private String manual(Backup backup) throws IOException, InterruptedException {
        return Shell.run(Files.createDirectory(temporary.resolve("by-hand")), """
                cp %s/files.* .
                zstd -dcq files.tar.zst | tar -x
                zstd -dcq files.sums.zst | tr '\\0' '\\n' | grep -a 'a b' | sha256sum -c
                chmod -R u+w .
                """.formatted(stored(backup)));
    }
}
