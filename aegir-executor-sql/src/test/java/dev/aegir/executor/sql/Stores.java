// SPDX-License-Identifier: Apache-2.0
package dev.aegir.executor.sql;

import dev.aegir.model.Id;
import dev.aegir.spi.Claim;
import dev.aegir.spi.LedgerTask;
import dev.aegir.spi.Store;
import dev.aegir.spi.Transition;
import dev.aegir.task.CrashPolicy;
import dev.aegir.task.Lock;
import dev.aegir.task.TaskEvent;
import dev.aegir.task.TaskState;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** What the tests of this module do with stores. */
final class Stores {
    private Stores() {}

    static URI uri(Path file) {
        return URI.create("sqlite:" + file.toUri().getRawPath());
    }

    static Store open(Path file) {
        return new SqlStoreProvider().open(uri(file), InstantSource.system());
    }

    static SqlStore openWithin(Path file) {
        return SqlStore.open(SqliteFile.of(uri(file)), InstantSource.system());
    }

    static String pragma(SqlStore store, String name) {
        Optional<String> value = store.writer().write(db -> db.first("pragma " + name, Row::text));
        return value.orElseThrow();
    }

    static LedgerTask task(String key) {
        Instant now = Instant.now();
        return new LedgerTask(
                Id.next(),
                Optional.of(key),
                "test.task",
                "a task",
                "{}",
                0,
                Optional.empty(),
                CrashPolicy.RESUME,
                TaskState.WAITING,
                0,
                -1,
                Optional.empty(),
                Optional.empty(),
                now,
                now,
                Optional.empty());
    }

    static LedgerTask submit(Store store, String key, Lock... locks) {
        return store.ledger().submit(task(key), List.of(locks));
    }

    static TaskState state(Store store, Id task) {
        return store.ledger().find(task).orElseThrow().state();
    }

    static TaskEvent line(Id task, String text) {
        return new TaskEvent(0, task, Instant.now(), TaskEvent.Kind.LOG, "", text);
    }

    static void end(Store store, Claim claim) {
        store.ledger()
                .record(
                        claim.task().id(),
                        claim.task().fence(),
                        Transition.steps(List.of(), List.of()).into(TaskState.SUCCEEDED, Optional.empty()),
                        Instant.now());
    }

    /** Begins a task, if it can be begun, and ends it. */
    static void run(Store store, Id task) {
        store.ledger().begin(task, Instant.now()).ifPresent(claim -> end(store, claim));
    }

    /** For what happens at once, unless the machine is busy. */
    static final Duration SOON = Duration.ofSeconds(60);

    static boolean within(Duration limit, BooleanSupplier holds) throws InterruptedException {
        long end = System.nanoTime() + limit.toNanos();
        while (!holds.getAsBoolean()) {
            if (System.nanoTime() > end) {
                return false;
            }
            // What is waited for happens on threads of the store or in other processes, which tell nobody.
            Thread.sleep(5);
        }
        return true;
    }

    /** Starts a program of this class path in a process of its own; what it says can be read. */
    static Process java(Class<?> main, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"))
                        + System.getProperty("path.separator")
                        + System.getProperty("jdk.module.path", ""),
                main.getName()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }
}
