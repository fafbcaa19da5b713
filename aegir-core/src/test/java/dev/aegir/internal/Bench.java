// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal;

import dev.aegir.Aegir;
import dev.aegir.TaskHandle;
import dev.aegir.host.Secret;
import dev.aegir.model.SecretRef;
import dev.aegir.spi.Secrets;
import dev.aegir.spi.Store;
import dev.aegir.task.Submission;
import dev.aegir.task.Task;
import dev.aegir.task.TaskEvent;
import dev.aegir.task.TaskInfo;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;

/** An instance over a store in memory, a clock that is set, and a world. */
final class Bench implements AutoCloseable {
    static final Duration LONG = Duration.ofSeconds(60);

    final SettableClock clock = new SettableClock();
    final World world = new World();
    final MemorySecrets secrets = new MemorySecrets();
    final List<TaskEvent> heard = new CopyOnWriteArrayList<>();
    final Store store;
    final Aegir aegir;

    Bench() {
        this(builder -> builder);
    }

    Bench(UnaryOperator<Aegir.Builder> more) {
        store = new InMemoryStore(clock);
        aegir = more.apply(builder(this, store).listener(heard::add)).open();
    }

    static Aegir.Builder builder(Bench bench, Store store) {
        return Aegir.builder()
                .onlyWhatIsNamed()
                .task(new World.JobHandler())
                .secrets(bench.secrets)
                .clock(bench.clock)
                .threads(4)
                .store(store);
    }

    TaskHandle submit(Task task) {
        return aegir.submit(task);
    }

    TaskHandle submit(Submission submission) {
        return aegir.submit(submission);
    }

    TaskInfo run(Task task) throws InterruptedException {
        return ended(submit(task));
    }

    static TaskInfo ended(TaskHandle handle) throws InterruptedException {
        TaskInfo info = handle.await(LONG);
        if (!info.state().ended()) {
            throw new AssertionError("It did not end: " + info + "\n" + handle.events(0));
        }
        return info;
    }

    /** Lets time pass until the task has ended, as it would by itself. */
    TaskInfo endedInTime(TaskHandle handle) throws InterruptedException {
        for (int i = 0; i < 1000; i++) {
            TaskInfo info = handle.await(Duration.ofMillis(15));
            if (info.state().ended()) {
                return info;
            }
            clock.pass(Duration.ofSeconds(60));
        }
        throw new AssertionError("It did not end: " + handle.info() + "\n" + handle.events(0));
    }

    /** Waits until an event was heard. */
    void awaitHeard(TaskHandle handle, TaskEvent.Kind kind) throws InterruptedException {
        long end = System.nanoTime() + LONG.toNanos();
        while (heard.stream().noneMatch(event -> event.task().equals(handle.id()) && event.kind() == kind)) {
            if (System.nanoTime() > end) {
                throw new AssertionError("no " + kind + " in " + heard);
            }
            Thread.onSpinWait();
        }
    }

    static List<TaskEvent.Kind> kinds(TaskHandle handle) {
        return handle.events(0).stream().map(TaskEvent::kind).toList();
    }

    @Override
    public void close() {
        world.close();
        aegir.close();
    }

    /** Secrets in memory. */
    static final class MemorySecrets implements Secrets {
        private final Map<SecretRef, Secret> all = new ConcurrentHashMap<>();

        @Override
        public Optional<Secret> find(SecretRef reference) {
            return Optional.ofNullable(all.get(reference));
        }

        @Override
        public void keep(SecretRef reference, Secret secret) {
            all.put(reference, secret);
        }

        @Override
        public List<SecretRef> below(SecretRef name) {
            return all.keySet().stream()
                    .filter(each -> each.name().startsWith(name.name() + "/"))
                    .toList();
        }

        @Override
        public void forget(SecretRef reference) {
            all.remove(reference);
        }
    }
}
