// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.file.store;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Optional;

/** Sends what was read as a stream of {@code git fast-import}: content as it comes, and at the end one commit with all changes. */
final class GitUploads implements Receiver, AutoCloseable {
    private final OutputStream git;
    private final OutputStream changes;
    private final Spool spool;
    private final GitPresent present;
    private final Pace pace;
    private final KeySet used = new KeySet();
    private long mark;
    private long bytes;
    private long sent;
    private long size;
    private MessageDigest object = blob(0);
    private Optional<byte[]> held = Optional.empty();
    private Optional<OutputStream> spooled = Optional.empty();

    /**
     * Begins.
     *
     * @param git what the program reads
     * @param spool where changes are noted until all content is there
     * @param present what the repository has
     */
    GitUploads(OutputStream git, Spool spool, GitPresent present, int bandwidth) throws IOException {
        this.git = git;
        this.spool = spool;
        this.present = present;
        this.changes = new BufferedOutputStream(Files.newOutputStream(spool.changes()), 1 << 16);
        this.pace = new Pace(bandwidth);
        say("feature done\n");
    }

    @Override
    public void file(Entry entry, long length) throws IOException {
        size = length;
        held = Optional.empty();
        object = blob(length);
        String path = GitNames.path(entry.name());
        spooled = length > Entry.CHUNK && present.sized(path, length)
                ? Optional.of(new BufferedOutputStream(Files.newOutputStream(spool.large()), 1 << 16))
                : Optional.empty();
        if (length > Entry.CHUNK && spooled.isEmpty()) {
            begin();
        }
    }

    /** The content of a file follows. */
    private void begin() {
        mark++;
        sent++;
        bytes += size;
        say("blob\nmark :" + mark + "\ndata " + size + "\n");
    }

    @Override
    public String part(byte[] content) throws IOException, InterruptedException {
        object.update(content);
        if (size <= Entry.CHUNK) {
            held = Optional.of(content);
        } else if (spooled.isPresent()) {
            spooled.get().write(content);
        } else {
            write(content);
        }
        return Sums.of(content);
    }

    private void write(byte[] content) throws InterruptedException {
        pace.went(content.length);
        try {
            git.write(content);
        } catch (IOException e) {
            throw new GitStreamException(e);
        }
    }

    @Override
    public void entry(Entry entry, boolean sentNow) throws IOException, InterruptedException {
        if (entry.type() == 'd') {
            return;
        }
        String path = GitNames.path(entry.name());
        used.name(path);
        if (sentNow && entry.type() == 'f') {
            Optional<String> content = content(mode(entry), path);
            if (content.isPresent()) {
                note("M " + mode(entry) + " " + content.get() + " " + path + "\n");
            }
        } else if (sentNow) {
            note("M " + mode(entry) + " inline " + path + "\ndata "
                    + entry.target().length() + "\n" + entry.target() + "\n");
        }
    }

    /** Where the content of the file is that was given last, unless it is there as it was; what the repository has is not sent again. */
    private Optional<String> content(String mode, String path) throws IOException, InterruptedException {
        boolean streamed = size > Entry.CHUNK && spooled.isEmpty();
        if (spooled.isPresent()) {
            spooled.get().close();
        }
        if (!streamed) {
            String id = Sums.hex(object.digest());
            if (present.same(mode, id, path)) {
                return Optional.empty();
            } else if (present.object(id)) {
                return Optional.of(id);
            }
            begin();
            if (spooled.isPresent()) {
                send(spool.large());
            } else if (held.isPresent()) {
                write(held.get());
            }
        }
        say("\n");
        return Optional.of(":" + mark);
    }

    private void send(Path file) throws IOException, InterruptedException {
        try (InputStream in = Files.newInputStream(file)) {
            for (byte[] next = in.readNBytes(1 << 20); next.length > 0; next = in.readNBytes(1 << 20)) {
                write(next);
            }
        }
    }

    /** As git calls content: by this checksum of a header and of itself. */
    private static MessageDigest blob(long size) {
        try {
            MessageDigest sum = MessageDigest.getInstance("SHA-1");
            sum.update(GitNames.bytes("blob " + size + "\0"));
            return sum;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-1", e);
        }
    }

    /** What git knows of rights. */
    static String mode(Entry entry) {
        return entry.type() == 'l' ? "120000" : (Integer.parseInt(entry.mode(), 8) & 0100) != 0 ? "100755" : "100644";
    }

    private void note(String text) throws IOException {
        changes.write(GitNames.bytes(text));
    }

    @Override
    public void named(String sum) {
        // Content is called by its path.
    }

    @Override
    public void finish() {
        // It counts with the commit.
    }

    /** Whether that path is in what is stored now. */
    boolean uses(String path) {
        return used.hasName(path);
    }

    long bytes() {
        return bytes;
    }

    long sent() {
        return sent;
    }

    /** The commit begins: all that follows is in it. */
    void commit(Optional<String> parent, String message, Instant now) {
        String text = Entry.bytes(message);
        say("commit " + GitRepository.BRANCH + "\ncommitter Aegir <aegir@localhost> " + now.getEpochSecond()
                + " +0000\ndata " + text.length() + "\n" + text + "\n"
                + parent.map(commit -> "from " + commit + "\n").orElse(""));
    }

    void gone(String path) {
        say("D " + path + "\n");
    }

    /** What was noted, and the index. */
    void changes(Path index) throws IOException, InterruptedException {
        changes.flush();
        send(spool.changes());
        say("M 100644 inline " + GitNames.INDEX + "\ndata " + Files.size(index) + "\n");
        send(index);
        say("\n");
    }

    /** All was said. */
    void done() {
        say("done\n");
    }

    private void say(String text) {
        try {
            git.write(GitNames.bytes(text));
        } catch (IOException e) {
            throw new GitStreamException(e);
        }
    }

    @Override
    public void close() throws IOException {
        changes.close();
    }
}
