// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.aegir.model.CodeSource;
import dev.aegir.model.Codebase;
import dev.aegir.model.Id;
import dev.aegir.spi.LedgerStep;
import dev.aegir.spi.LedgerTask;
import dev.aegir.spi.Store;
import dev.aegir.task.CrashPolicy;
import dev.aegir.task.Lock;
import dev.aegir.task.NotYetException;
import dev.aegir.task.Plan;
import dev.aegir.task.StepState;
import dev.aegir.task.Submission;
import dev.aegir.task.TaskEvent;
import dev.aegir.task.TaskEvent.Kind;
import dev.aegir.task.TaskState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Abuse case 43: an executor dies at its n-th write, before it or after it, for every n until the task completes without
 * anybody having died. Whoever is next goes on from what is written, and the end is true.
 */
class ResumeTest {
    private final Bench bench = new Bench(builder -> builder.threads(0));

    @AfterEach
    void close() {
        bench.close();
    }

    /** A task and how it should end, wherever its executors die. */
    private record Scenario(String name, TaskState end, CrashPolicy onCrash, Consumer<World> world, int cancelAfter) {
        static Scenario of(String name, TaskState end, Consumer<World> world) {
            return new Scenario(name, end, CrashPolicy.RESUME, world, Integer.MAX_VALUE);
        }

        Scenario cancelledAfter(int writes) {
            return new Scenario(name, end, onCrash, world, writes);
        }

