// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aegir.model.AegirException;
import dev.aegir.model.Backup;
import dev.aegir.model.HostPath;
import dev.aegir.model.Id;
import dev.aegir.model.ImportRules;
import dev.aegir.model.Name;
import dev.aegir.model.Server;
import dev.aegir.model.Service;
import dev.aegir.model.ServiceKind;
import dev.aegir.model.ServiceRef;
import dev.aegir.model.Tree;
import dev.aegir.spi.EngineRequest;
import dev.aegir.spi.ImportRequest;
import dev.aegir.spi.ServiceRequest;
import dev.aegir.task.Step;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Archives that were made elsewhere, exported ones among them, read and unpacked by the programs of this machine. */
@Timeout(120)
class ImportTest {
    private static final Id SITE = Id.of("01JYYYYYYYYYYYYYYYYYYYYYYY");
    private static final ImportRules SHOP = new ImportRules(
            Name.of("shop-export"),
            List.of("SHOP", "[^/]+/data"),
            List.of(
                    new ImportRules.Directory("files", "[^/]+/data"),
                    new ImportRules.Directory("private", "[^/]+/data/private")),
            Optional.of("[^/]+\\.sql"));
    private static final ImportRules OTHER = new ImportRules(
            Name.of("other-export"),
            List.of("OTHER"),
            List.of(new ImportRules.Directory("files", "files")),
            Optional.of("dump\\.sql"));

    private final ArchiveEngine engine = new ArchiveEngine();

    @TempDir
    Path temporary;

    private Path packed;
    private Path home;
    private Path staging;
    private Ground ground;

    @BeforeEach
    void make() throws Exception {
        packed = Files.createDirectories(temporary.resolve("packed"));
        home = Files.createDirectories(temporary.resolve("home"));
        staging = temporary.resolve("staging");
        ground = new Ground(temporary.resolve("state"), "web1", "vault");
        Files.createDirectories(home.resolve("files"));
        Files.createDirectories(home.resolve("private"));
        Shell.run(packed, """
                mkdir -p root/data/2026 root/data/private root/code
                echo 'made by a shop' >SHOP; echo 'CREATE TABLE a (b int);' >shop.sql
                echo picture >root/data/2026/a.txt; ln -s a.txt root/data/2026/b.txt; ln -s ../2026 root/data/private/up
                echo secret >root/data/private/key.txt; echo '<?php evil();' >root/code/evil.php
                chmod 2770 root/data root/data/2026; chmod 0700 root/data/2026/a.txt; chmod 0000 root/data/private/key.txt
                """);
    }

    @AfterEach
    void close() {
        ground.close();
    }

    private ImportRequest request(Path file, ImportRules... rules) {
        return new ImportRequest(
                SITE,
                Name.of("vault"),
                HostPath.of(file.toString()),
                List.of(rules),
                true,
                List.of("files", "private"),
                true,
                1000,
                1_000_000,
                Optional.empty(),
                Optional.empty());
    }

    /** With the account of this test, which may not be root. */
    private List<Step> all(ImportRequest request) {
        return List.of(
                engine.look(request).get(0),
                new UnpackImport("unpack", request, tree()),
                engine.bringDump(request, Name.of("web1"), dump()).get(0));
    }

    private Tree tree() {
        return new Tree(
                SITE,
                "shop.example.net",
                Name.of("web1"),
                HostPath.of(home.toString()),
                List.of("files", "private"),
                Optional.empty());
    }

    private HostPath dump() {
        return HostPath.of(staging.resolve("site/import").toString());
    }

    private Path pack(String how) throws Exception {
        Path file = temporary.resolve("shop");
        Shell.run(packed, how + " >'" + file + "'");
        return file;
    }

