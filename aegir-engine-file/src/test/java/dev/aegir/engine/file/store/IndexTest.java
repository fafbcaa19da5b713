// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.file.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aegir.engine.file.store.IndexReader.BadIndexException;
import dev.aegir.model.HostPath;
import dev.aegir.model.Id;
import dev.aegir.model.Name;
import dev.aegir.model.Tree;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The index of a store: what comes back of it, and what of it is never believed. */
class IndexTest {
    private static final Id OWNER = Id.of("01JF1KES000000000000000001");
    private static final Tree TREE = new Tree(
            OWNER, "docs.example.net", Name.of("web1"), HostPath.of("/srv/a"), List.of("files"), Optional.empty());
    private static final String SUM = Sums.NOTHING;
    private static final String TIME = "1700000000.123456789";

    @TempDir
    Path directory;

    private Path file() {
        return directory.resolve("index");
    }

    private static Entry directory(String name) {
        return new Entry('d', name, "755", TIME, Entry.UNSURE, 0, "", "");
    }

    private static Entry file(String name, long size) {
        return new Entry('f', name, "640", TIME, "1700000000.1:17", size, SUM, "");
    }

    private static Entry link(String name, String target) {
        return new Entry('l', name, "777", TIME, "1700000000.1:18", 0, "", target);
    }

    private List<String> read(Tree tree) throws IOException {
        List<String> read = new ArrayList<>();
        try (IndexReader reader = IndexReader.open(file(), OWNER, tree, Keys.NONE)) {
            for (Optional<Entry> next = reader.next(); next.isPresent(); next = reader.next()) {
                read.add(next.get().toString());
                while (next.get().chunks() < 3 && reader.hasChunk()) {
                    read.add(reader.chunk());
                }
            }
        }
        return read;
    }

    @Test
    void whatWasWrittenIsRead() throws IOException {
        List<Entry> entries = List.of(
                directory("files"),
                file("files/ -e\n\u007f%\u00ff", 7),
                file("files/caf\u00c3\u00a9", 0),
                file("files/large", 3L * Entry.CHUNK),
                link("files/link", "caf\u00c3\u00a9 2"),
                file("files/two", Entry.CHUNK + 1L));
        try (IndexWriter writer = new IndexWriter(file(), TREE, Instant.EPOCH)) {
            for (Entry each : entries) {
                writer.entry(each);
                for (long i = 0; each.chunks() > 1 && i < each.chunks(); i++) {
                    writer.chunk(SUM);
                }
            }
            assertThat(writer.end(Optional.empty())).isEqualTo(Sums.of(Files.readAllBytes(file())));
        }
        assertThat(read(TREE))
                .containsExactly(
                        entries.get(0).toString(),
                        entries.get(1).toString(),
                        SUM,
                        entries.get(2).toString(),
                        entries.get(3).toString(),
                        entries.get(4).toString(),
                        entries.get(5).toString(),
                        SUM,
                        SUM);
        assertThatThrownBy(() ->
                        read(new Tree(OWNER, "", TREE.server(), TREE.directory(), List.of("data"), Optional.empty())))
                .isInstanceOf(BadIndexException.class)
                .hasMessageContaining("files");
    }

    /** Whoever writes a false index also writes the right checksum of it. */
    private void written(String lines) throws IOException {
        String all = "aegir-files 1\nowner " + OWNER
                + "\ntitle docs.example.net\ntime 1970-01-01T00:00:00Z\npaths files\n" + lines;
        String end =
                "end " + lines.lines().filter(line -> !line.startsWith("c ")).count() + " "
                        + Sums.of(all.getBytes(StandardCharsets.US_ASCII)) + "\n";
        Files.writeString(file(), all + end);
    }

    private static final String TOP = "d 755 " + TIME + " files\n";
    private static final String LOOK = " " + TIME + " - 0 " + SUM + " ";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "f 644 # files/../../etc/passwd",
                "f 644 # files/%2E%2E/x",
                "f 644 # /etc/passwd",
                "f 644 # etc/passwd",
                "f 644 # files2/x",
                "f 644 # files//x",
                "f 644 # files/./x",
                "f 644 # files/x/",
                "f 644 # files/a%00b",
                "f 644 # files/a%0",
                "f 644 # files/a%zz",
                "f 644 # files/no/such/directory",
                "f 4755 # files/x",
                "b 644 # files/x",
                "l @ - files/a /etc\nf 644 # files/a/passwd",
                "f 644 # files/b\nf 644 # files/a",
                "f 644 # files/a\nf 644 # files/a",
                "d 755 @ files",
                "f 644 @ - 9000000 0000000000000000000000000000000000000000000000000000000000000000 files/a",
                "c 0000000000000000000000000000000000000000000000000000000000000000",
                "f 644 @ - 99999999999999999999 0000000000000000000000000000000000000000000000000000000000000000 files/a",
                "f 644 never - 0 0000000000000000000000000000000000000000000000000000000000000000 files/a"
            })
    void whatWouldLeadElsewhereOrMakesNoSenseIsRefused(String lines) throws IOException {
        written(TOP);
        assertThat(read(TREE)).hasSize(1);
        written(TOP + lines.replace(" # ", LOOK).replace("@", TIME) + "\n");
        assertThatThrownBy(() -> read(TREE)).isInstanceOf(BadIndexException.class);
    }

    @Test
    void aLinkInPlaceOfTheDirectoryOfAllIsRefused() throws IOException {
        written("l " + TIME + " - files /etc\n");
        assertThatThrownBy(() -> read(TREE)).isInstanceOf(BadIndexException.class);
        written("");
        assertThatThrownBy(() -> read(TREE)).isInstanceOf(BadIndexException.class);
    }

    @Test
    void whatIsCutOrChangedIsRefused() throws IOException {
        written(TOP + "f 644" + LOOK + "files/a\n");
        String all = Files.readString(file());
        assertThat(read(TREE)).hasSize(2);
        for (String each : List.of(
                all.substring(0, all.length() - 1),
                all.substring(0, all.indexOf("end ")),
                all.replace("644", "664"),
                all.replace("end 2", "end 1"),
                all.replace("files/a\n", "files/a\n\n"),
                all + "d",
                all.replace(OWNER.toString(), "01JF1KES000000000000000002"),
                "<html>",
                "")) {
            Files.writeString(file(), each);
            assertThatThrownBy(() -> read(TREE)).as(each).isInstanceOf(BadIndexException.class);
        }
    }

    @Test
    void aLinkThatLeadsOutIsToldFromOneThatDoesNot() {
        List<String> paths = List.of("files", "data/public");
        for (String inside : List.of("x", "./x", "../x", "../../files/x", "x/y")) {
            boolean deep = inside.startsWith("../../");
            assertThat(link(deep ? "files/a/b" : "files/a/l", inside).leadsOut(paths))
                    .as(inside)
                    .isEqualTo(deep);
        }
        for (String outside : List.of("/etc/passwd", "..", "../../x", "a/../../x", "")) {
            assertThat(link("files/l", outside).leadsOut(paths)).as(outside).isTrue();
        }
        assertThat(link("data/public/l", "../x").leadsOut(paths)).isTrue();
        assertThat(link("data/public/a/l", "../x").leadsOut(paths)).isFalse();
    }
}
