// SPDX-License-Identifier: Apache-2.0
package dev.aegir.testkit;

import dev.aegir.model.Id;
import dev.aegir.spi.Planner;
import dev.aegir.spi.TaskHandler;
import dev.aegir.task.Change;
import dev.aegir.task.Doubt;
import dev.aegir.task.Plan;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import dev.aegir.task.Task;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * What the steps of an executor's contract act upon: it records their effects and says how they behave. Steps are stored as
 * text, so they find their world by its name.
 */
final class ExecutorWorld implements AutoCloseable {
    private static final Map<String, ExecutorWorld> ALL = new ConcurrentHashMap<>();

    private final Supplier<Duration> patience;
    private final String name = Id.next().value();
    private final List<String> effects = new CopyOnWriteArrayList<>();
    private final Map<String, Behaviour> behaviours = new ConcurrentHashMap<>();
    private final Map<String, Doubt> doubts = new ConcurrentHashMap<>();
    private final Map<String, CountDownLatch> latches = new ConcurrentHashMap<>();
    private final Map<String, Function<Planner, Plan>> plans = new ConcurrentHashMap<>();
    private volatile String state = "as it is";

    ExecutorWorld(Supplier<Duration> patience) {
        this.patience = patience;
        ALL.put(name, this);
    }

    /** What happens inside a step. */
    interface Behaviour {
        void in(StepContext context) throws Exception;
    }

    /** A task whose plan its world knows. */
    record Job(String world, String title) implements Task {}

    /** An effect: recorded, taken back by its undo. */
    record Act(String world, String name) implements Step {
        @Override
        public List<Change> preview(StepContext context) {
            return List.of(new Change(Change.Kind.CHANGE, "world", name, of(world).state));
        }

        @Override
        public void run(StepContext context) throws Exception {
            of(world).happens("do " + name, context);
        }

        @Override
        public void undo(StepContext context) throws Exception {
            of(world).happens("undo " + name, context);
        }

        @Override
        public Doubt inDoubt(StepContext context) {
            return of(world).doubts.getOrDefault(name, Doubt.RUN_AGAIN);
        }
    }

    /** Plans jobs. */
    static final class Handler implements TaskHandler<Job> {
        @Override
        public String name() {
            return "contract.job";
        }

        @Override
        public Class<Job> type() {
            return Job.class;
        }

        @Override
        public Plan plan(Job job, Planner planner) {
            return of(job.world())
                    .plans
                    .getOrDefault(job.title(), any -> Plan.empty())
                    .apply(planner);
        }

        @Override
        public Set<Class<? extends Step>> steps() {
            return Set.of(Act.class);
        }
    }

    private static ExecutorWorld of(String name) {
        return Optional.ofNullable(ALL.get(name))
                .orElseThrow(() -> new IllegalStateException("The test that ran this step has ended"));
    }

    private void happens(String what, StepContext context) throws Exception {
        effects.add(what);
        Behaviour behaviour = behaviours.get(what);
        if (behaviour != null) {
            behaviour.in(context);
        }
    }

    /** A job planned so, whenever it is planned. */
    Job job(String title, Function<Planner, Plan> plan) {
        plans.put(title, plan);
        return new Job(name, title);
    }

    /** A job of steps one after the other. */
    Job job(String... steps) {
        return job("job of " + String.join(", ", steps), planner -> plan(steps));
    }

    Plan plan(String... steps) {
        return Plan.empty().then(Stream.of(steps).map(this::act).toList());
    }

    Step act(String step) {
        return new Act(name, step);
    }

    /** What happens in "do a" or "undo a"; the effect was recorded before. */
    ExecutorWorld when(String what, Behaviour behaviour) {
        behaviours.put(what, behaviour);
        return this;
    }

    ExecutorWorld never(String what) {
        behaviours.remove(what);
        return this;
    }

    ExecutorWorld fails(String what) {
        return when(what, context -> {
            throw new IllegalStateException(what + " failed");
        });
    }

    ExecutorWorld doubt(String step, Doubt doubt) {
        doubts.put(step, doubt);
        return this;
    }

    /** The world is another one now. */
    void changes(String now) {
        state = now;
    }

    /** The step says that it is there, and waits until it is let go on. */
    ExecutorWorld blocks(String what) {
        return when(what, context -> {
            latch("in " + what).countDown();
            latch("go " + what).await();
        });
    }

    /** The step waits for ever when it is run the first time, and does nothing the second. */
    ExecutorWorld blocksOnce(String what) {
        return when(what, context -> {
            never(what);
            latch("in " + what).countDown();
            new CountDownLatch(1).await();
        });
    }

    void awaitIn(String what) throws InterruptedException {
        await(latch("in " + what), what + " did not happen");
    }

    void letGo(String what) {
        latch("go " + what).countDown();
    }

    CountDownLatch latch(String key) {
        return latches.computeIfAbsent(key, k -> new CountDownLatch(1));
    }

    void await(CountDownLatch latch, String otherwise) throws InterruptedException {
        Duration limit = patience.get();
        if (!latch.await(limit.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new AssertionError(otherwise + " within " + limit.toMillis() / 1000.0 + " s");
        }
    }

    /** "do a", "undo a", ... in the order in which they happened. */
    List<String> effects() {
        return List.copyOf(effects);
    }

    @Override
    public void close() {
        latches.values().forEach(CountDownLatch::countDown);
        ALL.remove(name);
    }
}
