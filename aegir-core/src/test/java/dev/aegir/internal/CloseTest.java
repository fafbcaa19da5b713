// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aegir.Aegir;
import dev.aegir.TaskHandle;
import dev.aegir.model.Id;
import dev.aegir.task.NotYetException;
import dev.aegir.task.Plan;
import dev.aegir.task.StepInfo;
import dev.aegir.task.TaskEvent.Kind;
import dev.aegir.task.TaskInfo;
import dev.aegir.task.TaskState;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** An instance that is closed stops, and the next one on the same store goes on. */
class CloseTest {
    private final Bench bench = new Bench(builder -> builder.threads(0));
    private final World world = bench.world;
    private final SharedStore shared = new SharedStore(bench.clock, 4);

    @AfterEach
    void close() {
        bench.close();
    }

    private Aegir open() {
        return Bench.builder(bench, shared.open()).open();
    }

    private TaskInfo ended(Aegir aegir, Id id) throws InterruptedException {
        return Bench.ended(aegir.task(id).orElseThrow());
    }

    @Test
    void tasksAreGoneOnWith() throws InterruptedException {
        world.when("do b", context -> {
            world.never("do b");
            world.letGo("b");
            World.await(new CountDownLatch(1));
        });
        Id id;
        try (Aegir first = open()) {
            id = first.submit(world.job("a", "b", "c")).id();
            while (!world.effects().contains("do b")) {
                Thread.onSpinWait();
            }
        }
        assertThat(world.effects()).containsExactly("do a", "do b");
        try (Aegir second = open()) {
            TaskInfo info = ended(second, id);
            assertThat(info.state()).isEqualTo(TaskState.SUCCEEDED);
            assertThat(info.steps()).extracting(StepInfo::attempts).containsExactly(1, 2, 1);
        }
        assertThat(world.effects()).containsExactly("do a", "do b", "do b", "do c");
    }

    /** Whatever a step throws for being interrupted: closing is no failure of the task. */
    @Test
    void aStepThatFailsForBeingStoppedHasNotFailed() throws InterruptedException {
        world.when("do b", context -> {
            world.never("do b");
            try {
                World.await(new CountDownLatch(1));
            } catch (InterruptedException e) {
                throw new UncheckedIOException(new IOException("stream closed"));
            }
        });
        Id id;
        try (Aegir first = open()) {
            id = first.submit(world.job("a", "b")).id();
            while (!world.effects().contains("do b")) {
                Thread.onSpinWait();
            }
        }
        try (Aegir second = open()) {
            assertThat(ended(second, id).state()).isEqualTo(TaskState.SUCCEEDED);
        }
        assertThat(world.effects()).containsExactly("do a", "do b", "do b");
    }

    @Test
    void stepsSideBySideAreGoneOnWith() throws InterruptedException {
        for (String step : List.of("a", "b", "c")) {
            world.when("do " + step, context -> {
                world.never("do " + step);
                World.await(new CountDownLatch(1));
            });
        }
        Plan plan = Plan.empty()
                .together(List.of(
                        List.of(world.act("a")),
                        List.of(world.act("b")),
                        List.of(world.act("c")),
                        List.of(world.act("d"))))
                .then(world.act("e"));
        Id id;
        try (Aegir first = open()) {
            TaskHandle handle = first.submit(world.job(plan));
            id = handle.id();
            while (world.effects().size() < 4) {
                Thread.onSpinWait();
            }
        }
        try (Aegir second = open()) {
            assertThat(ended(second, id).state()).isEqualTo(TaskState.SUCCEEDED);
        }
        assertThat(world.effects()).hasSize(8).endsWith("do e").doesNotContain("undo a");
        assertThat(world.effects()).filteredOn("do d"::equals).hasSize(1);
    }

    @Test
    void takingBackIsGoneOnWith() throws InterruptedException {
        world.fails("do c").when("undo b", context -> {
            world.never("undo b");
            World.await(new CountDownLatch(1));
        });
        Id id;
        try (Aegir first = open()) {
            id = first.submit(world.job("a", "b", "c")).id();
            while (!world.effects().contains("undo b")) {
                Thread.onSpinWait();
            }
        }
        try (Aegir second = open()) {
            TaskInfo info = ended(second, id);
            assertThat(info.state()).isEqualTo(TaskState.ROLLED_BACK);
            assertThat(info.cause().orElseThrow()).contains("do c failed");
        }
        assertThat(world.effects()).containsExactly("do a", "do b", "do c", "undo c", "undo b", "undo b", "undo a");
    }

