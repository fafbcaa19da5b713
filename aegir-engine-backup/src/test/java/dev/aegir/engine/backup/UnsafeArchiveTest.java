// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aegir.engine.backup.internal.Inspection;
import dev.aegir.model.HostPath;
import dev.aegir.model.Id;
import dev.aegir.model.Name;
import dev.aegir.model.ServiceRef;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Abuse case 14: archives that somebody has made to do harm, read by the programs that would unpack them. */
@Timeout(60)
class UnsafeArchiveTest {
    @TempDir
    Path temporary;

    private Ground ground;

    @BeforeEach
    void open() throws Exception {
        ground = new Ground(temporary.resolve("state"), "vault");
    }

    @AfterEach
    void close() {
        ground.close();
    }

    private Inspection inspected(CraftedTar tar, boolean strict, Inspection.Limits limits) throws Exception {
        Path archive = temporary.resolve("files.tar.zst");
        Files.write(temporary.resolve("files.tar"), tar.bytes());
        Shell.run(temporary, "zstd -qf files.tar -o files.tar.zst");
        Inspection inspection = new Inspection(strict, List.of("files"), limits);
        Archive.inspect(ground.host(Name.of("vault")), HostPath.of(archive.toString()), Opening.NONE, inspection);
        return inspection;
    }

    /** As one that was just made. */
    private Inspection readBack(CraftedTar tar) throws Exception {
        Stored stored = new Stored(
                new Store(
                        ServiceRef.of("vault/backup"),
                        HostPath.of(temporary.resolve("backups").toString()),
                        Id.next()),
                Id.next(),
                Id.next());
        Path part = Files.createDirectories(Path.of(stored.part().value()));
        Files.writeString(part.resolve(".aegir"), stored.id() + "\n");
        Files.write(part.resolve("files.tar"), tar.bytes());
        Shell.run(part, "zstd -q --rm files.tar -o files.tar.zst");
        Archive.Written written =
                Archive.readBack(ground.host(Name.of("vault")), stored, "files.tar.zst", List.of("files"));
        Inspection all = inspected(tar, false, Inspection.Limits.NONE);
        assertThat(written.looked().entries()).isEqualTo(all.entries());
        assertThat(written.looked().bytes()).isEqualTo(all.bytes());
        assertThat(written.looked().inspection().leftOut()).isEqualTo(all.leftOut());
        return written.looked().inspection();
    }

    private static CraftedTar crafted(String what) {
        CraftedTar tar = new CraftedTar().entry("./files/", '5', "", "");
        return switch (what) {
            case "absolute" -> tar.entry("/etc/cron.d/x", '0', "", "x");
            case "up" -> tar.entry("./files/../../x", '0', "", "x");
            case "elsewhere" -> tar.entry("./other/x", '0', "", "x");
            case "prefix" -> tar.entry("./files2/x", '0', "", "x");
            case "link out" -> tar.entry("./files/x", '2', "/etc", "");
            case "relative link out" -> tar.entry("./files/x", '2', "../../etc", "");
            case "link in the middle" -> tar.entry("./files/a/x", '2', "b/../../..", "");
            case "through a link" -> tar.entry("./files/x", '2', "y", "").entry("./files/x/passwd", '0', "", "x");
            case "through a later link" ->
                tar.entry("./files/x/passwd", '0', "", "x").entry("./files/x", '2', "y", "");
            case "hard link" -> tar.entry("./files/x", '1', "/etc/shadow", "");
            case "hard link inside" -> tar.entry("./files/y", '0', "", "y").entry("./files/x", '1', "./files/y", "");
            case "character device" -> tar.entry("./files/x", '3', "", "");
            case "block device" -> tar.entry("./files/x", '4', "", "");
            case "FIFO" -> tar.entry("./files/x", '6', "", "");
            case "contiguous" -> tar.entry("./files/x", '7', "", "");
            case "unknown" -> tar.entry("./files/x", 'Z', "", "x");
            case "volume" -> tar.entry("files", 'V', "", "");
            case "setuid" -> tar.mode("0004755").entry("./files/x", '0', "", "x");
            case "setgid" -> tar.mode("0002755").entry("./files/x", '5', "", "");
            case "sticky" -> tar.mode("0001777").entry("./files/x", '5', "", "");
            case "twice" -> tar.entry("./files/x", '0', "", "x").entry("./files/x", '0', "", "y");
            case "switching type" -> tar.entry("./files/x", '5', "", "").entry("./files/x", '2', "y", "");
            case "newline" -> tar.entry("./files/a\nb", '0', "", "x");
            case "escape" -> tar.entry("./files/a\033[2Jb", '0', "", "x");
            case "PAX path" -> tar.pax("path", "/etc/x").entry("./files/x", '0', "", "x");
            case "PAX link" -> tar.pax("linkpath", "/etc").entry("./files/x", '2', "y", "");
            case "PAX path upwards" -> tar.pax("path", "./files/../../x").entry("./files/x", '0', "", "x");
            case "capability" ->
                tar.pax("SCHILY.xattr.security.capability", "\001\0\0\002\0\004")
                        .entry("./files/x", '0', "", "x");
            case "too large" -> tar.entry("./files/x", '0', "", "x".repeat(2000));
            default -> throw new IllegalArgumentException(what);
        };
    }

