// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.file.store;

import dev.aegir.engine.file.store.FileStoreException.Problem;
import dev.aegir.host.Secret;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import javax.net.SocketFactory;
import net.schmizz.sshj.sftp.FileAttributes;
import net.schmizz.sshj.sftp.OpenMode;
import net.schmizz.sshj.sftp.PacketType;
import net.schmizz.sshj.sftp.RemoteFile;
import net.schmizz.sshj.sftp.RemoteResourceInfo;
import net.schmizz.sshj.sftp.RenameFlags;
import net.schmizz.sshj.sftp.Response;
import net.schmizz.sshj.sftp.Response.StatusCode;
import net.schmizz.sshj.sftp.SFTPClient;
import net.schmizz.sshj.sftp.SFTPEngine;
import net.schmizz.sshj.sftp.SFTPException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Objects as files of an account with SFTP. */
final class SftpObjects implements FileObjects {
    private static final Logger LOG = LoggerFactory.getLogger(SftpObjects.class);
    private static final FileAttributes PRIVATE =
            new FileAttributes.Builder().withPermissions(0600).build();
    private static final Set<StatusCode> PASSING =
            EnumSet.of(StatusCode.UNKNOWN, StatusCode.NO_CONNECTION, StatusCode.CONNECITON_LOST);
    private static final Set<StatusCode> NONE = EnumSet.of(StatusCode.NO_SUCH_FILE, StatusCode.NO_SUCH_PATH);
    private static final Set<StatusCode> FULL =
            EnumSet.of(StatusCode.NO_SPACE_ON_FILESYSTEM, StatusCode.QUOTA_EXCEEDED);

    /** What every server of SFTP takes at once. */
    private static final int BLOCK = 32 * 1024;

    private static final int UNCONFIRMED = 32;

    private final Place place;
    private final Place.Account account;
    private final Secret key;
    private final Retries retries;
    private final Set<String> directories = new HashSet<>();
    private @Nullable SftpConnection connection;

    SftpObjects(Place place, Place.Account account, Secret key, Retries retries) {
        this.place = place;
        this.account = account;
        this.key = key;
        this.retries = retries;
    }

    private interface Work<T> {
        T with(SFTPClient sftp) throws IOException, InterruptedException;
    }

    @Override
    public void list(String prefix, Listener listener) throws InterruptedException {
        String top = path(prefix.substring(0, prefix.length() - 1));
        for (RemoteResourceInfo each : in(top)) {
            if (!each.isDirectory()) {
                continue;
            }
            for (RemoteResourceInfo object : in(top + "/" + each.getName())) {
                if (object.isRegularFile() && object.getName().startsWith(each.getName())) {
                    listener.object(
                            prefix + object.getName(), object.getAttributes().getSize());
                }
            }
        }
    }

    private List<RemoteResourceInfo> in(String directory) throws InterruptedException {
        return done("cannot be listed", 0, sftp -> {
            try {
                return sftp.ls(directory);
            } catch (SFTPException e) {
                if (NONE.contains(e.getStatusCode())) {
                    return List.of();
                }
                throw e;
            }
        });
    }

    @Override
    public void put(String file, long length, Content content) throws InterruptedException {
        String path = path(file);
        String unfinished = path + ".new";
        done("does not take a file", length, sftp -> {
            String directory = path.substring(0, path.lastIndexOf('/'));
            make(sftp, directory);
            try (InputStream in = content.open();
                    RemoteFile remote =
                            sftp.open(unfinished, EnumSet.of(OpenMode.WRITE, OpenMode.CREAT, OpenMode.TRUNC), PRIVATE);
                    OutputStream out = remote.new RemoteFileOutputStream(0, UNCONFIRMED)) {
                copy(in, out, Long.MAX_VALUE);
            }
            rename(sftp, unfinished, path);
            return true;
        });
    }

    /** One thread after the other: of two that make the same directory, one would fail. */
    private void make(SFTPClient sftp, String directory) throws IOException {
        synchronized (directories) {
            if (!directories.contains(directory)) {
                sftp.mkdirs(directory);
                directories.add(directory);
            }
        }
    }

    private static void rename(SFTPClient sftp, String from, String to) throws IOException {
        try {
            sftp.rename(from, to, EnumSet.of(RenameFlags.OVERWRITE));
        } catch (SFTPException e) {
            if (!PASSING.contains(e.getStatusCode())
                    || !sftp.getSFTPEngine().getSubsystem().isOpen()) {
                throw e;
            }
            // This server cannot rename over a file.
            if (sftp.statExistence(to) != null) {
                sftp.rm(to);
            }
            sftp.rename(from, to);
        }
    }