    @Test
    void whatWasNotBegunIsNotInDoubt() throws InterruptedException {
        // The step ends well although it is stopped: the next one is for the next owner, who need not ask it anything.
        world.when("do a", context -> {
            while (!Thread.currentThread().isInterrupted()) {
                Thread.onSpinWait();
            }
        });
        Id id;
        try (Aegir first = open()) {
            id = first.submit(world.job("a", "b")).id();
            while (!world.effects().contains("do a")) {
                Thread.onSpinWait();
            }
        }
        try (Aegir second = open()) {
            TaskInfo info = ended(second, id);
            assertThat(info.state()).isEqualTo(TaskState.SUCCEEDED);
            assertThat(info.steps()).extracting(StepInfo::attempts).containsExactly(1, 1);
            assertThat(Bench.kinds(second.task(id).orElseThrow())).doesNotContain(Kind.STEP_IN_DOUBT);
        }
        assertThat(world.effects()).containsExactly("do a", "do b");
    }

    @Test
    void whatWaitsAndWhatIsParkedGoesOnToo() throws InterruptedException {
        int[] calls = {0};
        world.when("do a", context -> {
            if (calls[0]++ == 0) {
                throw new NotYetException(context.now().plus(Duration.ofDays(1)), "later");
            }
        });
        Id parked;
        Id later;
        World other = new World();
        try (Aegir first = open()) {
            TaskHandle handle = first.submit(world.job("a"));
            parked = handle.id();
            while (handle.info().state() != TaskState.PARKED) {
                Thread.onSpinWait();
            }
            later = first.submit(dev.aegir.task.Submission.of(other.job("b"))
                            .notBefore(bench.clock.instant().plus(Duration.ofDays(1))))
                    .id();
        }
        bench.clock.pass(Duration.ofDays(1));
        try (Aegir second = open()) {
            assertThat(ended(second, parked).state()).isEqualTo(TaskState.SUCCEEDED);
            assertThat(ended(second, later).state()).isEqualTo(TaskState.SUCCEEDED);
        }
        other.close();
    }

    /** Closed at any moment of many tasks, again and again: everything ends, and everything happened once or is in doubt. */
    @Test
    void atAnyMoment() throws InterruptedException {
        List<World> worlds = new ArrayList<>();
        List<Id> ids = new ArrayList<>();
        for (int round = 0; round < 12; round++) {
            try (Aegir aegir = open()) {
                for (int i = 0; i < 6; i++) {
                    World one = new World();
                    worlds.add(one);
                    ids.add(aegir.submit((i % 2 == 0 ? one.fails("do c") : one).job("a", "b", "c"))
                            .id());
                }
                long wanted = round * 2L;
                while (worlds.stream().mapToLong(one -> one.effects().size()).sum() < wanted) {
                    Thread.onSpinWait();
                }
            }
        }
        try (Aegir aegir = open()) {
            for (int i = 0; i < ids.size(); i++) {
                TaskInfo info = ended(aegir, ids.get(i));
                List<String> effects = worlds.get(i).effects();
                if (i % 2 == 0) {
                    assertThat(info.state()).isEqualTo(TaskState.ROLLED_BACK);
                    assertThat(effects).endsWith("undo a");
                } else {
                    assertThat(info.state()).isEqualTo(TaskState.SUCCEEDED);
                    assertThat(effects.stream().distinct()).containsExactly("do a", "do b", "do c");
                }
            }
        }
        worlds.forEach(World::close);
    }

    @Test
    void aStepThatDoesNotStopHoldsNobodyUp() throws InterruptedException {
        AtomicBoolean over = new AtomicBoolean();
        world.when("do a", context -> {
            world.never("do a");
            while (!over.get()) {
                Thread.onSpinWait();
            }
        });
        Id id;
        long began;
        try (Aegir first = open()) {
            id = first.submit(world.job("a", "b")).id();
            while (!world.effects().contains("do a")) {
                Thread.onSpinWait();
            }
            began = System.nanoTime();
        }
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Bench.LONG);
        try (Aegir second = open()) {
            assertThat(ended(second, id).state()).isEqualTo(TaskState.SUCCEEDED);
        }
        over.set(true);
        assertThat(world.effects()).containsExactly("do a", "do a", "do b");
    }

    @Test
    void aClosedInstanceTakesNoTasks() {
        Aegir aegir = open();
        aegir.close();
        aegir.close();
        assertThatThrownBy(() -> aegir.submit(world.job("a")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
    }
}
