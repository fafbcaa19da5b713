// SPDX-License-Identifier: Apache-2.0
package dev.aegir.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aegir.Aegir;
import dev.aegir.host.Host;
import dev.aegir.host.Secret;
import dev.aegir.model.Id;
import dev.aegir.model.SecretRef;
import dev.aegir.model.Server;
import dev.aegir.spi.Backend;
import dev.aegir.spi.Secrets;
import dev.aegir.spi.TaskExecutor;
import dev.aegir.task.PlanPreview;
import dev.aegir.task.Submission;
import dev.aegir.task.Task;
import dev.aegir.task.TaskEvent;
import dev.aegir.task.TaskInfo;
import dev.aegir.task.TaskState;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** An executor while its contract is checked, the world its steps act upon, and short words for what checks do often. */
final class ExecutorUnderTest implements AutoCloseable {
    static final int THREADS = 4;
    static final Server SERVER = Server.at("web1", "contract:web1");

    final ExecutorWorld world;
    final MovableClock clock = new MovableClock();
    final FakeHost host = FakeHost.named("web1");
    final MemorySecrets secrets = new MemorySecrets();
    private final ExecutorContract contract;
    private TaskExecutor executor;

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
        public void forget(SecretRef reference) {
            all.remove(reference);
        }
    }

    /** One host that outlives the connections to it. */
    private record Fake(FakeHost host) implements Backend {
        @Override
        public String scheme() {
            return "contract";
        }

        @Override
        public Host connect(Server server, Secrets secrets) {
            return host;
        }
    }

    ExecutorUnderTest(ExecutorContract contract) {
        this.contract = contract;
        this.world = new ExecutorWorld(() -> patience().dividedBy(2));
        this.executor = contract.open(setup());
    }

    private ExecutorSetup setup() {
        return new ExecutorSetup(new ExecutorWorld.Handler(), new Fake(host), secrets, clock, THREADS);
    }

    /** For what is a matter of moments on a calm machine. */
    Duration patience() {
        return contract.timeLimit().dividedBy(3);
    }

    /** In which what must not happen would happen, and show. */
    Duration moment() {
        return patience().dividedBy(100);
    }

    TaskExecutor executor() {
        return executor;
    }

    /** As after a crash of which the store knows nothing. */
    void openAgain() {
        executor.close();
        executor = contract.open(setup());
    }

    Id submit(Task task) {
        return submit(Submission.of(task));
    }

    Id submit(Submission submission) {
        return executor.submit(List.of(submission)).get(0);
    }

    TaskInfo info(Id task) {
        return executor.find(task).orElseThrow(() -> new AssertionError("The task " + task + " is not found any more"));
    }

    TaskInfo run(Task task) throws InterruptedException {
        return ended(submit(task));
    }

    TaskInfo ended(Id task) throws InterruptedException {
        TaskInfo info = executor.await(task, patience());
        assertTrue(
                info.state().ended(), () -> "The task did not end within " + patience() + ": " + info + events(task));
        assertEquals(info, info(task), "what await and find say is the same");
        return info;
    }

    /** Lets time pass until the task has ended, as it would by itself. */
    TaskInfo endedInTime(Id task) throws InterruptedException {
        for (int i = 0; i < 600; i++) {
            TaskInfo info = executor.await(task, Duration.ofMillis(30));
            if (info.state().ended()) {
                return info;
            }
            clock.forward(Duration.ofSeconds(60));
        }
        throw new AssertionError("The task did not end, whatever time passed: " + info(task) + events(task));
    }

    void awaitState(Id task, TaskState state) throws InterruptedException {
        assertTrue(
                StoreUnderTest.within(patience(), () -> info(task).state() == state),
                () -> "The task did not become " + state + ": " + info(task));
    }

    /** All events, in pages of a few. */
    List<TaskEvent> events(Id task) {
        List<TaskEvent> all = new ArrayList<>();
        long after = 0;
        for (List<TaskEvent> page = executor.events(task, after, 100);
                !page.isEmpty();
                page = executor.events(task, after, 100)) {
            all.addAll(page);
            after = page.get(page.size() - 1).position();
        }
        return all;
    }

    /** What the task would do now, as any instance tells that knows the same. */
    PlanPreview preview(Task task) throws InterruptedException {
        try (Aegir looking = Aegir.builder()
                .onlyWhatIsNamed()
                .task(new ExecutorWorld.Handler())
                .secrets(secrets)
                .clock(clock)
                .threads(0)
                .store(URI.create("memory:/"))
                .open()) {
            return looking.preview(task);
        }
    }

    @Override
    public void close() {
        world.close();
        executor.close();
    }
}
