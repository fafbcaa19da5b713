// SPDX-License-Identifier: Apache-2.0
package dev.aegir.benchmark;

import dev.aegir.executor.sql.SqlStoreProvider;
import dev.aegir.model.Id;
import dev.aegir.spi.Claim;
import dev.aegir.spi.Documents.Document;
import dev.aegir.spi.Ledger.NewTask;
import dev.aegir.spi.Store;
import dev.aegir.task.TaskEvent;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * How fast the store in a file is: durable changes of the journal, submissions, tasks from the queue to their end, the
 * start after a crash, and the memory of a large inventory. Prints one line for each. Not JMH: what is measured waits for
 * the disk, and is the sum of many threads.
 */
public final class JournalBenchmark {
    private static final Duration ROUND = Duration.ofSeconds(5);
    private static final int QUEUED = 10_000;

    private final Path directory;

    private JournalBenchmark(Path directory) {
        this.directory = directory;
    }

    /**
     * Measures.
     *
     * @param arguments a directory on the disk to be measured, in which a new one is made for each store; then which of
     *     {@code disk}, {@code transitions}, {@code submits}, {@code drain}, {@code latency}, {@code log}, {@code crash},
     *     {@code memory}, all if none is named
     * @throws Exception when it fails
     */
    public static void main(String[] arguments) throws Exception {
        JournalBenchmark benchmark = new JournalBenchmark(Path.of(arguments[0]));
        Set<String> chosen = Set.of(Arrays.copyOfRange(arguments, 1, arguments.length));
        if (chosen.isEmpty() || chosen.contains("disk")) {
            benchmark.disk();
        }
        if (chosen.isEmpty() || chosen.contains("transitions")) {
            for (int threads : new int[] {1, 16, 64}) {
                benchmark.transitions(threads);
            }
        }
        if (chosen.isEmpty() || chosen.contains("submits")) {
            benchmark.submitOneByOne(1);
            benchmark.submitOneByOne(16);
            benchmark.submitTogether();
        }
        if (chosen.isEmpty() || chosen.contains("drain")) {
            benchmark.drain(0);
            benchmark.drain(3);
        }
        if (chosen.isEmpty() || chosen.contains("latency")) {
            benchmark.latency();
        }
        if (chosen.isEmpty() || chosen.contains("log")) {
            benchmark.log();
        }
        if (chosen.isEmpty() || chosen.contains("crash")) {
            benchmark.crash();
        }
        if (chosen.isEmpty() || chosen.contains("memory")) {
            benchmark.memory();
        }
    }

    static Store open(Path home) {
        URI uri = URI.create("sqlite:" + home.resolve("aegir.db").toUri().getRawPath());
        return new SqlStoreProvider().open(uri, InstantSource.system());
    }

    private Path home() throws IOException {
        return Files.createTempDirectory(directory, "journal");
    }

    private static void print(String what, String figure) {
        System.out.printf("%-60s %s%n", what, figure);
    }

    private static String perSecond(long count, long nanos) {
        return String.format("%,9d /s", Math.round(count * 1e9 / nanos));
    }

    private static String percentiles(long[] nanos) {
        Arrays.sort(nanos);
        return String.format(
                "p50 %.2f ms, p99 %.2f ms, max %.1f ms",
                nanos[nanos.length / 2] / 1e6, nanos[nanos.length * 99 / 100] / 1e6, nanos[nanos.length - 1] / 1e6);
    }

