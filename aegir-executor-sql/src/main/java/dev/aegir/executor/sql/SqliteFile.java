// SPDX-License-Identifier: Apache-2.0
package dev.aegir.executor.sql;

import dev.aegir.model.RefusedException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.BusyHandler;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConfig.SynchronousMode;
import org.sqlite.SQLiteConfig.TempStore;
import org.sqlite.SQLiteErrorCode;

/**
 * The file of a SQLite database, and how it is opened: for its owner only, with its native library beside it.
 *
 * <p>Once SQLite has a file open, nothing else of this process may open and close it: that would drop the locks that SQLite
 * has on it, as POSIX has it. Its permissions are looked at by path only.
 */
final class SqliteFile {
    /** How long another process may keep the file to itself. */
    private static final Duration BUSY_LIMIT = Duration.ofSeconds(10);

    private static final Logger LOG = LoggerFactory.getLogger(SqliteFile.class);
    private static final String TEMP_PROPERTY = "org.sqlite.tmpdir";
    private static final Set<PosixFilePermission> OWNER_FILE = PosixFilePermissions.fromString("rw-------");
    private static final Set<PosixFilePermission> OWNER_DIRECTORY = PosixFilePermissions.fromString("rwx------");

    /** Between taking out a library and loading it there is a moment. */
    private static final Duration IN_USE_SOON = Duration.ofMinutes(1);

    private final Path path;

    private SqliteFile(Path path) {
        this.path = path;
    }

    static SqliteFile of(URI uri) {
        String text = uri.getPath() != null ? uri.getPath() : uri.getSchemeSpecificPart();
        boolean plain = uri.getQuery() == null
                && uri.getFragment() == null
                && (uri.getAuthority() == null || uri.getAuthority().isEmpty());
        // A question mark or a leading colon would mean something else to the driver.
        if (!plain || text.isEmpty() || text.startsWith(":") || text.indexOf('?') >= 0 || text.endsWith("/")) {
            throw new RefusedException("The store " + uri
                    + " was not opened: it takes the path of a file, such as sqlite:/var/lib/aegir/aegir.db");
        }
        Path file = Path.of(text).toAbsolutePath().normalize();
        try {
            Path directory = directories(parent(file)).toRealPath();
            return new SqliteFile(directory.resolve(file.getFileName()));
        } catch (IOException e) {
            throw refused(file, "its directory cannot be made or read: " + e, e);
        }
    }

    Path path() {
        return path;
    }

    /** Makes the file for its owner only when it is missing, and takes it away from others when it is not. */
    void make() {
        try {
            make(path);
            if (!Files.isRegularFile(path)) {
                throw refused(path, "it is not a file", new IOException("not a file"));
            }
            takeFromOthers();
            // SQLite would open it all the same, and only say so when something is to be written.
            for (Path written : List.of(path, parent(path))) {
                if (!Files.isWritable(written)) {
                    throw refused(path, written + " can only be read", new IOException("read-only"));
                }
            }
        } catch (IOException e) {
            throw refused(path, "it cannot be made: " + e, e);
        }
    }

    /** Makes an empty file beside this one, with this one's name and an ending, unless it is there. */
    Path makeBeside(String ending) throws IOException {
        Path file = path.resolveSibling(path.getFileName() + ending);
        make(file);
        return file;
    }

    private static void make(Path file) throws IOException {
        try {
            Files.createFile(file, ownerOnly(parent(file), OWNER_FILE));
        } catch (FileAlreadyExistsException e) {
            // Then nothing was opened either, which is why it is done so.
        }
    }

    private void takeFromOthers() {
        PosixFileAttributeView view = Files.getFileAttributeView(path, PosixFileAttributeView.class);
        try {
            if (view != null && !view.readAttributes().permissions().equals(OWNER_FILE)) {
                view.setPermissions(OWNER_FILE);
            }
        } catch (IOException e) {
            throw refused(path, "others may read it, and that cannot be changed: " + e, e);
        }
    }

    /**
     * The driver takes its library out of its archive into a directory, by default the one for temporary files, from which
     * nothing can be loaded where that is mounted noexec, and in which others write. So it gets one of its own. The library
     * is loaded once in a process: the first store, or the program, decides.
     */
    void prepareLibrary() {
        if (System.getProperty(TEMP_PROPERTY) == null && System.getProperty("org.sqlite.lib.path") == null) {
            Path directory = path.resolveSibling("native");
            try {
                System.setProperty(TEMP_PROPERTY, directories(directory).toString());
                forgetLibraries(directory, Instant.now().minus(IN_USE_SOON));
            } catch (IOException e) {
                throw refused(path, "the directory " + directory + " for its library cannot be made: " + e, e);
            }
        }
    }