        Scenario undoneOnCrash() {
            return new Scenario(name, end, CrashPolicy.UNDO, world, cancelAfter);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    private static Plan parallel(World world) {
        return world.plan("a")
                .together(List.of(
                        List.of(world.act("b"), world.act("e")), List.of(world.act("c")), List.of(world.act("d"))))
                .then(world.act("f"));
    }

    private static Plan committed(World world) {
        return world.plan("a", "b").commit().then(world.act("c"), world.act("d"));
    }

    private static void remembers(World world, String step) {
        world.when("do " + step, context -> {
            context.remember(step + ".before", "old " + step);
            context.log("doing " + step);
            context.result(step, "done");
        });
        world.when("undo " + step, context -> {
            if (context.recall(step + ".before", String.class).isPresent()) {
                context.log("putting back "
                        + context.recall(step + ".before", String.class).orElseThrow());
            }
        });
    }

    static Stream<Scenario> scenarios() {
        return Stream.of(
                Scenario.of("success", TaskState.SUCCEEDED, world -> world.job("a", "b", "c")),
                Scenario.of("success with facts", TaskState.SUCCEEDED, world -> {
                    remembers(world, "b");
                    world.job("a", "b", "c");
                }),
                Scenario.of(
                        "failure",
                        TaskState.ROLLED_BACK,
                        world -> world.fails("do c").job("a", "b", "c", "d")),
                Scenario.of("failure with facts", TaskState.ROLLED_BACK, world -> {
                    remembers(world, "a");
                    remembers(world, "b");
                    world.fails("do c").job("a", "b", "c");
                }),
                Scenario.of(
                        "failure of the first step",
                        TaskState.ROLLED_BACK,
                        world -> world.fails("do a").job("a", "b")),
                Scenario.of("parallel", TaskState.SUCCEEDED, world -> world.job(parallel(world))),
                Scenario.of(
                        "parallel failure",
                        TaskState.ROLLED_BACK,
                        world -> world.fails("do c").job(parallel(world))),
                Scenario.of("parallel with facts", TaskState.ROLLED_BACK, world -> {
                    remembers(world, "b");
                    remembers(world, "c");
                    remembers(world, "d");
                    world.fails("do f").job(parallel(world));
                }),
                Scenario.of(
                        "past the commit point",
                        TaskState.SUCCEEDED,
                        world -> world.fails("do c", 3).job(committed(world))),
                Scenario.of(
                        "failure at the commit point",
                        TaskState.ROLLED_BACK,
                        world -> world.fails("do b").job(committed(world))),
                Scenario.of("waiting", TaskState.SUCCEEDED, world -> {
                    int[] calls = {0};
                    world.when("do b", context -> {
                        if (calls[0]++ < 2) {
                            throw new NotYetException(context.now().plusSeconds(5), "wait");
                        }
                    });
                    world.job("a", "b", "c");
                }),
                Scenario.of("other locks than at first", TaskState.SUCCEEDED, world -> {
                    int[] plans = {0};
                    world.job(planner -> {
                        planner.lock(Lock.exclusive("thing", plans[0]++ == 0 ? "x" : "y"));
                        return world.plan("a", "b");
                    });
                }),
                Scenario.of("cancelled early", TaskState.CANCELLED, world -> world.job("a", "b", "c"))
                        .cancelledAfter(1),
                Scenario.of("cancelled", TaskState.CANCELLED, world -> world.job("a", "b", "c"))
                        .cancelledAfter(2),
                Scenario.of("cancelled side by side", TaskState.CANCELLED, world -> world.job(parallel(world)))
                        .cancelledAfter(3),
                Scenario.of("cancelled too late", TaskState.SUCCEEDED, world -> world.job(committed(world)))
                        .cancelledAfter(4),
                Scenario.of("inventory", TaskState.ROLLED_BACK, world -> {
                    Codebase codebase = Codebase.of(world.name, CodeSource.directory("/srv/docs"))
                            .on("web1");
                    world.when("do b", context -> context.inventory().save(codebase));
                    world.when("undo b", context -> context.inventory().removeCodebase(codebase.id()));
                    world.fails("do c").job("a", "b", "c");
                }));
    }

    @ParameterizedTest
    @MethodSource("scenarios")
    void diesOnceAtEveryWrite(Scenario scenario) throws InterruptedException {
        run(scenario, 0, false, false);
        for (boolean after : new boolean[] {false, true}) {
            int n = 1;
            while (run(scenario, n, after, false)) {
                n++;
                assertThat(n).as("writes").isLessThan(100);
            }
            assertThat(n).isGreaterThan(1);
        }
    }

    /** Every executor dies at the n-th write of its own life, until one has fewer to make. */
    @ParameterizedTest
    @MethodSource("scenarios")
    void diesAgainAndAgain(Scenario scenario) throws InterruptedException {
        for (int n = 2; n < 6; n++) {
            run(scenario, n, true, true);
        }
        for (int n = 3; n < 6; n++) {
            run(scenario, n, false, true);
        }
    }

    /** Without its owner a task that is to be taken back then is, unless it is past its commit point. */
    @Test
    void isTakenBackWhenItIsToBeSo() throws InterruptedException {
        Scenario scenario = Scenario.of("undone", TaskState.ROLLED_BACK, world -> world.job("a", "b", "c"))
                .undoneOnCrash();
        int undone = 0;
        for (int n = 1; n < 12; n++) {
            World world = new World();
            scenario.world().accept(world);
            Run run = new Run(scenario, world);
            if (!run.until(n, true, false)) {
                continue;
            }
            LedgerTask end = bench.store.ledger().find(run.id).orElseThrow();
            if (end.state() == TaskState.ROLLED_BACK) {
                assertThat(end.cause()).contains("its executor died, and it was to be taken back then");
                undone++;
            } else {
                assertThat(end.state()).isEqualTo(TaskState.SUCCEEDED);
            }
            check(run, n + " after");
            world.close();
        }
        assertThat(undone).isGreaterThanOrEqualTo(3);

        Scenario late = Scenario.of("finished", TaskState.SUCCEEDED, world -> world.job(committed(world)))
                .undoneOnCrash();
        World world = new World();
        late.world().accept(world);
        Run run = new Run(late, world);
        world.when("do c", context -> {
            world.never("do c");
            run.kill();
        });
        assertThat(run.until(0, true, false)).isTrue();
        assertThat(bench.store.ledger().find(run.id).orElseThrow().state()).isEqualTo(TaskState.SUCCEEDED);
        assertThat(world.effects()).containsExactly("do a", "do b", "do c", "do c", "do d");
        world.close();
    }

    /** Says whether anybody has died. */
    private boolean run(Scenario scenario, int n, boolean after, boolean again) throws InterruptedException {
        World world = new World();
        scenario.world().accept(world);
        Run run = new Run(scenario, world);
        boolean died = run.until(n, after, again);
        String where = scenario + ", dying " + (again ? "always " : "") + (after ? "after" : "before") + " write " + n;
        LedgerTask end = bench.store.ledger().find(run.id).orElseThrow();
        assertThat(end.state()).as(where + ": " + end.cause()).isEqualTo(scenario.end());
        check(run, where);
        world.close();
        return died;
    }

    /** What must hold at the end, wherever anybody died. */
    private void check(Run run, String where) {
        LedgerTask end = bench.store.ledger().find(run.id).orElseThrow();
        List<LedgerStep> steps = bench.store.ledger().steps(run.id);
        List<TaskEvent> events = bench.store.ledger().events(run.id, 0, 10_000);
        List<String> effects = run.world.effects();
        Map<String, Integer> doubts = count(events, Kind.STEP_IN_DOUBT);

        // Each step has its effect once, or once more for every time that it was in doubt or failed and was retried.
        for (LedgerStep step : steps) {
            long times = effects.stream().filter(("do " + step.name())::equals).count();
            long more = doubts.getOrDefault(step.name(), 0) + run.retried(step.name());
            assertThat(times)
                    .as(where + ": effects of " + step.name() + " in " + effects)
                    .isLessThanOrEqualTo(1 + more);
            if (end.state() == TaskState.SUCCEEDED) {
                assertThat(times).as(where + ": effects of " + step.name()).isPositive();
            }
        }
        List<String> undone =
                effects.stream().filter(what -> what.startsWith("undo ")).toList();
        if (end.state() == TaskState.SUCCEEDED) {
            assertThat(undone).as(where).isEmpty();
            assertThat(steps)
                    .as(where)
                    .allSatisfy(step -> assertThat(step.state()).isEqualTo(StepState.DONE));
        } else {
            // Nothing goes forward after the first thing was taken back.
            int first = effects.indexOf(undone.isEmpty() ? "" : undone.get(0));
            assertThat(effects.subList(Math.max(0, first), effects.size()))
                    .as(where)
                    .noneMatch(what -> what.startsWith("do ") && first >= 0);
            // The exact reverse of the plan, each step at least once if it has had an effect, repeated only where one
            // died.
            List<String> order = new ArrayList<>();
            for (String what : undone) {
                if (order.isEmpty() || !order.get(order.size() - 1).equals(what)) {
                    order.add(what);
                }
            }
            List<String> reverse = new ArrayList<>();
            for (int i = steps.size() - 1; i >= 0; i--) {
                reverse.add("undo " + steps.get(i).name());
            }
            assertThat(order).as(where).doesNotHaveDuplicates();
            reverse.retainAll(order);
            assertThat(order).as(where).isEqualTo(reverse);
            for (LedgerStep step : steps) {
                if (effects.contains("do " + step.name())) {
                    assertThat(order).as(where + ": " + effects).contains("undo " + step.name());
                }
                assertThat(step.state()).as(where).isIn(StepState.UNDONE, StepState.PENDING);
            }
        }
        // Nothing is left behind.
        for (String key : List.of("thing:x", "thing:y")) {
            assertThat(bench.store.ledger().holders(key)).as(where).isEmpty();
        }
        assertThat(bench.aegir.inventory().codebase(run.world.name)).as(where).isEmpty();
        // What is said is said once: one submission, one end, which is the last that is said.
        assertThat(count(events, Kind.SUBMITTED).values()).as(where).containsExactly(1);
        assertThat(count(events, Kind.ENDED).values()).as(where).containsExactly(1);
        assertThat(events.get(events.size() - 1).kind()).as(where).isEqualTo(Kind.ENDED);
        assertThat(events).as(where).extracting(TaskEvent::position).isSorted().doesNotHaveDuplicates();
        for (LedgerStep step : steps) {
            int done = count(events, Kind.STEP_DONE).getOrDefault(step.name(), 0);
            assertThat(done)
                    .as(where + ": " + step.name() + " is said to be done")
                    .isLessThanOrEqualTo(1);
            if (step.state() == StepState.UNDONE) {
                assertThat(count(events, Kind.STEP_UNDONE).get(step.name()))
                        .as(where)
                        .isEqualTo(1);
            }
        }
    }

    private static Map<String, Integer> count(List<TaskEvent> events, Kind kind) {
        Map<String, Integer> count = new HashMap<>();
        events.stream()
                .filter(event -> event.kind() == kind)
                .forEach(event -> count.merge(event.step(), 1, Integer::sum));
        return count;
    }

    /** One task, run by executors that die, one after the other. */
    private final class Run {
        private final Scenario scenario;
        private final World world;
        private final Id id;
        private MortalLedger mortal = new MortalLedger(bench.store.ledger());
        private int writes;

        Run(Scenario scenario, World world) {
            this.scenario = scenario;
            this.world = world;
            id = bench.submit(Submission.of(new World.Job(world.name, "a job")).onCrash(scenario.onCrash()))
                    .id();
        }

        void kill() {
            mortal.die();
        }

        long retried(String step) {
            return switch (scenario.name()) {
                case "past the commit point" -> step.equals("c") ? 3 : 0;
                case "waiting" -> step.equals("b") ? 2 : 0;
                default -> 0;
            };
        }

        /** Says whether anybody has died. */
        boolean until(int n, boolean after, boolean again) throws InterruptedException {
            boolean died = false;
            for (int lives = 0; lives < 200; lives++) {
                LedgerTask now = bench.store.ledger().find(id).orElseThrow();
                if (now.state().ended()) {
                    return died;
                }
                bench.clock.pass(Duration.ofSeconds(61));
                boolean dies = lives == 0 || again;
                // Who always dies gets a little further each time, or nobody would ever get anywhere.
                died |= !live(dies ? n + (again ? lives / 3 : 0) : 0, after);
            }
            return fail("It did not end");
        }

        private boolean live(int n, boolean after) throws InterruptedException {
            mortal = new MortalLedger(bench.store.ledger());
            mortal.diesAt(n, after, () -> {
                if (++writes == scenario.cancelAfter()) {
                    bench.store.ledger().cancel(id, "cancelled", bench.clock.instant());
                }
            });
            Store store = Executors.with(bench.store, mortal, bench.store.documents());
            try (TaskRunner runner = Executors.runner(bench, store)) {
                runner.run(id);
                return !mortal.dead();
            } catch (MortalLedger.Killed e) {
                return false;
            }
        }
    }
}
