// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.file.store;

import dev.aegir.engine.file.store.FileStoreException.Problem;
import dev.aegir.host.Command;
import dev.aegir.host.Host;
import dev.aegir.host.RunningCommand;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** A program on a server that keeps objects in a directory there, and is asked for one after the other. For one thread at a time. */
final class DirectoryKeeper implements AutoCloseable {
    private static final String PROGRAM = program();
    private static final int BLOCK = 64 * 1024;
    private static final int LONGEST_LINE = 1000;
    private static final Duration LIMIT = Duration.ofDays(7);

    private final Place place;
    private final RunningCommand running;
    private final InputStream in;
    private final OutputStream out;
    private final StringBuilder said = new StringBuilder();
    private boolean answering;

    private DirectoryKeeper(Place place, RunningCommand running) {
        this.place = place;
        this.running = running;
        this.in = new BufferedInputStream(running.stdout(), BLOCK);
        this.out = new BufferedOutputStream(running.stdin(), BLOCK);
        Thread listener = new Thread(this::listen, "aegir-store");
        listener.setDaemon(true);
        listener.start();
    }

    /** Where the content of an object goes, once it is known that there is one. */
    interface Sink {
        OutputStream open() throws IOException;
    }

    static DirectoryKeeper start(Host host, Place place, Place.Directory directory) throws InterruptedException {
        DirectoryKeeper keeper = new DirectoryKeeper(
                place,
                host.start(
                        Command.of("perl", "-e", PROGRAM, "--", directory.path().value(), directory.mark())
                                .timeout(LIMIT)));
        boolean ready = false;
        try {
            String line = keeper.line();
            if (line.startsWith("away ")) {
                throw new FileStoreException(
                        Problem.UNREACHABLE,
                        "The directory of the store " + place + " is away (" + line.substring(5)
                                + "): is it mounted? Nothing was changed. Mount it, or, when it is new, prepare the server; then"
                                + " try again.");
            } else if (!line.equals("ready")) {
                throw keeper.strange(line);
            }
            ready = true;
            return keeper;
        } catch (IOException e) {
            throw new FileStoreException(
                    Problem.UNREACHABLE,
                    "The store " + place + " cannot be used: perl did not begin there (" + keeper.why(e)
                            + "). On Debian: apt-get install perl-base",
                    e);
        } finally {
            if (!ready) {
                keeper.close();
            }
        }
    }

    /** Tells all objects below a name. */
    void list(String name, ObjectStore.Listener listener) throws IOException, InterruptedException {
        ask("list " + name);
        for (String line = line(); !line.equals("end"); line = line()) {
            if (!line.matches("object [0-9a-z.]{1,200} [0-9]{1,18}")) {
                throw refused("cannot be listed", line);
            }
            String[] words = line.split(" ");
            listener.object(words[1], Long.parseLong(words[2]));
        }
        answering = false;
    }

    /** Whether it has answered all that it was asked, and can be asked for more. */
    boolean ready() {
        return !answering;
    }

    /** So many bytes, of what may have become longer meanwhile. */
    void put(String name, long length, InputStream content) throws IOException {
        write("put " + name + " " + length);
        byte[] block = new byte[BLOCK];
        for (long left = length; left > 0; ) {
            int count = content.read(block, 0, (int) Math.min(left, block.length));
            if (count < 0) {
                throw new EOFException("what is stored has become shorter");
            }
            out.write(block, 0, count);
            left -= count;
        }
        out.flush();
        requireDone("does not take a file");
    }

    /** Whether there is one. */
    boolean get(String name, long limit, Sink sink) throws IOException {
        ask("get " + name + " " + limit);
        String line = line();
        if (line.equals("none")) {
            answering = false;
            return false;
        } else if (line.equals("long")) {
            answering = false;
            throw new FileStoreException(
                    Problem.DAMAGED,
                    "What the store " + place + " has as " + name + " is longer than what was stored (" + limit
                            + " bytes). Nothing of it is used.");
        } else if (!line.matches("object [0-9]{1,18}")) {
            throw refused("does not give a file", line);
        }
        byte[] block = new byte[BLOCK];
        try (OutputStream to = sink.open()) {
            for (long left = Long.parseLong(line.substring("object ".length())); left > 0; ) {
                int count = in.read(block, 0, (int) Math.min(left, block.length));
                if (count < 0) {
                    throw new EOFException("it ended in the middle of a file");
                }
                to.write(block, 0, count);
                left -= count;
            }
        }
        answering = false;
        return true;
    }

    void delete(String name) throws IOException {
        ask("delete " + name);
        requireDone("does not delete a file");
    }

    private void requireDone(String what) throws IOException {
        String line = line();
        if (!line.equals("done")) {
            throw refused(what, line);
        }
        answering = false;
    }

    private FileStoreException refused(String what, String line) throws IOException {
        answering = !line.startsWith("full ") && !line.startsWith("refused ");
        if (line.startsWith("full ")) {
            return new FileStoreException(
                    Problem.FULL,
                    "The store " + place + " is full (" + line.substring(5)
                            + "). Make room there, then try again: what was sent is not sent twice.");
        } else if (line.startsWith("refused ")) {
            return new FileStoreException(
                    Problem.REFUSED,
                    "The store " + place + " " + what + " (" + line.substring(8)
                            + "). See whether its directory can be listed, read and written there.");
        }
        throw strange(line);
    }

    /** Nothing that can be asked anything more. */
    private IOException strange(String line) {
        return new IOException("it says something strange: " + line);
    }

    private void ask(String line) throws IOException {
        write(line);
        out.flush();
    }

    private void write(String line) throws IOException {
        answering = true;
        out.write((line + "\n").getBytes(StandardCharsets.US_ASCII));
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new EOFException("it ended");
            } else if (line.length() == LONGEST_LINE) {
                throw strange(line.toString());
            }
            line.append(next >= ' ' && next < 127 ? (char) next : '?');
        }
        return line.toString();
    }

    /** For messages: what went wrong, and what it said of it. */
    String why(IOException e) {
        String complaint;
        synchronized (said) {
            complaint = said.toString().strip();
        }
        return e.getMessage() + (complaint.isEmpty() ? "" : "; " + complaint);
    }

    private void listen() {
        try (InputStream complaints = running.stderr()) {
            for (int next = complaints.read(); next >= 0; next = complaints.read()) {
                synchronized (said) {
                    if (said.length() < LONGEST_LINE) {
                        said.append(next >= ' ' && next < 127 ? (char) next : ' ');
                    }
                }
            }
        } catch (IOException e) {
            // It has ended, or its host is gone: whoever asks it next hears so.
        }
    }

    private static String program() {
        try (InputStream in = DirectoryKeeper.class.getResourceAsStream("directory.pl")) {
            if (in == null) {
                throw new IllegalStateException("this module has no directory.pl");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        running.close();
    }
}
