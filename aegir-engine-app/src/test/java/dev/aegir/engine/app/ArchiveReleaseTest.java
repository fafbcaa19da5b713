// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.aegir.model.CodeSource;
import dev.aegir.model.Codebase;
import dev.aegir.model.InvalidValueException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Releases of archives, good ones and others, by real programs on this machine. */
@Timeout(300)
class ArchiveReleaseTest {
    private final Workplace place = new Workplace();
    private final Bench bench = place.bench();

    @AfterEach
    void clean() {
        place.close();
    }

    private Codebase codebase(String name, byte[] archive) throws Exception {
        place.source(name, archive);
        return Codebase.of("handbook", CodeSource.archive("file://" + place.source(name), sha256(archive)));
    }

    private static String sha256(byte[] bytes) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }

    private static byte[] gzip(byte[] bytes) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (OutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(bytes);
        }
        return out.toByteArray();
    }

    private static byte[] zip(Map<String, String> files) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(out)) {
            for (Map.Entry<String, String> file : files.entrySet()) {
                zip.putNextEntry(new ZipEntry(file.getKey()));
                zip.write(file.getValue().getBytes(StandardCharsets.UTF_8));
            }
        }
        return out.toByteArray();
    }

    private Tar site() {
        return new Tar()
                .directory("public/")
                .file("public/index.html", "one\n")
                .symlink("public/start", "./index.html");
    }

    private String index(Codebase codebase) throws IOException {
        return Files.readString(Path.of(bench.tree(codebase), "public/index.html"));
    }

    @Test
    void bringsTarAlsoCompressed() throws Exception {
        byte[] tar = site().bytes();
        Path plain = place.top().resolve("plain");
        Files.write(plain, tar);
        place.sh(place.top(), "zstd", "-q", "plain", "-o", "plain.zst");
        Map<String, byte[]> archives = new LinkedHashMap<>();
        archives.put("a.tar", tar);
        archives.put("a.tar.gz", gzip(tar));
        archives.put("a.tar.zst", Files.readAllBytes(place.top().resolve("plain.zst")));
        for (Map.Entry<String, byte[]> archive : archives.entrySet()) {
            Codebase codebase = codebase(archive.getKey(), archive.getValue());
            Bench.Task task = bench.task();
            assertThat(task.preview(bench.bring(codebase, "web1"))).hasSize(1);
            task.run(bench.bring(codebase, "web1"));
            assertThat(index(codebase)).isEqualTo("one\n");
            assertThat(task.revision(codebase)).contains(sha256(archive.getValue()));
            assertThat(task.preview(bench.bring(codebase, "web1"))).isEmpty();
            assertThat(place.listing("cache")).doesNotContain("plain");
        }
    }

    @Test
    void bringsZip() throws Exception {
        Codebase codebase = codebase("a.zip", zip(Map.of("public/index.html", "one\n", "public/a ^J b.txt", "x")));
        bench.task().run(bench.bring(codebase, "web1"));
        assertThat(index(codebase)).isEqualTo("one\n");
        assertThat(place.listing("code")).contains("/public/a ^J b.txt");

        Codebase unix = codebase("b.zip", mode(zip(Map.of("ü b.txt", "x")), 0100644));
        bench.task().run(bench.bring(unix, "web1"));
        assertThat(place.listing("code")).contains("/ü b.txt");
    }

    @Test
    void theOneDirectoryAtTheTopCanBeLeftOut() throws Exception {
        Codebase zip = codebase("a.zip", zip(Map.of("handbook-1.0/public/index.html", "one\n")));
        Codebase stripped = Codebase.of("handbook", zip.source().with("strip", "1"));
        bench.task().run(bench.bring(stripped, "web1"));
        assertThat(index(stripped)).isEqualTo("one\n");

        Codebase two = codebase("b.tar", site().file("README", "x").bytes());
        assertThatThrownBy(() -> bench.task()
                        .run(bench.bring(Codebase.of("b", two.source().with("strip", "1")), "web1")))
                .isInstanceOf(SourceException.class)
                .hasMessageContaining("one directory");
    }

    @Test
    void whatIsUnusualAndHarmlessIsBroughtAsItIs() throws Exception {
        String deep = "a/" + "0123456789/".repeat(20) + "deep.txt";
        Tar tar = site().directory("./")
                .file("./dot/x", "x")
                .file("quo\"te -> \"b", "x")
                .file(" space ", "x")
                .hardlink("public/same.html", "public/index.html")
                .symlink("public/up", "../dot/x")
                .symlink("dangling", "public/nothing")
                .entry("run", '0', 0750, "", "x".getBytes(StandardCharsets.UTF_8))
                .entry("secret", '0', 0600, "", "x".getBytes(StandardCharsets.UTF_8))
                .pax("path", deep, "SCHILY.xattr.user.note", "x", "LIBARCHIVE.creationtime", "1", "mtime", "1.5")
                .file("short", "x");
        Codebase codebase = codebase("a.tar", tar.bytes());
        bench.task().run(bench.bring(codebase, "web1"));
        Path tree = Path.of(bench.tree(codebase));
        assertThat(tree.resolve(deep)).hasContent("x");
        assertThat(tree.resolve("quo\"te -> \"b")).exists();
        assertThat(tree.resolve(" space ")).exists();
        assertThat(tree.resolve("public/same.html")).hasContent("one");
        assertThat(tree.resolve("public/up")).hasContent("x");
        assertThat(place.listing("code")).contains("f 755", "/run ").contains("f 644");
        assertThat(Files.getPosixFilePermissions(tree.resolve("secret"))).hasSize(4);
    }

    @Test
    void sparseFilesAreRestored() throws Exception {
        Path work = Files.createDirectory(place.top().resolve("work"));
        place.sh(work, "truncate", "--size=20M", "sparse.bin");
        place.sh(work, "sh", "-c", "printf tail >>sparse.bin");
        place.sh(work, "tar", "--create", "--sparse", "--file=../a.tar", "sparse.bin");
        Codebase codebase = codebase("a.tar", Files.readAllBytes(place.top().resolve("a.tar")));
        bench.task().run(bench.bring(codebase, "web1"));
        assertThat(place.sh(work, "cmp", "sparse.bin", bench.tree(codebase) + "/sparse.bin"))
                .isEmpty();
    }

    @Test
    void whatWouldDoHarmIsRefusedBeforeAByteIsWritten() throws Exception {
        Map<String, Tar> cases = new LinkedHashMap<>();
        cases.put("absolute", site().file("/etc/evil", "x"));
        cases.put("dotdot", site().file("../evil", "x"));
        cases.put("dotdot inside", site().file("public/../../evil", "x"));
        cases.put("dotdot harmless", site().file("public/../evil", "x"));
        cases.put("link out, absolute", site().symlink("evil", "/etc"));
        cases.put("link out, relative", site().symlink("public/evil", "../../x"));
        cases.put("link to the mark", site().symlink("evil", "../RELEASE"));
        cases.put("file through a link", site().symlink("evil", "public").file("evil/x", "x"));
        cases.put("file through a link, first", site().file("evil/x", "x").symlink("evil", "public"));
        cases.put("link out in two steps", site().symlink("a", "public/..").symlink("b", "a/../x"));
        cases.put("hard link out", site().hardlink("evil", "/etc/shadow"));
        cases.put("hard link to nothing", site().hardlink("evil", "../../x"));
        cases.put("hard link to a link", site().symlink("l", "public").hardlink("evil", "l"));
        cases.put("device", site().entry("evil", '3', 0644, "", new byte[0]));
        cases.put("block device", site().entry("evil", '4', 0644, "", new byte[0]));
        cases.put("pipe", site().entry("evil", '6', 0644, "", new byte[0]));
        cases.put("unknown type", site().entry("evil", 'Q', 0644, "", new byte[0]));
        cases.put("set-user-ID", site().entry("evil", '0', 04755, "", new byte[0]));
        cases.put("set-group-ID", site().entry("evil", '0', 02755, "", new byte[0]));
        cases.put("set-group-ID, not executable", site().entry("evil", '0', 02644, "", new byte[0]));
        cases.put("sticky", site().entry("evil", '5', 01777, "", new byte[0]));
        cases.put(
                "capability",
                site().pax("SCHILY.xattr.security.capability", "x").file("evil", "x"));
        cases.put("acl", site().pax("SCHILY.xattr.system.posix_acl_access", "x").file("evil", "x"));
        cases.put("pax path", site().pax("path", "../evil").file("harmless", "x"));
        cases.put("pax link", site().pax("linkpath", "/etc").symlink("evil", "public"));
        cases.put("twice", site().file("evil", "x").file("evil", "y"));
        cases.put("twice, otherwise written", site().file("evil", "x").file("./public//../evil", "y"));
        cases.put("switching type", site().directory("evil").symlink("evil", "public"));
        cases.put(
                "switching type, then through",
                site().symlink("evil", "public").directory("evil").file("evil/x", "x"));
        cases.put("below a file", site().file("evil", "x").file("evil/y", "y"));
        cases.put("newline", site().file("evil\n-rw-r--r-- 0/0 1 2026-01-01 00:00:00 \"x\"", "x"));
        cases.put("escape", site().file("evil\u001b[2J", "x"));
        cases.put("backslash", site().file("evil\\..\\x", "x"));
        cases.put("drive", site().file("C:/evil", "x"));
        for (Map.Entry<String, Tar> each : cases.entrySet()) {
            Codebase codebase = codebase("a.tar", each.getValue().bytes());
            Bench.Task task = bench.task();
            assertThat(catchThrowable(() -> task.run(bench.bring(codebase, "web1"))))
                    .as(each.getKey())
                    .isInstanceOfSatisfying(
                            UnsafeCodeException.class,
                            e -> assertThat(e.problems()).as(each.getKey()).isNotEmpty());
            assertThat(place.listing("code"))
                    .as(each.getKey())
                    .doesNotContain(codebase.id().value(), "evil");
            task.undo();
            assertThat(place.listing("code")).as(each.getKey()).isEmpty();
        }
    }

    @Test
    void bombsAndBrokenArchivesAreRefused() throws Exception {
        bench.setting("max-files", "100").setting("max-size-mib", "8");
        Tar many = new Tar();
        for (int i = 0; i < 101; i++) {
            many.file("f" + i, "");
        }
        byte[] zeros = new byte[64 << 20];
        Map<String, byte[]> cases = new LinkedHashMap<>();
        cases.put("too many", many.bytes());
        cases.put("too big", new Tar().file("a", "x".repeat(9 << 20)).bytes());
        cases.put("a bomb", gzip(new Tar().entry("a", '0', 0644, "", zeros).bytes()));
        cases.put("a bomb after the end", gzip(join(site().bytes(), zeros)));
        cases.put("a sparse bomb", sparseBomb());
        cases.put("truncated gzip", cut(gzip(site().file("random", random()).bytes())));
        cases.put("truncated", cut(site().file("random", random()).bytes()));
        cases.put(
                "a size that lies",
                site().entry("evil", '0', 0644, "", new byte[0], 1 << 20).bytes());
        cases.put("garbage", random().getBytes(StandardCharsets.UTF_8));
        cases.put("gzip of garbage", gzip(random().getBytes(StandardCharsets.UTF_8)));
        for (Map.Entry<String, byte[]> each : cases.entrySet()) {
            Codebase codebase = codebase("a.tar", each.getValue());
            Bench.Task task = bench.task();
            assertThat(catchThrowable(() -> task.run(bench.bring(codebase, "web1"))))
                    .as(each.getKey())
                    .isInstanceOf(SourceException.class);
            task.undo();
            assertThat(place.listing("code")).as(each.getKey()).isEmpty();
            assertThat(place.listing("cache")).as(each.getKey()).doesNotContain("/archive ", "/plain ");
        }
    }

    private byte[] sparseBomb() throws IOException {
        Path work = Files.createDirectory(place.top().resolve("bomb"));
        place.sh(work, "truncate", "--size=1T", "sparse.bin");
        place.sh(work, "tar", "--create", "--sparse", "--file=a.tar", "sparse.bin");
        return Files.readAllBytes(work.resolve("a.tar"));
    }

    private static byte[] join(byte[] first, byte[] second) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(first);
        out.writeBytes(second);
        return out.toByteArray();
    }

    private static byte[] cut(byte[] bytes) {
        return java.util.Arrays.copyOf(bytes, bytes.length - 3000);
    }

    private static String random() {
        StringBuilder out = new StringBuilder();
        java.util.Random random = new java.util.Random(1);
        for (int i = 0; i < 20_000; i++) {
            out.append((char) ('!' + random.nextInt(90)));
        }
        return out.toString();
    }

    /** Abuse case 15. */
    @Test
    void zipsThatWouldDoHarmAreRefused() throws Exception {
        Map<String, byte[]> cases = new LinkedHashMap<>();
        cases.put("dotdot", zip(Map.of("../evil", "x")));
        cases.put("absolute", zip(Map.of("/etc/evil", "x")));
        cases.put("backslash", zip(Map.of("..\\evil", "x")));
        cases.put("drive", zip(Map.of("C:/evil", "x")));
        cases.put("newline", zip(Map.of("a\nb", "x")));
        cases.put("escape", zip(Map.of("a\u001b[2J", "x")));
        cases.put("below a file", zip(sorted("evil", "x", "evil/y", "y")));
        cases.put("link out", mode(zip(Map.of("evil", "/etc")), 0120777));
        cases.put("set-user-ID", mode(zip(Map.of("evil", "x")), 0104755));
        cases.put("pipe", mode(zip(Map.of("evil", "")), 0010644));
        for (Map.Entry<String, byte[]> each : cases.entrySet()) {
            refused(each.getKey(), UnsafeCodeException.class, each.getValue());
        }
    }

    /** Abuse case 15, local headers that say something else than the directory. */
    @Test
    void zipsThatContradictThemselvesAreRefused() throws Exception {
        byte[] good = zip(Map.of("harmless", "x".repeat(1000)));
        int central = central(good);
        byte[] names = good.clone();
        names[central + 46] = 'H';
        byte[] sizes = good.clone();
        sizes[central + 24] = 1;
        sizes[central + 25] = 0;
        byte[] sums = good.clone();
        sums[central + 16] ^= 1;
        Map<String, byte[]> cases = new LinkedHashMap<>();
        cases.put("another name in the local header", names);
        cases.put("a size that lies", sizes);
        cases.put("a checksum that lies", sums);
        cases.put("a name that would come out changed", zip(Map.of("ü", "x")));
        cases.put("truncated", java.util.Arrays.copyOf(good, good.length - 10));
        for (Map.Entry<String, byte[]> each : cases.entrySet()) {
            refused(each.getKey(), SourceException.class, each.getValue());
        }
        bench.setting("max-size-mib", "1");
        refused("a bomb", SourceException.class, zip(Map.of("a", "0".repeat(2 << 20))));
    }

    private void refused(String what, Class<? extends Exception> how, byte[] archive) throws Exception {
        Codebase codebase = codebase("a.zip", archive);
        Bench.Task task = bench.task();
        assertThatThrownBy(() -> task.run(bench.bring(codebase, "web1")))
                .as(what)
                .isInstanceOf(how);
        task.undo();
        assertThat(place.listing("code")).as(what).isEmpty();
    }

    private static Map<String, String> sorted(String... words) {
        Map<String, String> map = new LinkedHashMap<>();
        for (int i = 0; i < words.length; i += 2) {
            map.put(words[i], words[i + 1]);
        }
        return map;
    }

    private static int central(byte[] zip) {
        for (int i = 0; i + 4 < zip.length; i++) {
            if (zip[i] == 'P' && zip[i + 1] == 'K' && zip[i + 2] == 1 && zip[i + 3] == 2) {
                return i;
            }
        }
        throw new IllegalArgumentException("no central directory");
    }

    /** Gives the only entry a mode, as a zip made on Unix has it. */
    private static byte[] mode(byte[] zip, int mode) {
        byte[] copy = zip.clone();
        int central = central(copy);
        copy[central + 5] = 3;
        copy[central + 40] = (byte) (mode & 0xff);
        copy[central + 41] = (byte) (mode >> 8);
        return copy;
    }

    @Test
    void anotherChecksumIsRefused() throws Exception {
        Codebase codebase = codebase("a.tar", site().bytes());
        place.source("a.tar", site().file("more", "x").bytes());
        assertThatThrownBy(() -> bench.task().run(bench.bring(codebase, "web1")))
                .isInstanceOf(SourceException.class)
                .hasMessageContaining("SHA-256");
    }

    @Test
    void aSourceThatReallyLiesElsewhereIsRefused() throws Exception {
        Path secret = place.top().resolve("secret.tar");
        byte[] bytes = site().bytes();
        Files.write(secret, bytes);
        Files.createSymbolicLink(place.source("link.tar"), secret);
        Codebase codebase = Codebase.of("x", CodeSource.archive("file://" + place.source("link.tar"), sha256(bytes)));
        assertThatThrownBy(() -> bench.task().run(bench.bring(codebase, "web1")))
                .isInstanceOf(SourceException.class)
                .hasMessageContaining("not below");
    }

    @Test
    void whatCannotBeRightIsRefusedWhenItIsPlanned() {
        CodeSource noSum = CodeSource.archive("file://" + place.source("a.tar"), "abc");
        assertThatThrownBy(() -> bench.bring(Codebase.of("x", noSum), "web1"))
                .isInstanceOf(InvalidValueException.class);
        CodeSource plain = CodeSource.archive("http://example.net/a.tar", "0".repeat(64));
        assertThatThrownBy(() -> bench.bring(Codebase.of("x", plain), "web1"))
                .isInstanceOf(InvalidValueException.class);
        CodeSource other = CodeSource.archive("file:///home/other/a.tar", "0".repeat(64));
        assertThatThrownBy(() -> bench.bring(Codebase.of("x", other), "web1"))
                .isInstanceOf(InvalidValueException.class);
    }
}
