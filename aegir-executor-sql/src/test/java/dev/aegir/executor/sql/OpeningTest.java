// SPDX-License-Identifier: Apache-2.0
package dev.aegir.executor.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aegir.model.RefusedException;
import dev.aegir.spi.Store;
import dev.aegir.spi.StoreException;
import dev.aegir.spi.StoreProvider;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OpeningTest {
    @TempDir
    private Path home;

    private static String mode(Path path) throws Exception {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    private void sql(Path file, String... statements) throws Exception {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    @Test
    void isFoundByItsAddress() {
        assertThat(ServiceLoader.load(StoreProvider.class))
                .anyMatch(provider -> provider.accepts(URI.create("sqlite:/var/lib/aegir/aegir.db")));
        assertThat(new SqlStoreProvider().accepts(URI.create("postgresql://x/y")))
                .isFalse();
    }

    @Test
    void makesWhatIsMissingForItsOwnerOnly() throws Exception {
        Path file = home.resolve("var/lib/a gir%41/aegir.db");
        try (Store store = Stores.open(file)) {
            Stores.submit(store, "k");
            assertThat(mode(home.resolve("var"))).isEqualTo("rwx------");
            assertThat(mode(file.getParent())).isEqualTo("rwx------");
            for (String name : new String[] {"aegir.db", "aegir.db-wal", "aegir.db-shm", "aegir.db-worker"}) {
                assertThat(mode(file.resolveSibling(name))).as(name).isEqualTo("rw-------");
            }
        }
    }

    @Test
    void takesAFileAwayFromOthersAndLeavesTheDirectoryAsItIs() throws Exception {
        Path file = home.resolve("aegir.db");
        Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.createFile(file);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-r--"));
        Stores.open(file).close();
        assertThat(mode(file)).isEqualTo("rw-------");
        assertThat(mode(home)).isEqualTo("rwxr-xr-x");
    }

    @Test
    void librariesThatKilledProcessesLeftAreForgotten() throws Exception {
        Instant now = Instant.now();
        Path left = Files.createFile(home.resolve("sqlite-3.1-left-libsqlitejdbc.so"));
        Path fresh = Files.createFile(home.resolve("sqlite-3.1-fresh-libsqlitejdbc.so"));
        Path other = Files.createFile(home.resolve("other.so"));
        for (Path old : List.of(left, other)) {
            Files.setLastModifiedTime(old, FileTime.from(now.minusSeconds(600)));
        }
        SqliteFile.forgetLibraries(home, now.minusSeconds(60));
        assertThat(left).doesNotExist();
        assertThat(fresh).exists();
        assertThat(other).exists();
    }

    @Test
    void aProcessLoadsTheLibraryFromBesideTheStore() throws Exception {
        Process program =
                Stores.java(ListeningProgram.class, home.resolve("aegir.db").toString());
        try {
            assertThat(program.inputReader().readLine()).isEqualTo("listening");
            assertThat(mode(home.resolve("native"))).isEqualTo("rwx------");
            try (Stream<Path> libraries = Files.list(home.resolve("native"))) {
                assertThat(libraries.filter(path -> path.toString().endsWith(".so")))
                        .hasSize(1);
            }
        } finally {
            program.destroyForcibly().waitFor();
        }
    }

    @Test
    void isAsDurableAsItSays() {
        try (SqlStore store = Stores.openWithin(home.resolve("aegir.db"))) {
            assertThat(Stores.pragma(store, "synchronous"))
                    .as("full: each commit is synced")
                    .isEqualTo("2");
            assertThat(Stores.pragma(store, "journal_mode")).isEqualTo("wal");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "sqlite::memory:",
                "sqlite:/x/y.db?mode=memory",
                "sqlite:/x/",
                "sqlite://host/y.db",
                "sqlite:/x/y%3Fmode=memory",
                "sqlite:/x#y"
            })
    void anAddressThatIsNotAPathIsRefused(String address) {
        assertThatThrownBy(() -> new SqlStoreProvider().open(URI.create(address), InstantSource.system()))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining(address)
                .hasMessageContaining("path of a file");
    }

    @Test
    void whatIsNotADatabaseIsRefusedAndLeftAlone() throws Exception {
        Path file = home.resolve("notes.txt");
        String text = "This is not a database. ".repeat(100);
        Files.writeString(file, text);
        assertThatThrownBy(() -> Stores.open(file))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining(file.toString());
        assertThat(Files.readString(file)).isEqualTo(text);
        assertThatThrownBy(() -> Stores.open(home)).isInstanceOf(RefusedException.class);
    }

    @Test
    void theDatabaseOfSomethingElseIsRefusedAndLeftAlone() throws Exception {
        Path file = home.resolve("other.db");
        sql(file, "create table customers (name text)", "insert into customers values ('x')");
        byte[] before = Files.readAllBytes(file);
        assertThatThrownBy(() -> Stores.open(file))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("something else")
                .hasMessageContaining("customers");
        assertThat(Files.readAllBytes(file)).isEqualTo(before);
    }

    @Test
    void theStoreOfANewerVersionIsRefused() throws Exception {
        Path file = home.resolve("aegir.db");
        Stores.open(file).close();
        sql(file, "update aegir_schema set version = 99");
        assertThatThrownBy(() -> Stores.open(file))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("newer version")
                .hasMessageContaining("99");
        sql(file, "update aegir_schema set version = 1");
        Stores.open(file).close();
    }

    @Test
    void anEmptyFileBecomesAStore() throws Exception {
        Path file = Files.createFile(home.resolve("aegir.db"));
        try (Store store = Stores.open(file)) {
            assertThat(Stores.submit(store, "k").id()).isNotNull();
        }
    }

    @Test
    void whereNothingCanBeMadeTheReasonIsSaid() throws Exception {
        Path readable = Files.createDirectory(home.resolve("readable"));
        Files.setPosixFilePermissions(readable, PosixFilePermissions.fromString("r-x------"));
        // Root can write everywhere but where the kernel has nothing to write to.
        Path directory = Files.isWritable(readable) ? Path.of("/proc/self").toRealPath() : readable;
        for (String name : List.of("aegir/aegir.db", "aegir.db")) {
            assertThatThrownBy(() -> Stores.open(directory.resolve(name)))
                    .isInstanceOf(RefusedException.class)
                    .hasMessageContaining(directory.resolve(name).toString())
                    .hasMessageContaining("permissions");
        }
    }

    @Test
    void afterItWasClosedItSaysSo() {
        Store store = Stores.open(home.resolve("aegir.db"));
        store.close();
        store.close();
        assertThatThrownBy(() -> Stores.submit(store, "k"))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("closed");
        assertThatThrownBy(() -> store.documents().all("site"))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("closed");
    }
}