    @ParameterizedTest
    @CsvSource({
        "absolute, true",
        "up, true",
        "elsewhere, true",
        "prefix, true",
        "link out, false",
        "relative link out, false",
        "link in the middle, false",
        "through a link, true",
        "through a later link, true",
        "hard link, true",
        "hard link inside, true",
        "character device, true",
        "block device, true",
        "FIFO, false",
        "unknown, true",
        "volume, true",
        "setuid, false",
        "setgid, false",
        "sticky, false",
        "twice, true",
        "switching type, true",
        "newline, false",
        "escape, false",
        "PAX path, true",
        "PAX link, false",
        "PAX path upwards, true",
        "capability, true",
        "too large, true"
    })
    void isRefused(String what, boolean ours) throws Exception {
        Inspection.Limits limits = new Inspection.Limits(100, 1000);
        assertThatThrownBy(() -> inspected(crafted(what), true, limits)).isInstanceOf(UnsafeArchiveException.class);
        if (ours) {
            assertThatThrownBy(() -> inspected(crafted(what), false, limits))
                    .isInstanceOf(UnsafeArchiveException.class);
        } else {
            assertThatCode(() -> inspected(crafted(what), false, limits)).doesNotThrowAnyException();
        }
        // What was just made has no limits.
        if (ours && !what.equals("too large")) {
            assertThatThrownBy(() -> readBack(crafted(what))).isInstanceOf(UnsafeArchiveException.class);
        } else {
            assertThatCode(() -> readBack(crafted(what))).doesNotThrowAnyException();
        }
    }

    /** What is in its place need not travel. */
    @Test
    void ofWhatWasJustMadeOnlyThePeculiarIsLookedAtHere() throws Exception {
        CraftedTar tar = new CraftedTar()
                .entry("./files/", '5', "", "")
                .entry("./files/a/", '5', "", "")
                .entry("./files/a/link", '2', "..", "")
                .entry("./files/a/out", '2', "/etc", "")
                .entry("./files/a/plain", '0', "", "12345")
                .entry("./files/a b", '0', "", "12")
                .entry("./files/a-b", '0', "", "1")
                .entry("./files/p", '6', "", "")
                .entry("./files/\u00e9/", '5', "", "")
                .entry("./files/\u00e9/plain", '0', "", "1");
        assertThat(readBack(tar).entries()).isLessThan(9);
    }

    /** Where something is not, everything is looked at: names that two programs sort otherwise are nobody's fault. */
    @Test
    void whatIsInAnotherOrderIsLookedAtAltogether() throws Exception {
        CraftedTar tar = new CraftedTar()
                .entry("./files/", '5', "", "")
                .entry("./files/z", '0', "", "12345")
                .entry("./files/a", '0', "", "12345");
        assertThat(readBack(tar).entries()).isEqualTo(3);
    }

    /** 42 KiB that would fill a disk: reading ends with the first entry that is too much. */
    @Test
    void aBombIsNeverRead() throws Exception {
        Shell.run(temporary, """
                mkdir files; truncate -s 8G files/bomb
                tar --sparse -cf - ./files | zstd -q >files.tar.zst
                """);
        Inspection inspection = new Inspection(true, List.of("files"), new Inspection.Limits(100, 1_000_000));
        assertThatThrownBy(() -> Archive.inspect(
                        ground.host(Name.of("vault")),
                        HostPath.of(temporary.resolve("files.tar.zst").toString()),
                        Opening.NONE,
                        inspection))
                .isInstanceOf(UnsafeArchiveException.class);
    }

    /** As many entries as nobody's disk has inodes for: reading ends with the first that is too many. */
    @Test
    void tooManyEntriesAreNeverRead() throws Exception {
        CraftedTar tar = new CraftedTar().entry("./files/", '5', "", "");
        for (int i = 0; i < 200; i++) {
            tar.entry("./files/" + i, '0', "", "");
        }
        assertThatThrownBy(() -> inspected(tar, true, new Inspection.Limits(100, 1000)))
                .isInstanceOf(UnsafeArchiveException.class);
        assertThat(inspected(tar, true, new Inspection.Limits(201, 1000)).entries())
                .isEqualTo(201);
    }

    @Test
    void linksThatStayInsideAreFine() throws Exception {
        CraftedTar tar = new CraftedTar()
                .entry("./files/", '5', "", "")
                .entry("./files/a/", '5', "", "")
                .entry("./files/a/x -> y", '2', "../b -> c", "")
                .entry("./files/a/here", '2', ".", "")
                .entry("./files/a/top", '2', "..", "");
        Inspection inspection = inspected(tar, true, new Inspection.Limits(5, 0));
        assertThat(inspection.entries()).isEqualTo(5);
        assertThat(inspection.leftOut()).isEmpty();
    }

    @Test
    void rubbishIsNoArchive() throws Exception {
        Files.writeString(temporary.resolve("files.tar.zst"), "rubbish");
        assertThatThrownBy(() -> Archive.inspect(
                        ground.host(Name.of("vault")),
                        HostPath.of(temporary.resolve("files.tar.zst").toString()),
                        Opening.NONE,
                        new Inspection(false, List.of(""), Inspection.Limits.NONE)))
                .isInstanceOf(DamagedBackupException.class);
    }
}
