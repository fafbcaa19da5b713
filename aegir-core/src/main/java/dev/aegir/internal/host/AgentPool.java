// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal.host;

import dev.aegir.host.HostRefusedException;
import dev.aegir.host.HostUnreachableException;
import dev.aegir.spi.Connection;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;

/** The running programs on one host: one, and more only while several threads ask at the same time. Thread-safe. */
final class AgentPool implements AutoCloseable {
    /** How long an answer may take that is not a command's. A transaction waits two minutes for another. */
    static final Duration PATIENCE = Duration.ofMinutes(5);

    /** OpenSSH allows ten sessions on a connection; streams need some of them. */
    private static final int MOST = 4;

    /** After so long without a word a channel is asked whether it still lives, before it is trusted with a change. */
    private static final Duration DISTRUSTED = Duration.ofSeconds(2);

    /** The same before a question that can be asked again. */
    private static final Duration TRUSTED = Duration.ofMinutes(2);

    private static final String PROGRAM = program();

    private final String server;
    private final Connection connection;
    private final List<String> prefix;
    private final String state;
    private final Semaphore shorter = new Semaphore(MOST, true);
    private final Semaphore longer = new Semaphore(MOST, true);
    private final Deque<Idle> idle = new ArrayDeque<>();
    private final ExecutorService readers;
    private final AtomicLong requests = new AtomicLong();
    private boolean closed;

    private record Idle(AgentChannel channel, long since) {}

    AgentPool(String server, Connection connection, List<String> prefix, String state) {
        this.server = server;
        this.connection = connection;
        this.prefix = prefix;
        this.state = state;
        this.readers = Executors.newCachedThreadPool(work -> {
            Thread thread = new Thread(work, "aegir-host-" + server);
            thread.setDaemon(true);
            return thread;
        });
    }

    private static String program() {
        try (InputStream in = AgentPool.class.getResourceAsStream("agent.sh")) {
            if (in == null) {
                throw new IllegalStateException("agent.sh is missing from the jar");
            }
            // Comments are for readers; they need not travel.
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.isBlank() && !line.stripLeading().startsWith("#"))
                    .collect(Collectors.joining("\n", "", "\n"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The state directory on the host. */
    String state() {
        return state;
    }

    long requests() {
        return requests.get();
    }

    /** Which channels a request may use: long ones never keep short ones waiting. */
    enum Lane {
        SHORT,
        LONG
    }

    interface Talk<T> {
        T with(AgentChannel channel) throws InterruptedException;
    }

    /** Talks to a program of this host; it is nobody else's meanwhile. */
    <T> T talk(Lane lane, Talk<T> talk) throws InterruptedException {
        Semaphore permits = lane == Lane.LONG ? longer : shorter;
        permits.acquire();
        try {
            AgentChannel channel = channel(DISTRUSTED);
            try {
                return talk.with(channel);
            } finally {
                giveBack(channel);
            }
        } finally {
            permits.release();
        }
    }

    /**
     * The same for talk that begins with a question that changes nothing: when the program was gone when it was asked, it is
     * asked again, of another. So no round trip is spent on finding out.
     */
    <T> T talkAgain(Talk<T> talk) throws InterruptedException {
        shorter.acquire();
        try {
            AgentChannel channel = channel(TRUSTED);
            try {
                return talk.with(channel);
            } catch (HostUnreachableException e) {
                if (channel.answered() || !channel.reused()) {
                    throw e;
                }
            } finally {
                giveBack(channel);
            }
            AgentChannel fresh = open();
            try {
                return talk.with(fresh);
            } finally {
                giveBack(fresh);
            }
        } finally {
            shorter.release();
        }
    }

    AgentChannel.Answer ask(AgentChannel channel, String head, List<byte[]> sections, Duration limit)
            throws InterruptedException {
        requests.incrementAndGet();
        return channel.ask(head, sections, limit);
    }

    private AgentChannel channel(Duration trusted) throws InterruptedException {
        while (true) {
            Optional<Idle> known;
            synchronized (idle) {
                if (closed) {
                    throw new HostUnreachableException(server, "it was closed", new IOException("closed"), true);
                }
                known = Optional.ofNullable(idle.pollFirst());
            }
            if (known.isEmpty()) {
                return open();
            }
            AgentChannel channel = known.get().channel();
            boolean recent = System.nanoTime() - known.get().since() < trusted.toNanos();
            if (channel.alive() && (recent || answers(channel))) {
                channel.reuse();
                return channel;
            }
            channel.close();
        }
    }

    private boolean answers(AgentChannel channel) throws InterruptedException {
        try {
            return ask(channel, Wire.head("PING", "", Optional.empty(), 0), List.of(), Duration.ofSeconds(15))
                    .status()
                    .equals("OK");
        } catch (HostUnreachableException | HostRefusedException e) {
            return false;
        }
    }

    private AgentChannel open() throws InterruptedException {
        List<String> words = new ArrayList<>(prefix);
        words.addAll(List.of("sh", "-c", PROGRAM, "aegir-agent", state, "serve", PROGRAM));
        return new AgentChannel(server, connection.open(words), readers);
    }

    private void giveBack(AgentChannel channel) {
        synchronized (idle) {
            if (!channel.broken() && !closed) {
                idle.addFirst(new Idle(channel, System.nanoTime()));
                return;
            }
        }
        channel.close();
    }

    @Override
    public void close() {
        List<Idle> all;
        synchronized (idle) {
            closed = true;
            all = List.copyOf(idle);
            idle.clear();
        }
        all.forEach(each -> each.channel().close());
        readers.shutdownNow();
    }
}