    @Override
    public boolean get(String file, long limit, Sink sink) throws InterruptedException {
        return done("does not give a file", 0, sftp -> {
            try (RemoteFile remote = sftp.open(path(file));
                    // Not asked for what an object cannot have: most are small.
                    InputStream in = remote.new ReadAheadRemoteFileInputStream(UNCONFIRMED, 0, limit);
                    OutputStream out = sink.open()) {
                if (!copy(in, out, limit)) {
                    throw new FileStoreException(
                            Problem.DAMAGED,
                            "What the store " + place + " has as " + file + " is longer than what was stored (" + limit
                                    + " bytes). Nothing of it is used.");
                }
                return true;
            } catch (SFTPException e) {
                if (NONE.contains(e.getStatusCode())) {
                    return false;
                }
                throw e;
            }
        });
    }

    /** Whether all of it went. */
    private static boolean copy(InputStream in, OutputStream out, long limit) throws IOException {
        byte[] block = new byte[BLOCK];
        long copied = 0;
        for (int length = in.read(block); length >= 0; length = in.read(block)) {
            copied += length;
            if (copied > limit) {
                return false;
            }
            out.write(block, 0, length);
        }
        out.flush();
        return true;
    }

    @Override
    public void delete(String name) throws InterruptedException {
        done("does not delete a file", 0, sftp -> {
            try {
                sftp.rm(path(FileObjects.file(name)));
            } catch (SFTPException e) {
                if (!NONE.contains(e.getStatusCode())) {
                    throw e;
                }
            }
            return true;
        });
    }

    /** Tries until there is an answer that another try would not change. */
    private <T> T done(String what, long length, Work<T> work) throws InterruptedException {
        for (int attempt = 0; ; attempt++) {
            IOException failure;
            try {
                SftpConnection open = connected();
                try {
                    return work.with(open.sftp());
                } catch (SFTPException e) {
                    SftpConnection.interrupted(e);
                    if (!PASSING.contains(e.getStatusCode())) {
                        throw lasting(what, length, e, open.sftp());
                    }
                    failure = e;
                    drop(open);
                } catch (IOException e) {
                    SftpConnection.interrupted(e);
                    failure = e;
                    drop(open);
                }
            } catch (IOException e) {
                SftpConnection.interrupted(e);
                failure = e;
            }
            if (attempt == retries.most()) {
                throw new FileStoreException(
                        Problem.UNREACHABLE,
                        "The store " + place + " was asked " + (attempt + 1) + " times and did not answer ("
                                + failure.getMessage() + "). See whether it is there, then try again.",
                        failure);
            }
            retries.pause(attempt);
        }
    }

    private FileStoreException lasting(String what, long length, SFTPException e, SFTPClient sftp)
            throws InterruptedException {
        String said = e.getStatusCode() + (e.getMessage() == null ? "" : ": " + e.getMessage());
        if (FULL.contains(e.getStatusCode()) || length > 0 && room(sftp) < length) {
            return new FileStoreException(
                    Problem.FULL,
                    "The store " + place + " is full (" + said
                            + "). Make room there, then try again: what was sent is not sent twice.",
                    e);
        }
        return new FileStoreException(
                Problem.REFUSED,
                "The store " + place + " " + what + " (" + said
                        + "). See whether the account may list, read, write and delete in that directory.",
                e);
    }

    /** How many bytes there is room for, when the server says so; OpenSSH says no more than "failure" when there is none. */
    private long room(SFTPClient sftp) throws InterruptedException {
        SFTPEngine engine = sftp.getSFTPEngine();
        try {
            if (!engine.supportsServerExtension("statvfs", "openssh.com")) {
                return Long.MAX_VALUE;
            }
            Response answer = engine.request(
                            engine.newExtendedRequest("statvfs@openssh.com").putString(account.directory()))
                    .retrieve(engine.getTimeoutMs(), TimeUnit.MILLISECONDS);
            answer.ensurePacketTypeIs(PacketType.EXTENDED_REPLY);
            answer.readUInt64();
            long block = answer.readUInt64();
            answer.readUInt64();
            answer.readUInt64();
            return block * answer.readUInt64();
        } catch (IOException e) {
            SftpConnection.interrupted(e);
            LOG.debug("{} does not say how much room it has", place, e);
            return Long.MAX_VALUE;
        }
    }

    private synchronized SftpConnection connected() throws IOException, InterruptedException {
        SftpConnection open = connection;
        if (open == null || !open.alive()) {
            open = SftpConnection.open(place, account, key, SocketFactory.getDefault());
            connection = open;
        }
        return open;
    }

    private synchronized void drop(SftpConnection broken) {
        if (connection == broken) {
            close();
        }
    }

    private String path(String file) {
        return account.directory() + "/" + file;
    }

    @Override
    public String toString() {
        return place.toString();
    }

    @Override
    public synchronized void close() {
        SftpConnection open = connection;
        connection = null;
        if (open != null) {
            try {
                open.close();
            } catch (IOException e) {
                LOG.debug("Closing a connection", e);
            }
        }
    }
}
