// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal;

import dev.aegir.spi.Planner;
import dev.aegir.spi.TaskHandler;
import dev.aegir.task.Change;
import dev.aegir.task.Doubt;
import dev.aegir.task.Plan;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import dev.aegir.task.Task;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * What steps under test act upon: it records their effects and says how they behave. Steps are stored as text, so they find
 * their world by its name.
 */
final class World implements AutoCloseable {
    private static final Map<String, World> ALL = new ConcurrentHashMap<>();
    private static int count;

    final String name;
    private final List<String> effects = new CopyOnWriteArrayList<>();
    private final Map<String, Behaviour> behaviours = new ConcurrentHashMap<>();
    private final Map<String, CountDownLatch> latches = new ConcurrentHashMap<>();
    private volatile Function<Planner, Plan> planning = planner -> Plan.empty();
    volatile String state = "as it is";

    /** What happens inside a step. */
    interface Behaviour {
        void in(StepContext context) throws Exception;
    }

    /** An effect: recorded, undone by its undo. */
    record Act(String world, String name) implements Step {
        @Override
        public List<Change> preview(StepContext context) throws Exception {
            World here = of(world);
            Behaviour behaviour = here.behaviours.get("preview " + name);
            if (behaviour != null) {
                behaviour.in(context);
            }
            return List.of(new Change(Change.Kind.CHANGE, "world", name, here.state));
        }

        @Override
        public void run(StepContext context) throws Exception {
            of(world).happen("do " + name, context);
        }

        @Override
        public void undo(StepContext context) throws Exception {
            of(world).happen("undo " + name, context);
        }

        @Override
        public Doubt inDoubt(StepContext context) throws Exception {
            World here = of(world);
            here.happen("doubt " + name, context);
            return here.doubts.getOrDefault(name, Doubt.RUN_AGAIN);
        }
    }

    final Map<String, Doubt> doubts = new ConcurrentHashMap<>();

    /** A task whose plan its world knows. */
    record Job(String world, String title) implements Task {}

    /** Plans jobs. */
    static final class JobHandler implements TaskHandler<Job> {
        @Override
        public String name() {
            return "test.job";
        }

        @Override
        public Class<Job> type() {
            return Job.class;
        }

        @Override
        public Plan plan(Job job, Planner planner) {
            return of(job.world()).planning.apply(planner);
        }

        @Override
        public Set<Class<? extends Step>> steps() {
            return Set.of(Act.class);
        }
    }

    World() {
        synchronized (World.class) {
            name = "world" + ++count;
        }
        ALL.put(name, this);
    }

    static World of(String name) {
        World world = ALL.get(name);
        if (world == null) {
            throw new IllegalStateException("There is no " + name + " any more");
        }
        return world;
    }

    private void happen(String what, StepContext context) throws Exception {
        if (!what.startsWith("doubt ")) {
            effects.add(what);
        }
        Behaviour behaviour = behaviours.get(what);
        if (behaviour != null) {
            behaviour.in(context);
        }
    }

    /** The job, planned so. */
    Job job(Function<Planner, Plan> plan) {
        planning = plan;
        return new Job(name, "a job");
    }

    Job job(Plan plan) {
        return job(planner -> plan);
    }

    /** The job of steps one after the other. */
    Job job(String... steps) {
        return job(plan(steps));
    }

    Plan plan(String... steps) {
        return Plan.of(List.of(steps).stream().map(this::act).toArray(Step[]::new));
    }

    Step act(String step) {
        return new Act(name, step);
    }

    /** What happens in "do a", "undo a", "doubt a" or "preview a"; the effect was recorded before. */
    World when(String what, Behaviour behaviour) {
        behaviours.put(what, behaviour);
        return this;
    }

    World never(String what) {
        behaviours.remove(what);
        return this;
    }

    World fails(String what) {
        return when(what, context -> {
            throw new IllegalStateException(what + " failed");
        });
    }

    /** The first so many times. */
    World fails(String what, int times) {
        int[] left = {times};
        return when(what, context -> {
            synchronized (left) {
                if (left[0]-- > 0) {
                    throw new IllegalStateException(what + " failed");
                }
            }
        });
    }

    /** The step says that it is there, and waits until it is let go on. */
    World blocks(String what) {
        return when(what, context -> {
            latch("in " + what).countDown();
            await(latch("go " + what));
        });
    }

    void awaitIn(String what) throws InterruptedException {
        await(latch("in " + what));
    }

    void letGo(String what) {
        latch("go " + what).countDown();
    }

    private CountDownLatch latch(String key) {
        return latches.computeIfAbsent(key, k -> new CountDownLatch(1));
    }

    static void await(CountDownLatch latch) throws InterruptedException {
        if (!latch.await(60, TimeUnit.SECONDS)) {
            throw new AssertionError("nothing happened for 60 s");
        }
    }

    /** "do a", "undo a", ... in the order in which they happened. */
    List<String> effects() {
        return new ArrayList<>(effects);
    }

    void forgetEffects() {
        effects.clear();
    }

    @Override
    public void close() {
        latches.values().forEach(CountDownLatch::countDown);
        ALL.remove(name);
    }
}
