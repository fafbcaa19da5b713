// SPDX-License-Identifier: Apache-2.0
package dev.aegir.benchmark;

import dev.aegir.model.Id;
import dev.aegir.spi.Store;
import dev.aegir.spi.TaskQuery;
import dev.aegir.task.TaskState;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;

/** Opens a store, takes up what a former process left running, begins new work, and is killed in the middle of it. */
final class CrashedWorker {
    private CrashedWorker() {}

    /**
     * Runs until it is killed.
     *
     * @param arguments the store's directory
     */
    public static void main(String[] arguments) throws Exception {
        long begun = System.nanoTime();
        Store store = JournalBenchmark.open(Path.of(arguments[0]));
        List<Id> running = store.ledger().list(TaskQuery.newest(100).in(TaskState.RUNNING)).stream()
                .map(task -> task.id())
                .toList();
        long opened = System.nanoTime();
        CountDownLatch resumed = new CountDownLatch(1);
        AtomicBoolean quick = new AtomicBoolean(true);
        store.queue()
                .listen(
                        id -> {
                            if (quick.get() && running.contains(id)) {
                                Work.run(store, id, 3, resumed::countDown);
                            } else {
                                store.ledger().begin(id, java.time.Instant.now());
                                new CountDownLatch(1).await();
                            }
                        },
                        4);
        if (!running.isEmpty()) {
            resumed.await();
        }
        System.out.printf(
                "opened and read: %d ms, a task that ran at the kill has ended: %d ms (%d ran)%n",
                (opened - begun) / 1_000_000, (System.nanoTime() - begun) / 1_000_000, running.size());
        quick.set(false);
        store.ledger().submitAll(Work.tasks(1_000));
        while (store.ledger().list(TaskQuery.newest(100).in(TaskState.RUNNING)).size() < 4) {
            // Until its listeners are at work; nobody tells.
            Thread.sleep(5);
        }
        System.out.println("busy");
        new CountDownLatch(1).await();
    }
}