    /**
     * Deletes libraries that were taken out before an instant. Each process takes out its own, and one that is killed leaves
     * it behind. One that is loaded may be deleted; where it may not, it stays.
     */
    static void forgetLibraries(Path directory, Instant before) throws IOException {
        try (DirectoryStream<Path> libraries = Files.newDirectoryStream(directory, "sqlite-*")) {
            for (Path library : libraries) {
                if (Files.getLastModifiedTime(library).toInstant().isBefore(before)) {
                    Files.deleteIfExists(library);
                }
            }
        } catch (NoSuchFileException | AccessDeniedException e) {
            LOG.debug("Another process is tidying up {}, or still uses what is there.", directory);
        }
    }

    /** Opens one connection. */
    Session open() {
        SQLiteConfig config = new SQLiteConfig();
        config.setSynchronous(SynchronousMode.FULL);
        config.setTempStore(TempStore.MEMORY);
        try {
            Connection connection = config.createConnection("jdbc:sqlite:" + path);
            BusyHandler.setHandler(connection, new Patience());
            return new Session(connection);
        } catch (SQLException e) {
            throw refused(path, e.getMessage() + advice(e), e);
        }
    }

    /** Lets readers read while one writes. To be called when it is certain that the database is ours. */
    void readWhileWriting(Session db) throws SQLException {
        String mode = journalMode(db);
        if (!mode.equalsIgnoreCase("wal")) {
            throw new RefusedException("The store " + path + " was not opened: its file system does not let several "
                    + "connections share memory (journal mode " + mode + "). Put it on a local disk.");
        }
        // What a checkpoint leaves of the journal, in bytes.
        db.first("pragma journal_size_limit = 67108864", Row::number);
    }

    /** SQLite asks no busy handler here when others open the same new database. */
    private static String journalMode(Session db) throws SQLException {
        long end = System.nanoTime() + BUSY_LIMIT.toNanos();
        while (true) {
            try {
                return db.first("pragma journal_mode = wal", Row::text).orElse("unknown");
            } catch (SQLException e) {
                boolean busy = (e.getErrorCode() & 0xff) == SQLiteErrorCode.SQLITE_BUSY.code;
                if (!busy || System.nanoTime() > end) {
                    throw e;
                }
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
            }
        }
    }

    private static String advice(SQLException e) {
        Throwable root = e;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        if (root instanceof LinkageError || String.valueOf(e.getMessage()).contains("native")) {
            return ". Its library is loaded from " + System.getProperty(TEMP_PROPERTY)
                    + "; when nothing can be loaded from there (noexec), name another directory with -D"
                    + TEMP_PROPERTY;
        }
        return "";
    }

    private static Path parent(Path file) {
        return Objects.requireNonNull(file.getParent(), "the root of a file system is not a file");
    }

    private static Path directories(Path directory) throws IOException {
        if (Files.isDirectory(directory)) {
            return directory;
        }
        Path parent = directory.getParent();
        if (parent != null) {
            directories(parent);
        }
        try {
            return Files.createDirectory(directory, ownerOnly(parent == null ? directory : parent, OWNER_DIRECTORY));
        } catch (FileAlreadyExistsException e) {
            if (Files.isDirectory(directory)) {
                return directory;
            }
            throw e;
        }
    }

    private static FileAttribute<?>[] ownerOnly(Path parent, Set<PosixFilePermission> permissions) {
        boolean posix = Files.getFileAttributeView(parent, PosixFileAttributeView.class) != null;
        return posix
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(permissions)}
                : new FileAttribute<?>[0];
    }

    private static RefusedException refused(Path path, String why, Exception cause) {
        RefusedException refused = new RefusedException("The store " + path + " was not opened: " + why
                + (why.endsWith(".") ? "" : ".") + " Check the path and its permissions.");
        refused.initCause(cause);
        return refused;
    }

    /**
     * Waits for another process that writes, up to ten seconds. SQLite's own handler looks only every 100 ms after a while,
     * and so would find the short gaps of a busy writer by chance only.
     */
    private static final class Patience extends BusyHandler {
        private static final int TIMES = 10_000;

        @Override
        protected int callback(int times) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
            return times < TIMES ? 1 : 0;
        }
    }
}
