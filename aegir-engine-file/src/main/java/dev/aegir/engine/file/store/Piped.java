// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.file.store;

import dev.aegir.host.Command;
import dev.aegir.host.Host;
import dev.aegir.host.HostUnreachableException;
import dev.aegir.host.RunningCommand;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A program on a host that is written to and read from at once, by threads that end with it. */
final class Piped {
    private static final Logger LOG = LoggerFactory.getLogger(Piped.class);
    private static final int MOST_SAID = 200;
    private static final int LONGEST_SAID = 1000;
    private static final Duration END = Duration.ofSeconds(60);

    private Piped() {}

    /** Uses a stream of the program. */
    interface Work<S> {
        void with(S stream) throws IOException, InterruptedException;
    }

    /**
     * How it ended.
     *
     * @param exit the exit
     * @param whole whether both streams were used to their end
     * @param said what it complained about, line by line, the first of it
     * @param lines how many lines only say that somebody wrote meanwhile
     */
    record Ended(int exit, boolean whole, List<String> said, long lines) {
        Ended {
            said = List.copyOf(said);
        }

        String why() {
            String text = String.join("; ", said.subList(0, Math.min(5, said.size())));
            return "it ended with " + exit + (text.isEmpty() ? " and said nothing" : ": " + text);
        }
    }

    /**
     * Runs it.
     *
     * @param host where
     * @param command the program
     * @param feed writes what it reads, which ends then
     * @param read reads what it writes, to the end
     * @return how it ended
     */
    static Ended run(Host host, Command command, Work<OutputStream> feed, Work<InputStream> read)
            throws InterruptedException {
        ExecutorService threads = Executors.newFixedThreadPool(3, Piped::thread);
        List<String> said = new ArrayList<>();
        AtomicLong lines = new AtomicLong();
        try (RunningCommand running = host.start(command)) {
            CompletionService<Boolean> works = new ExecutorCompletionService<>(threads);
            works.submit(() -> {
                OutputStream out = new BufferedOutputStream(running.stdin(), 1 << 16);
                feed.with(out);
                out.flush();
                ended(out);
                return true;
            });
            works.submit(() -> {
                read.with(running.stdout());
                return true;
            });
            works.submit(() -> {
                complaints(running.stderr(), said, lines);
                return true;
            });
            IOException broken = null;
            int done = 0;
            while (done < 3 && broken == null) {
                broken = failure(works.take(), running);
                done++;
            }
            int exit = running.waitFor(END).orElse(-1);
            // Of one that broke, what it has said is still worth reading.
            while (done < 3 && works.poll(5, TimeUnit.SECONDS) != null) {
                done++;
            }
            if (broken != null && exit == 0) {
                throw new HostUnreachableException(
                        host.server().value(), "the connection broke while files were read or written", broken);
            }
            synchronized (said) {
                return new Ended(exit, broken == null, said, lines.get());
            }
        } finally {
            threads.shutdownNow();
            // They use what whoever has called this closes next.
            threads.awaitTermination(10, TimeUnit.SECONDS);
        }
    }

    /** A program that needs no end of its input may have ended by itself. */
    private static void ended(OutputStream out) {
        try {
            out.close();
        } catch (IOException e) {
            LOG.debug("A program was there no more when its input ended", e);
        }
    }

    /** What a stream's end has done to some work: its program has ended, or is out of reach, and its exit says what happened. */
    private static @Nullable IOException failure(Future<Boolean> work, RunningCommand running)
            throws InterruptedException {
        try {
            work.get();
            return null;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException broken) {
                return broken;
            }
            // What is half done must not look as if it were whole.
            running.close();
            if (e.getCause() instanceof InterruptedException interrupted) {
                throw interrupted;
            } else if (e.getCause() instanceof RuntimeException error) {
                throw error;
            }
            throw new IllegalStateException(e.getCause());
        }
    }

    private static Thread thread(Runnable work) {
        Thread thread = new Thread(work, "aegir-store");
        thread.setDaemon(true);
        return thread;
    }

    private static void complaints(InputStream in, List<String> said, AtomicLong lines) throws IOException {
        StringBuilder line = new StringBuilder();
        byte[] buffer = new byte[8192];
        for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
            for (char c : new String(buffer, 0, length, StandardCharsets.ISO_8859_1).toCharArray()) {
                if (c != '\n') {
                    line.append(line.length() < LONGEST_SAID && !Character.isISOControl(c) ? String.valueOf(c) : "");
                    continue;
                }
                complaint(line.toString(), said, lines);
                line.setLength(0);
            }
        }
        if (line.length() > 0) {
            complaint(line.toString(), said, lines);
        }
    }

    /** What only says that a site is at work is counted, and not kept. */
    private static void complaint(String line, List<String> said, AtomicLong lines) {
        if (Source.ofLife(line)) {
            lines.incrementAndGet();
            return;
        }
        synchronized (said) {
            if (said.size() < MOST_SAID) {
                said.add(line);
            }
        }
    }
}
