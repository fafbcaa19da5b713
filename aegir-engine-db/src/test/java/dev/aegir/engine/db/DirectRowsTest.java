// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aegir.host.Host;
import dev.aegir.model.HostPath;
import dev.aegir.model.Name;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Rows that do not come by way of this program, from a real file. */
@Timeout(60)
class DirectRowsTest {
    private static final String BEFORE = "CREATE TABLE public.t (a text);\nCOPY public.t (a) FROM stdin;\n";
    private static final String ROWS = "COPY public.x (a) FROM stdin;\n" + ("é".repeat(400) + "\n").repeat(6_000);
    private static final String AFTER = "\\.\nCREATE INDEX i ON public.t (a);\nCOPY public.s (a) FROM stdin;\n1\n\\.\n";

    @TempDir
    Path directory;

    /** Takes rows, or does not, and hears the rest. */
    private static final class Taking implements Statements {
        private final NavigableMap<Long, Long> taken;
        private final List<String> copies = new ArrayList<>();
        private final ByteArrayOutputStream out = new ByteArrayOutputStream();

        private Taking(NavigableMap<Long, Long> taken) {
            this.taken = taken;
        }

        @Override
        public OutputStream next(List<String> words) {
            return out;
        }

        @Override
        public long beside(String copy, long offset) {
            long length = taken.getOrDefault(offset, 0L);
            if (length > 0) {
                copies.add(copy.strip());
            }
            return length;
        }
    }

    private String through(String dump, NavigableMap<Long, Long> blocks, Taking taking) throws Exception {
        Path file = Files.writeString(directory.resolve("dump.sql"), dump);
        try (Host host = HereHost.open(directory);
                DumpFile in = new DumpFile(host, HostPath.of(file.toString()), blocks)) {
            PostgresFilter.filter(in, taking, what -> {});
        }
        return taking.out.toString(StandardCharsets.UTF_8).replaceAll("\n+", "\n");
    }

    private static NavigableMap<Long, Long> found(String dump) {
        StringBuilder out = new StringBuilder();
        long offset = 0;
        for (String line : dump.split("(?<=\n)")) {
            if (line.matches("COPY .* FROM stdin;\n|\\\\\\.\n")) {
                out.append(offset).append(':').append(line);
            }
            offset += line.getBytes(StandardCharsets.UTF_8).length;
        }
        Place place = new Place(
                Name.of("db"), Software.POSTGRESQL, HostPath.of("/run/postgresql"), 5432, "C", Optional.empty());
        return new PostgresRows(place, FakeDatabases.sample(List.of())).blocks(out.toString());
    }

    @Test
    void largeRowsAreFoundAndLeftOut() throws Exception {
        String dump = BEFORE + ROWS + AFTER;
        NavigableMap<Long, Long> blocks = found(dump);
        assertThat(blocks).containsExactly(Map.entry((long) BEFORE.length(), (long)
                ROWS.getBytes(StandardCharsets.UTF_8).length));
        Taking taking = new Taking(blocks);
        assertThat(through(dump, blocks, taking))
                .isEqualTo("CREATE TABLE public.t (a text);\nCREATE INDEX i ON public.t (a);\n"
                        + "COPY public.s (a) FROM stdin;\n1\n\\.\n");
        assertThat(taking.copies).containsExactly("COPY public.t (a) FROM stdin");
    }

    @Test
    void whatOnlyLooksLikeRowsComesThrough() throws Exception {
        String dump = "CREATE FUNCTION public.f() RETURNS text LANGUAGE sql AS $$\nCOPY public.t (a) FROM stdin;\n"
                + ROWS + "\\.\n$$;\n" + BEFORE + ROWS + AFTER;
        NavigableMap<Long, Long> blocks = found(dump);
        assertThat(blocks).hasSize(2);
        Taking taking = new Taking(blocks);
        String through = through(dump, blocks, taking);
        assertThat(through)
                .contains("AS $$\nCOPY public.t (a) FROM stdin;\n" + ROWS + "\\.\n$$;\nCREATE TABLE public.t");
        assertThat(taking.copies).hasSize(1);
    }

    @Test
    void rowsThatDoNotEndWhereTheyShouldAreRefused() {
        String dump = BEFORE + ROWS + AFTER;
        NavigableMap<Long, Long> wrong = new TreeMap<>(found(dump));
        wrong.replaceAll((begin, length) -> length - 10);
        assertThatThrownBy(() -> through(dump, wrong, new Taking(wrong))).isInstanceOf(UnsafeDumpException.class);
        assertThatThrownBy(() -> {
                    DumpReader reader = new DumpReader(new ByteArrayInputStream(new byte[9]));
                    reader.next();
                    reader.leaveOut(3);
                })
                .isInstanceOf(IOException.class);
    }
}
