// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aegir.host.Command;
import dev.aegir.host.Host;
import dev.aegir.model.HostPath;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Which rows of a dump of MariaDB need not come by way of this program, in a real file. */
@Timeout(60)
class MariaDbRowsTest {
    private static final MariaDbReceiver ANY = new MariaDbReceiver(1L << 30, true, true);
    private static final String BEGIN = """
            /*!40014 SET FOREIGN_KEY_CHECKS=0 */;
            CREATE TABLE `s` (`a` int);
            INSERT INTO `s` VALUES
            (1);
            CREATE TABLE `é``t` (`a` text);
            LOCK TABLES `é``t` WRITE;
            /*!40000 ALTER TABLE `é``t` DISABLE KEYS */;
            """;
    private static final String END = """
            /*!40000 ALTER TABLE `é``t` ENABLE KEYS */;
            UNLOCK TABLES;
            """;
    private static final String STATEMENT = "INSERT INTO `é``t` VALUES\n";

    @TempDir
    Path directory;

    private final List<Long> offered = new ArrayList<>();

    private static String rows(int statements) {
        String row = "(1,'" + "x".repeat(900) + "),\\nINSERT INTO `s` VALUES\\n(2')";
        return (STATEMENT + (row + ",\n").repeat(999) + row + ";\n").repeat(statements);
    }

    private NavigableMap<Long, MariaDbRows.Run> found(Host host, Path file) throws InterruptedException {
        return MariaDbRows.runs(host.run(Command.of("sh", "-c", MariaDbRows.FIND, "find", file.toString()))
                .orThrow()
                .stdout());
    }

    /** What comes through, when all is taken that is offered. */
    private String through(String dump) throws Exception {
        Path file = Files.writeString(directory.resolve("dump.sql"), dump);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (Host host = HereHost.open(directory)) {
            NavigableMap<Long, Long> blocks = new TreeMap<>();
            found(host, file).forEach((begin, run) -> blocks.put(begin, run.length()));
            try (DumpFile in = new DumpFile(host, HostPath.of(file.toString()), blocks)) {
                MariaDbFilter.filter(in, new Taking(out, blocks), ANY, what -> {});
            }
        }
        return out.toString(StandardCharsets.UTF_8).replaceAll("\n+", "\n");
    }

    private final class Taking implements Statements {
        private final OutputStream out;
        private final NavigableMap<Long, Long> blocks;

        private Taking(OutputStream out, NavigableMap<Long, Long> blocks) {
            this.out = out;
            this.blocks = blocks;
        }

        @Override
        public OutputStream next(List<String> words) {
            return out;
        }

        @Override
        public boolean oneByOne() {
            return true;
        }

        @Override
        public long beside(String copy, long offset) {
            long length = blocks.getOrDefault(offset, 0L);
            if (length > 0) {
                offered.add(offset);
            }
            return length;
        }
    }

    @Test
    void largeRowsAreFoundAndLeftOut() throws Exception {
        String rows = rows(7);
        Path file = Files.writeString(directory.resolve("found.sql"), BEGIN + rows + END);
        try (Host host = HereHost.open(directory)) {
            assertThat(found(host, file))
                    .hasSize(1)
                    .containsEntry(
                            (long) BEGIN.getBytes(StandardCharsets.UTF_8).length,
                            new MariaDbRows.Run("é`t", false, rows.getBytes(StandardCharsets.UTF_8).length));
        }
        assertThat(through(BEGIN + rows + END)).isEqualTo(BEGIN + END);
        assertThat(offered).hasSize(1);
        String replacing = rows.replace(STATEMENT, STATEMENT.replace("INSERT", "REPLACE"));
        file = Files.writeString(directory.resolve("found.sql"), BEGIN + replacing + END);
        try (Host host = HereHost.open(directory)) {
            assertThat(found(host, file).values())
                    .containsExactly(
                            new MariaDbRows.Run("é`t", true, replacing.getBytes(StandardCharsets.UTF_8).length));
        }
        assertThat(through(BEGIN + replacing + END)).isEqualTo(BEGIN + END);
    }

    /** A body of a program looks like anything, and another client may write rows otherwise. */
    @Test
    void whatOnlyLooksLikeRowsComesThrough() throws Exception {
        String body = "DELIMITER ;;\nCREATE TRIGGER r BEFORE INSERT ON t FOR EACH ROW BEGIN\n" + rows(7) + "END ;;\n";
        assertThat(through(body + "DELIMITER ;\n" + BEGIN)).isEqualTo(body + "DELIMITER ;\n" + BEGIN);
        assertThat(through(BEGIN + rows(1) + END)).isEqualTo(BEGIN + rows(1) + END);
        String oneLine = rows(7).replace(",\n", ",").replace(" VALUES\n", " VALUES ");
        assertThat(through(BEGIN + oneLine + END)).isEqualTo(BEGIN + oneLine + END);
        String columns = rows(7).replace("` VALUES", "` (`a`) VALUES");
        assertThat(through(BEGIN + columns + END)).isEqualTo(BEGIN + columns + END);
        assertThat(offered).isEmpty();
    }

    /** What comes between rows is no row, and is judged like all the rest. */
    @Test
    void nothingElseIsTakenForRows() throws Exception {
        String other = "DROP TABLE `s`;\n";
        assertThat(through(BEGIN + rows(7) + other + rows(7) + END)).isEqualTo(BEGIN + other + END);
        assertThat(offered).hasSize(2);
        String unended = rows(7).substring(0, rows(7).length() - 2) + ",\n";
        assertThat(through(BEGIN + unended + other + END)).isEqualTo(BEGIN + other + END);
    }
}