    private void disk() throws IOException {
        Path file = Files.createTempFile(directory, "sync", ".bin");
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            long begun = System.nanoTime();
            int count = 0;
            while (System.nanoTime() - begun < 2_000_000_000L) {
                channel.write(ByteBuffer.allocate(4096));
                channel.force(false);
                count++;
            }
            print("this disk, appending 4 KiB and fdatasync", perSecond(count, System.nanoTime() - begun));
        }
        Files.delete(file);
    }

    private void transitions(int threads) throws Exception {
        try (Store store = open(home())) {
            List<Claim> claims = IntStream.range(0, threads)
                    .mapToObj(i -> Work.begin(store, Work.submit(store)))
                    .toList();
            long end = System.nanoTime() + ROUND.toNanos();
            long begun = System.nanoTime();
            List<long[]> all = Work.together(threads, i -> {
                List<Long> took = new ArrayList<>();
                for (long now = System.nanoTime(); now < end; now = System.nanoTime()) {
                    Work.step(store, claims.get(i), took.size() % Work.STEPS);
                    took.add(System.nanoTime() - now);
                }
                return took.stream().mapToLong(Long::longValue).toArray();
            });
            long nanos = System.nanoTime() - begun;
            long[] took = all.stream().flatMapToLong(LongStream::of).toArray();
            print(
                    "durable step transitions, " + threads + " threads",
                    perSecond(took.length, nanos) + "   " + percentiles(took));
        }
    }

    private void submitOneByOne(int threads) throws Exception {
        try (Store store = open(home())) {
            long end = System.nanoTime() + ROUND.toNanos();
            long begun = System.nanoTime();
            List<Integer> counts = Work.together(threads, i -> {
                int count = 0;
                while (System.nanoTime() < end) {
                    Work.submit(store, Work.locks(count * threads + i));
                    count++;
                }
                return count;
            });
            long count = counts.stream().mapToLong(Integer::longValue).sum();
            print("submissions one by one, " + threads + " threads", perSecond(count, System.nanoTime() - begun));
        }
    }

    private void submitTogether() throws Exception {
        try (Store store = open(home())) {
            List<NewTask> tasks = Work.tasks(20_000);
            long begun = System.nanoTime();
            store.ledger().submitAll(tasks);
            print("submissions together, 20,000 at once", perSecond(tasks.size(), System.nanoTime() - begun));
        }
    }

    private void drain(int steps) throws Exception {
        try (Store store = open(home())) {
            store.ledger().submitAll(Work.tasks(QUEUED));
            CountDownLatch left = new CountDownLatch(QUEUED);
            long begun = System.nanoTime();
            store.queue().listen(id -> Work.run(store, id, steps, left::countDown), 20);
            left.await();
            print(
                    "tasks from the queue to their end, " + steps + " steps, " + QUEUED + " queued, 20 threads",
                    perSecond(QUEUED, System.nanoTime() - begun));
        }
    }

    private void latency() throws Exception {
        try (Store store = open(home())) {
            long[] begunAt = new long[1];
            List<Long> took = new ArrayList<>();
            CountDownLatch[] done = new CountDownLatch[1];
            store.queue()
                    .listen(
                            id -> {
                                begunAt[0] = System.nanoTime();
                                Work.run(store, id, 0, () -> done[0].countDown());
                            },
                            4);
            for (int i = 0; i < 500; i++) {
                done[0] = new CountDownLatch(1);
                long submitted = System.nanoTime();
                Work.submit(store);
                done[0].await();
                took.add(begunAt[0] - submitted);
                // So that the queue is idle again, and waits.
                TimeUnit.MILLISECONDS.sleep(5);
            }
            print(
                    "empty queue, from before submit to the listener",
                    percentiles(took.stream().mapToLong(Long::longValue).toArray()));
        }
    }

    private void log() throws Exception {
        try (Store store = open(home())) {
            Id task = Work.submit(store);
            List<TaskEvent> lines = IntStream.range(0, 500)
                    .mapToObj(i -> new TaskEvent(
                            0, task, Instant.now(), TaskEvent.Kind.LOG, "a step", "line " + i + " of an output"))
                    .toList();
            long end = System.nanoTime() + ROUND.toNanos();
            long begun = System.nanoTime();
            List<Integer> counts = Work.together(4, i -> {
                int count = 0;
                while (System.nanoTime() < end) {
                    store.ledger().append(lines);
                    count += lines.size();
                }
                return count;
            });
            long count = counts.stream().mapToLong(Integer::longValue).sum();
            print("log lines, 500 at once, 4 threads", perSecond(count, System.nanoTime() - begun));
        }
    }

    /** Kills a process that is in the middle of its work, and looks how soon another one goes on. */
    private void crash() throws Exception {
        Path home = home();
        List<String> said = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            Process child = Work.java(CrashedWorker.class, home.toString())
                    .redirectErrorStream(true)
                    .start();
            try (var reader = child.inputReader()) {
                for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                    if (line.startsWith("opened")) {
                        said.add(line);
                    }
                    if (line.equals("busy")) {
                        child.toHandle().destroyForcibly(); // SIGKILL
                    }
                }
            }
            child.waitFor();
        }
        said.remove(0);
        said.forEach(line -> print("start after kill -9, from main()", line));
    }

    private void memory() throws Exception {
        try (Store store = open(home())) {
            long empty = used();
            long begun = System.nanoTime();
            Work.together(16, thread -> {
                for (int i = thread; i < 10_000; i += 16) {
                    String name = "site" + i + ".example.com";
                    String json = "{\"name\":\"" + name + "\",\"filler\":\"" + "x".repeat(900) + "\"}";
                    Set<String> keys = Set.of("www." + name, "alias-" + name);
                    store.documents()
                            .save(new Document(
                                    "site",
                                    Id.next(),
                                    name,
                                    keys,
                                    Set.of("server:web" + i % 20, "codebase:d11"),
                                    json));
                }
                return true;
            });
            print("saving site documents of 1 kB, 16 threads", perSecond(10_000, System.nanoTime() - begun));
            print(
                    "memory with 10,000 site documents",
                    String.format("%,d kB more than empty", (used() - empty) / 1024));
            begun = System.nanoTime();
            List<Document> all = store.documents().all("site");
            long took = (System.nanoTime() - begun) / 1_000_000;
            long kept = (used() - empty) / 1024;
            print(
                    "reading all " + all.size() + " of them",
                    String.format("%d ms, %,d kB while they are kept", took, kept));
            begun = System.nanoTime();
            int found = 0;
            for (int i = 0; i < 10_000; i++) {
                found += store.documents()
                        .byKey("site", "www.site" + i + ".example.com")
                        .map(site -> 1)
                        .orElse(0);
            }
            print("finding one by a key, " + found + " found", perSecond(10_000, System.nanoTime() - begun));
        }
    }

    private static long used() throws InterruptedException {
        Runtime runtime = Runtime.getRuntime();
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 5; i++) {
            System.gc();
            // The collector needs a moment to give back what it found.
            Thread.sleep(50);
            least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
        }
        return least;
    }
}
