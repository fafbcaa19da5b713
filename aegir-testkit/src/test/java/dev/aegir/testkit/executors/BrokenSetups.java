// SPDX-License-Identifier: Apache-2.0
package dev.aegir.testkit.executors;

import dev.aegir.spi.Planner;
import dev.aegir.spi.TaskHandler;
import dev.aegir.task.Change;
import dev.aegir.task.Lock;
import dev.aegir.task.Plan;
import dev.aegir.task.Stage;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import dev.aegir.task.Task;
import dev.aegir.task.WaitUntil;
import dev.aegir.testkit.ExecutorSetup;
import dev.aegir.testkit.Never;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** What spoils an executor from within: how it plans, and which locks it takes. */
final class BrokenSetups {
    private BrokenSetups() {}

    /** Runs other plans than were made. */
    static ExecutorSetup planning(ExecutorSetup setup, UnaryOperator<Plan> spoiler) {
        return with(setup, spoiled(setup.handler(), spoiler, lock -> List.of(lock)));
    }

    /** Takes other locks than were asked for. */
    static ExecutorSetup locking(ExecutorSetup setup, Function<Lock, List<Lock>> spoiler) {
        return with(setup, spoiled(setup.handler(), plan -> plan, spoiler));
    }

    private static ExecutorSetup with(ExecutorSetup setup, TaskHandler<?> handler) {
        return new ExecutorSetup(handler, setup.backend(), setup.secrets(), setup.clock(), setup.threads());
    }

    private static <T extends Task> TaskHandler<T> spoiled(
            TaskHandler<T> handler, UnaryOperator<Plan> plans, Function<Lock, List<Lock>> locks) {
        return new TaskHandler<>() {
            @Override
            public String name() {
                return handler.name();
            }

            @Override
            public Class<T> type() {
                return handler.type();
            }

            @Override
            public Plan plan(T task, Planner planner) {
                return plans.apply(handler.plan(task, spoiled(planner, locks)));
            }

            @Override
            public Set<Class<? extends Step>> steps() {
                Set<Class<? extends Step>> steps = new HashSet<>(handler.steps());
                steps.add(Sleeps.class);
                return steps;
            }
        };
    }

    private static Planner spoiled(Planner good, Function<Lock, List<Lock>> locks) {
        return (Planner) Proxy.newProxyInstance(
                Planner.class.getClassLoader(), new Class<?>[] {Planner.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("lock")) {
                        locks.apply((Lock) arguments[0]).forEach(good::lock);
                        return null;
                    }
                    try {
                        return method.invoke(good, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    /** As if there were one thing only; who wants another waits for ever. */
    static List<Lock> oneForAll(Lock lock) {
        if (lock.name().equals("y")) {
            Never.begins();
        }
        return List.of(Lock.exclusive(lock.kind(), "all"));
    }

    static Plan oneAfterTheOther(Plan plan) {
        List<Stage> stages =
                plan.steps().stream().map(step -> new Stage(List.of(step))).toList();
        return new Plan(stages, OptionalInt.empty());
    }

    static Plan allAtOnce(Plan plan) {
        return plan.stages().isEmpty() ? plan : new Plan(List.of(new Stage(plan.steps())), OptionalInt.empty());
    }

    static Plan backwards(Plan plan) {
        List<Stage> stages = new ArrayList<>(plan.stages());
        Collections.reverse(stages);
        return new Plan(stages, OptionalInt.empty());
    }

    static Plan withoutCommitPoint(Plan plan) {
        return new Plan(plan.stages(), OptionalInt.empty());
    }

    /** A wait that holds a thread. */
    static Plan sleeping(Plan plan) {
        if (plan.steps().stream().anyMatch(WaitUntil.class::isInstance)) {
            Never.begins();
        }
        return Plan.empty()
                .then(plan.steps().stream()
                        .map(step -> step instanceof WaitUntil wait ? new Sleeps(wait.name(), wait.until()) : step)
                        .toList());
    }

    /** Holds a thread until its time has come. */
    public record Sleeps(String name, Instant until) implements Step {
        @Override
        public List<Change> preview(StepContext context) {
            return List.of();
        }

        @Override
        public void run(StepContext context) throws InterruptedException {
            while (context.now().isBefore(until)) {
                // It is the very defect.
                Thread.sleep(20);
            }
        }
    }
}
