// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal.host;

import dev.aegir.host.HostRefusedException;
import dev.aegir.host.HostUnreachableException;
import dev.aegir.host.RunningCommand;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** One running program on the host, and what is said to it and back. Used by one thread at a time. */
final class AgentChannel implements AutoCloseable {
    private static final int MAX_LINE = 4096;

    /** Something that the program has left behind may keep its standard error open. */
    private static final Duration LAST_WORDS = Duration.ofSeconds(5);

    private final String server;
    private final RunningCommand program;
    private final OutputStream to;
    private final InputStream from;
    private final ExecutorService readers;
    private boolean privileged;
    private String account = "";
    private boolean broken;
    private boolean reused;
    private boolean answered;

    /** What the program answered. */
    record Answer(String status, List<byte[]> sections) {
        String text(int section) {
            return new String(sections.get(section), StandardCharsets.UTF_8);
        }
    }

    AgentChannel(String server, RunningCommand program, ExecutorService readers) throws InterruptedException {
        this.server = server;
        this.program = program;
        this.to = new BufferedOutputStream(program.stdin(), 1 << 16);
        this.from = new BufferedInputStream(program.stdout(), 1 << 16);
        this.readers = readers;
        Future<String> complaints = readers.submit(() -> head(program.stderr()));
        greet(complaints);
    }

    private void greet(Future<String> complaints) throws InterruptedException {
        String hello;
        try {
            hello = interruptibly(this::line, AgentPool.PATIENCE);
        } catch (IOException e) {
            close();
            String said = said(complaints);
            if (said.contains("sudo")) {
                throw new HostRefusedException(server, "sudo does not let this account in without a password: " + said);
            }
            throw new HostUnreachableException(
                    server, "the shell there ended before it answered" + (said.isEmpty() ? "" : ": " + said), e, true);
        }
        String[] words = hello.split(" ");
        if (words[0].equals("MISSING")) {
            close();
            throw new HostRefusedException(
                    server,
                    "it lacks" + hello.substring("MISSING".length())
                            + "; install GNU coreutils, findutils, tar, awk and util-linux there");
        } else if (words[0].equals("NOSTATE")) {
            close();
            throw new HostRefusedException(
                    server,
                    "the state directory " + hello.substring("NOSTATE ".length())
                            + " cannot be written; is the disk full or read-only, or the account not privileged?");
        } else if (!hello.startsWith("AEGIR 1 ") || words.length < 4) {
            close();
            throw new HostRefusedException(
                    server, "something else answered than was started: \"" + hello + "\"; does the login print text?");
        }
        privileged = words[2].equals("0");
        account = words[3];
    }

    private static String said(Future<String> complaints) throws InterruptedException {
        try {
            return complaints.get(LAST_WORDS.toMillis(), TimeUnit.MILLISECONDS).strip();
        } catch (ExecutionException | TimeoutException e) {
            return "";
        }
    }

    /** Whether commands run as root. */
    boolean privileged() {
        return privileged;
    }

    /** The account and group commands run as. */
    String account() {
        return account;
    }

    boolean broken() {
        return broken;
    }

    /** Whether it is not known here to have ended; asks nobody. */
    boolean alive() throws InterruptedException {
        try {
            return !broken && program.waitFor(Duration.ZERO).isEmpty();
        } catch (HostUnreachableException e) {
            return false;
        }
    }

    /** It served somebody before, and is about to serve somebody else. */
    void reuse() {
        reused = true;
        answered = false;
    }

    boolean reused() {
        return reused;
    }

    /** Whether it has answered who has it now. */
    boolean answered() {
        return answered;
    }

    /** Sends a request and waits for its answer: one round trip. */
    Answer ask(String head, List<byte[]> sections, Duration limit) throws InterruptedException {
        try {
            StringBuilder line = new StringBuilder(head);
            sections.forEach(section -> line.append(' ').append(section.length));
            line.append('\n');
            Answer answer = interruptibly(() -> answer(line.toString(), sections), limit);
            answered = true;
            if (answer.status().equals("FATAL")) {
                close();
                throw new HostRefusedException(server, answer.text(0));
            }
            return answer;
        } catch (IOException | NumberFormatException e) {
            broken = true;
            close();
            throw new HostUnreachableException(
                    server,
                    "the connection broke while it was asked something; what was asked may have been done: "
                            + e.getMessage(),
                    e);
        } catch (InterruptedException e) {
            // The answer would come to the next who asks.
            broken = true;
            close();
            throw e;
        }
    }

    private Answer answer(String line, List<byte[]> sections) throws IOException {
        try {
            to.write(line.getBytes(StandardCharsets.US_ASCII));
            for (byte[] section : sections) {
                to.write(section);
            }
            to.flush();
        } catch (IOException e) {
            // Who stops reading in the middle of a request says why.
            try {
                return answer();
            } catch (IOException nothingSaid) {
                // A connection that broke gives the same exception to whoever reads and whoever writes.
                if (nothingSaid != e) {
                    e.addSuppressed(nothingSaid);
                }
                throw e;
            }
        }
        return answer();
    }

    private Answer answer() throws IOException {
        String[] words = line().split(" ");
        List<byte[]> parts = new ArrayList<>();
        for (int i = 1; i < words.length; i++) {
            parts.add(exactly(Integer.parseInt(words[i])));
        }
        return new Answer(words[0], parts);
    }

    private interface Io<T> {
        T run() throws IOException;
    }

    /** Streams cannot be interrupted; a thread that waits for another can. */
    private <T> T interruptibly(Io<T> io, Duration limit) throws IOException, InterruptedException {
        Future<T> result = readers.submit(io::run);
        try {
            return result.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException failure) {
                throw failure;
            } else if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw new IOException(e.getCause());
        } catch (TimeoutException e) {
            close();
            throw new IOException("no answer within " + limit.toSeconds() + " s", e);
        } catch (InterruptedException e) {
            close();
            throw e;
        }
    }

    private String line() throws IOException {
        StringBuilder out = new StringBuilder();
        for (int c = from.read(); c != '\n'; c = from.read()) {
            if (c < 0) {
                throw new EOFException("it ended");
            }
            out.append((char) c);
            if (out.length() > MAX_LINE) {
                throw new IOException("it answers with something else: \"" + out.substring(0, 100) + "...\"");
            }
        }
        return out.toString();
    }

    private byte[] exactly(int length) throws IOException {
        byte[] bytes = from.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException("it ended in the middle of an answer");
        }
        return bytes;
    }

    private static String head(InputStream complaints) throws IOException {
        byte[] first = complaints.readNBytes(MAX_LINE);
        complaints.transferTo(OutputStream.nullOutputStream());
        return new String(first, StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        broken = true;
        program.close();
    }
}
