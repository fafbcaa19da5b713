// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aegir.host.RunningCommand;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.Pipe;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Which client gets what of a dump, and when. */
@Timeout(30)
class LoadersTest {
    private static final Pattern MARK = Pattern.compile("SELECT '(aegir \\S+ \\d+)';");
    private static final MariaDbReceiver ANY = new MariaDbReceiver(1L << 30, true, true);

    private final List<String> both = new CopyOnWriteArrayList<>();
    private final CountDownLatch rowsElsewhere = new CountDownLatch(1);
    private final List<Loader> opened = new ArrayList<>();

    @AfterEach
    void close() {
        opened.forEach(Loader::close);
    }

    private Loaders loaders(int clients, Dealing dealing) throws IOException {
        for (int i = 0; i < clients; i++) {
            opened.add(
                    new Loader(new FakeClient(i, both, i == 0 ? rowsElsewhere : new CountDownLatch(0), rowsElsewhere)));
        }
        return new Loaders(opened, dealing);
    }

    private static String rows(String table, int bytes) {
        return "INSERT INTO `" + table + "` VALUES ('" + "x".repeat(bytes) + "');\n";
    }

    private List<String> heard() throws InterruptedException {
        for (Loader loader : opened) {
            assertThat(loader.exit(Duration.ofSeconds(10))).hasValue(0);
        }
        return both;
    }

    /** The words after who said them. */
    private int at(String begin) {
        for (int i = 0; i < both.size(); i++) {
            if (both.get(i).startsWith(begin)) {
                return i;
            }
        }
        throw new AssertionError(begin + " is not in " + both);
    }

    @Test
    void rowsGoToWhoHasLessToDoAndATriggerWaitsForThem() throws Exception {
        StringBuilder dump = new StringBuilder("/*!40014 SET FOREIGN_KEY_CHECKS=0 */;\n");
        dump.append("CREATE TABLE `small` (`a` int);\nLOCK TABLES `small` WRITE;\n")
                .append(rows("small", 10));
        dump.append("UNLOCK TABLES;\nCREATE TABLE `t` (`a` text);\nLOCK TABLES `t` WRITE;\n");
        for (int i = 0; i < 40; i++) {
            dump.append(rows("t", 400_000));
        }
        dump.append(
                "UNLOCK TABLES;\nDELIMITER ;;\nCREATE TRIGGER r BEFORE INSERT ON t FOR EACH ROW SET NEW.a = '' ;;\n");
        dump.append("DELIMITER ;\n");
        try (InputStream in = stream(dump.toString())) {
            Loaders loaders = loaders(2, new MariaDbDealing());
            MariaDbFilter.filter(in, loaders, ANY, what -> {});
            loaders.end();
        }
        assertThat(heard()).noneMatch(line -> line.contains("LOCK TABLES"));
        assertThat(both).contains("0 SET FOREIGN_KEY_CHECKS=0", "1 SET FOREIGN_KEY_CHECKS=0");
        assertThat(both)
                .filteredOn(line -> line.startsWith("0 INSERT INTO `small`"))
                .hasSize(1);
        assertThat(both).filteredOn(line -> line.contains(" INSERT INTO `t`")).hasSize(40);
        assertThat(both)
                .filteredOn(line -> line.startsWith("1 INSERT INTO `t`"))
                .isNotEmpty();
        assertThat(at("0 CREATE TABLE `t`")).isLessThan(at("1 INSERT INTO `t`"));
        int last = 0;
        for (int i = 0; i < both.size(); i++) {
            last = both.get(i).startsWith("1 INSERT") ? i : last;
        }
        assertThat(at("0 CREATE TRIGGER")).isGreaterThan(last);
    }

    @Test
    void whereForeignKeysAreCheckedEverythingHasItsOrder() throws Exception {
        rowsElsewhere.countDown();
        String dump = "CREATE TABLE `t` (`a` text);\nLOCK TABLES `t` WRITE;\n"
                + rows("t", 400_000).repeat(20);
        Loaders loaders = loaders(2, new MariaDbDealing());
        MariaDbFilter.filter(stream(dump), loaders, ANY, what -> {});
        loaders.end();
        assertThat(heard()).noneMatch(line -> line.startsWith("1 INSERT"));
        assertThat(both).contains("0 LOCK TABLES `t`");
    }