    private void requireUnpacked() throws Exception {
        assertThat(Shell.run(home, "find . -mindepth 1 -printf '%P|%y|%m|%l\\n' | LC_ALL=C sort"))
                .isEqualTo("""
                        files/2026/a.txt|f|644|
                        files/2026/b.txt|l|777|a.txt
                        files/2026|d|755|
                        files|d|755|
                        private/key.txt|f|644|
                        private/up|l|777|../2026
                        private|d|755|
                        """);
        assertThat(home.resolve("private/key.txt")).hasContent("secret");
        assertThat(staging.resolve("site/import/database.sql")).hasContent("CREATE TABLE a (b int);");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "tar -cz SHOP root shop.sql",
                "tar -c SHOP root shop.sql",
                "tar -c . | xz",
                "tar -c ./root ./shop.sql ./SHOP | bzip2",
                "tar -c root shop.sql SHOP | zstd -q",
                "{ tar -c root shop.sql SHOP; head -c 3000000 /dev/zero; }",
            })
    void whateverItIsCompressedBy(String how) throws Exception {
        // A link upwards that stays in private is only made by hand: in the archive it leads elsewhere.
        Shell.run(packed, "rm root/data/private/up");
        Path file = pack(how);
        String before = Shell.run(temporary, "sha256sum shop");
        ground.run(all(request(file, SHOP, OTHER)));
        Shell.run(home, "ln -s ../2026 private/up");
        requireUnpacked();
        assertThat(ground.results())
                .containsEntry("import.format", "shop-export")
                .containsEntry("import.taken", "6");
        assertThat(String.join("\n", ground.lines()))
                .contains("files from", "private from", "database from", "stays in the archive");
        assertThat(Shell.run(temporary, "sha256sum shop")).isEqualTo(before);
        ground.undo();
        assertThat(Shell.run(temporary, "find home staging -mindepth 1 2>&1 || :"))
                .doesNotContain("a.txt", "database.sql");
    }

    /** Some programs name files only. */
    @Test
    void anArchiveNeedNotNameItsDirectories() throws Exception {
        Shell.run(packed, "rm root/data/private/up");
        Path file = pack("find SHOP root shop.sql ! -type d | tar -cz -T -");
        ground.run(all(request(file, SHOP, OTHER)));
        Shell.run(home, "ln -s ../2026 private/up");
        requireUnpacked();
        assertThat(ground.results()).containsEntry("import.taken", "4");
    }

    /** Where a directory is taken out of another, what a link of it leads to must come along. */
    @Test
    void aLinkMustLeadToWhatComesAlong() throws Exception {
        Path file = pack("tar -cz SHOP root shop.sql");
        assertThatThrownBy(() -> ground.run(all(request(file, SHOP))))
                .isInstanceOf(UnsafeArchiveException.class)
                .hasMessageContaining("leads out");
        requireNothingLanded();
    }

    private void requireNothingLanded() throws Exception {
        assertThat(Shell.run(temporary, "find home -mindepth 2; find staging -name '*.sql' 2>/dev/null || :"))
                .isEmpty();
    }

    private static CraftedTar shop() {
        return new CraftedTar()
                .entry("SHOP", '0', "", "x")
                .entry("shop.sql", '0', "", "x")
                .entry("root/data/", '5', "", "")
                .entry("root/data/a.txt", '0', "", "x");
    }

    /** Abuse case 14, for what no program of ours has made: also in what would stay in the archive. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "absolute", "up", "link out", "link to code", "through a link", "hard link", "device", "FIFO", "setuid",
                "capability", "PAX path", "twice", "newline", "escape", "too large", "too many", "truncated", "damaged"
            })
    void isRefusedBeforeAByteLands(String what) throws Exception {
        CraftedTar tar = shop();
        switch (what) {
            case "absolute" -> tar.entry("/etc/cron.d/x", '0', "", "x");
            case "up" -> tar.entry("root/../../x", '0', "", "x");
            case "link out" -> tar.entry("root/code", '2', "/etc", "");
            case "link to code" -> tar.entry("root/data/x", '2', "../settings.php", "");
            case "through a link" -> tar.entry("root/x", '2', "data", "").entry("root/x/y", '0', "", "x");
            case "hard link" -> tar.entry("root/data/x", '1', "/etc/shadow", "");
            case "device" -> tar.entry("root/data/x", '3', "", "");
            case "FIFO" -> tar.entry("root/data/x", '6', "", "");
            case "setuid" -> tar.mode("0004755").entry("root/x", '0', "", "x");
            case "capability" ->
                tar.pax("SCHILY.xattr.security.capability", "\001\0\0\002\0\004")
                        .entry("root/x", '0', "", "x");
            case "PAX path" -> tar.pax("path", "../x").entry("root/data/x", '0', "", "x");
            case "twice" -> tar.entry("root/data/a.txt", '0', "", "y");
            case "newline" -> tar.entry("root/data/a\nb", '0', "", "x");
            case "escape" -> tar.entry("root/data/a\033[2Jb", '0', "", "x");
            case "too large" -> tar.entry("root/x", '0', "", "x".repeat(1_000_001));
            case "too many" -> {
                for (int i = 0; i < 1000; i++) {
                    tar.entry("root/x" + i, '0', "", "");
                }
            }
            default -> {}
        }
        Files.write(temporary.resolve("shop.tar"), tar.bytes());
        Shell.run(temporary, "gzip -c shop.tar >shop");
        if (what.equals("truncated")) {
            Shell.run(temporary, "head -c -20 shop >short; mv short shop");
        } else if (what.equals("damaged")) {
            Shell.run(temporary, "printf x | dd of=shop bs=1 seek=40 conv=notrunc status=none");
        }
        String before = Shell.fingerprint(temporary.resolve("home"));
        assertThatThrownBy(() -> ground.run(all(request(temporary.resolve("shop"), SHOP))))
                .isInstanceOfAny(UnsafeArchiveException.class, DamagedBackupException.class);
        assertThat(Shell.fingerprint(temporary.resolve("home"))).isEqualTo(before);
        requireNothingLanded();
    }

    @Test
    void aBombIsNeverRead() throws Exception {
        Shell.run(packed, "rm root/data/private/up; truncate -s 8G root/data/bomb");
        Path file = pack("tar -c --sparse . | zstd -q");
        assertThatThrownBy(() -> ground.run(all(request(file, SHOP))))
                .isInstanceOf(UnsafeArchiveException.class)
                .hasMessageContaining("more in it than it should have");
        requireNothingLanded();
    }

    @Test
    void whatIsNotKnownOrNotClearIsRefused() throws Exception {
        Shell.run(packed, "rm root/data/private/up");
        Path none = pack("tar -cz root");
        assertThatThrownBy(() -> ground.run(all(request(none, SHOP, OTHER))))
                .hasMessageContaining("none of the formats [shop-export, other-export]");
        Shell.run(packed, "touch OTHER dump.sql");
        Path both = pack("tar -cz .");
        assertThatThrownBy(() -> ground.run(all(request(both, SHOP, OTHER)))).hasMessageContaining("Say which");
        Path two = pack("tar -cz SHOP root shop.sql dump.sql");
        assertThatThrownBy(() -> ground.run(all(request(two, SHOP))))
                .hasMessageContaining("could be the database")
                .hasMessageContaining("shop.sql");
        Path dumpless = pack("tar -cz SHOP root");
        assertThatThrownBy(() -> ground.run(all(request(dumpless, SHOP)))).hasMessageContaining("no dump");
        Shell.run(packed, "cp -r root second");
        Path sites = pack("tar -cz SHOP root second shop.sql");
        assertThatThrownBy(() -> ground.run(all(request(sites, SHOP))))
                .hasMessageContaining("could be the files")
                .hasMessageContaining("second/data");
        requireNothingLanded();
    }

    /** What somebody else may change between the look and the unpacking is never looked at. */
    @Test
    void nobodyElseMayBeAbleToChangeIt() throws Exception {
        Shell.run(packed, "rm root/data/private/up");
        Path file = pack("tar -cz SHOP root shop.sql");
        Shell.run(temporary, "ln -s shop link; mkdir -m 0777 open; cp shop open/shop; chmod 0646 shop");
        for (String each : List.of("shop", "link", "open/shop", "missing")) {
            assertThatThrownBy(() -> ground.run(all(request(temporary.resolve(each), SHOP))))
                    .as(each)
                    .isInstanceOf(AegirException.class)
                    .hasMessageMatching("(?s).*(can be changed by others|is reached by a link).*");
        }
        requireNothingLanded();
        assertThat(file).exists();
    }

    private EngineRequest<Backup> stored() throws Exception {
        Service service = Service.of(ServiceKind.BACKUP, "archive")
                .with("directory", temporary.resolve("backups").toString());
        Server vault = Server.at("vault", "local:").offering(service);
        ground.run(engine.prepare(new ServiceRequest(vault, service)));
        Path site = Files.createDirectories(temporary.resolve("site"));
        Shell.run(site, """
                mkdir -p home/files/2026 home/private dump; echo picture >home/files/2026/a.txt
                ln -s a.txt home/files/2026/b.txt; echo secret >home/private/key.txt
                echo 'CREATE TABLE a (b int);' >dump/database.sql
                """);
        Backup backup = new Backup(
                Id.next(),
                Id.next(),
                "docs.example.net",
                ServiceRef.of("vault/backup"),
                Backup.Reason.MANUAL,
                Backup.Consistency.FROZEN,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
        EngineRequest<Backup> request = new EngineRequest<>(backup, vault, service);
        Tree files = tree().at(Name.of("web1"), HostPath.of(site.resolve("home").toString()), Optional.empty());
        Tree dump = new Tree(
                SITE,
                "docs",
                Name.of("web1"),
                HostPath.of(site.resolve("dump").toString()),
                List.of(""),
                Optional.empty());
        ground.run(engine.take(request, Map.of("files", files, "database", dump)));
        return new EngineRequest<>(
                backup.complete(ground.recall(backup.contentsFact(), Backup.Contents.class)
                        .orElseThrow()),
                vault,
                service);
    }

    @Test
    void whatIsExportedComesBack() throws Exception {
        EngineRequest<Backup> backup = stored();
        Path file = temporary.resolve("export.tar");
        ground.run(engine.export(backup, Name.of("web1"), HostPath.of(file.toString())));
        assertThat(Shell.run(temporary, "stat -c '%a %u' export.tar"))
                .isEqualTo(Shell.run(temporary, "echo 600 $(id -u)"));
        assertThat(Shell.run(temporary, "sha256sum <export.tar"))
                .startsWith(ground.results().get("export.sha256"));
        assertThat(Shell.run(temporary, "tar -tf export.tar"))
                .startsWith("manifest.json\n")
                .contains("files.tar.zst", "files.sums.zst", "database.tar.zst");
        assertThat(Shell.run(temporary, "ls -A")).doesNotContain(".aegir-export");

        ImportRequest moved = new ImportRequest(
                SITE,
                Name.of("web1"),
                HostPath.of(file.toString()),
                List.of(SHOP),
                true,
                List.of("files", "private"),
                true,
                1000,
                1_000_000,
                Optional.empty(),
                Optional.empty());
        ground.run(all(moved));
        Shell.run(home, "ln -s ../2026 private/up");
        requireUnpacked();
        assertThat(ground.results()).containsEntry("import.format", "aegir-archive");

        HostPath taken = HostPath.of(
                Files.writeString(temporary.resolve("taken.tar"), "of somebody").toString());
        assertThatThrownBy(() -> ground.run(engine.export(backup, Name.of("web1"), taken)))
                .hasMessageContaining("is there already");
        assertThat(temporary.resolve("taken.tar")).hasContent("of somebody");
        ground.run(engine.export(backup, Name.of("web1"), HostPath.of(temporary + "/again.tar")));
        ground.undo();
        assertThat(temporary.resolve("again.tar")).doesNotExist();
    }

    @Test
    void aStoredDirectoryIsAsGoodAsAnExportedFile() throws Exception {
        EngineRequest<Backup> backup = stored();
        ground.run(all(request(Path.of(Stored.of(backup).complete().value()), SHOP)));
        Shell.run(home, "ln -s ../2026 private/up");
        requireUnpacked();
    }

    @ParameterizedTest
    @ValueSource(strings = {"part", "manifest", "missing", "version", "entries"})
    void anExportThatWasChangedIsRefused(String what) throws Exception {
        EngineRequest<Backup> backup = stored();
        Path file = temporary.resolve("export.tar");
        ground.run(engine.export(backup, Name.of("web1"), HostPath.of(file.toString())));
        Shell.run(temporary, "mkdir x; tar -C x -xf export.tar");
        Shell.run(
                temporary.resolve("x"),
                switch (what) {
                    case "part" -> "zstd -qf manifest.json -o files.tar.zst";
                    case "manifest" -> "echo rubbish >manifest.json";
                    case "missing" -> "rm database.tar.zst";
                    case "version" -> "sed -i 's/\"version\" : 1/\"version\" : 4/' manifest.json";
                    default -> "sed -i 's/\"files.entries\" : \"[0-9]*\"/\"files.entries\" : \"1\"/' manifest.json";
                });
        Shell.run(temporary, "tar -C x -cf export.tar .");
        assertThatThrownBy(() -> ground.run(all(request(file, SHOP))))
                .isInstanceOfAny(UnsafeArchiveException.class, DamagedBackupException.class);
        requireNothingLanded();
    }
}