    @Test
    void manyRowsOfOneTableAreCutAndTheRestIsOneTransaction() throws Exception {
        String dump = "SET statement_timeout = 0;\nCREATE TABLE public.t (a text);\nCOPY public.t (a) FROM stdin;\n"
                + ("y".repeat(999) + "\n").repeat(5_000) + "\\.\nCREATE INDEX i ON public.t (a);\n";
        Loaders loaders = loaders(2, new PostgresDealing());
        PostgresFilter.filter(stream(dump), loaders, what -> {});
        loaders.end();
        assertThat(heard()).startsWith("0 BEGIN").endsWith("0 COMMIT");
        assertThat(both).filteredOn(line -> line.endsWith(" y")).hasSize(5_000);
        assertThat(both).filteredOn(line -> line.equals("1 y")).isNotEmpty();
        assertThat(at("0 COMMIT")).isGreaterThan(at("0 CREATE TABLE")).isLessThan(at("1 COPY"));
        assertThat(at("0 CREATE INDEX")).isGreaterThan(both.lastIndexOf("1 y"));
    }

    @Test
    void aClientThatEndsIsNoticed() throws Exception {
        rowsElsewhere.countDown();
        Loaders loaders = loaders(2, new MariaDbDealing());
        String dump = "/*!40014 SET FOREIGN_KEY_CHECKS=0 */;\nCREATE TABLE `t` (`a` text);\n" + rows("t", 400_000)
                + rows("dies", 400_000).repeat(100);
        assertThatThrownBy(() -> MariaDbFilter.filter(stream(dump), loaders, ANY, what -> {}))
                .isInstanceOf(IOException.class);
        assertThat(opened).anyMatch(Loader::isBroken);
    }

    private static InputStream stream(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Hears statements, answers marks, and dies of the table {@code dies}. The first is so slow that it has rows only when
     * another has some.
     */
    private static final class FakeClient implements RunningCommand {
        private final Pipe in = Pipe.open();
        private final Pipe out = Pipe.open();
        private final OutputStream stdin = Channels.newOutputStream(in.sink());
        private final InputStream stdout = Channels.newInputStream(out.source());
        private final Thread thread;

        FakeClient(int number, List<String> both, CountDownLatch waits, CountDownLatch tells) throws IOException {
            thread = new Thread(() -> hear(number, both, waits, tells));
            thread.start();
        }

        private void hear(int number, List<String> both, CountDownLatch waits, CountDownLatch tells) {
            Map<String, Integer> lengths = Map.of("INSERT", 22, "COPY", 4, "y", 1, "LOCK", 15);
            try (OutputStream says = Channels.newOutputStream(out.sink());
                    BufferedReader reader = new BufferedReader(
                            new InputStreamReader(Channels.newInputStream(in.source()), StandardCharsets.UTF_8))) {
                for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                    var mark = MARK.matcher(line);
                    if (mark.matches()) {
                        says.write((mark.group(1) + "\n").getBytes(StandardCharsets.UTF_8));
                        says.flush();
                        continue;
                    } else if (line.startsWith("INSERT INTO `dies`")) {
                        return;
                    }
                    String plain = line.replaceAll("/\\*!\\d+|\\*/|;+$", "").strip();
                    int length = lengths.entrySet().stream()
                            .filter(entry -> plain.startsWith(entry.getKey()))
                            .mapToInt(Map.Entry::getValue)
                            .findAny()
                            .orElse(24);
                    boolean rows = plain.startsWith("INSERT INTO `t`") || plain.startsWith("COPY");
                    if (rows && number > 0) {
                        tells.countDown();
                    } else if (rows) {
                        waits.await();
                    }
                    both.add(number + " "
                            + plain.substring(0, Math.min(length, plain.length()))
                                    .strip());
                }
            } catch (IOException | InterruptedException e) {
                // It ends all the same.
            }
        }

        @Override
        public OutputStream stdin() {
            return stdin;
        }

        @Override
        public InputStream stdout() {
            return stdout;
        }

        @Override
        public InputStream stderr() {
            return new ByteArrayInputStream(new ByteArrayOutputStream().toByteArray());
        }

        @Override
        public OptionalInt waitFor(Duration limit) throws InterruptedException {
            thread.join(limit.toMillis());
            return thread.isAlive() ? OptionalInt.empty() : OptionalInt.of(0);
        }

        @Override
        public void close() {
            thread.interrupt();
        }
    }
}
