// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aegir.TaskHandle;
import dev.aegir.host.Secret;
import dev.aegir.model.CodeSource;
import dev.aegir.model.Codebase;
import dev.aegir.model.RefusedException;
import dev.aegir.model.SecretRef;
import dev.aegir.spi.LedgerStep;
import dev.aegir.spi.TaskListener;
import dev.aegir.task.Change;
import dev.aegir.task.PlanPreview;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import dev.aegir.task.TaskEvent;
import dev.aegir.task.TaskEvent.Kind;
import dev.aegir.task.TaskInfo;
import dev.aegir.task.TaskState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** What steps, and those who listen, can do to a task, and what they cannot. */
class StepContextTest {
    private static final SecretRef PASSWORD = SecretRef.of("db/password");
    private static final String SECRET = "correct-horse-battery";

    private Bench bench = new Bench();
    private World world = bench.world;

    @org.junit.jupiter.api.AfterEach
    void close() {
        bench.close();
    }

    record Fact(String word, Map<String, Integer> numbers, Instant at) {}

    @Test
    void factsAreForUndoAndForLaterSteps() throws InterruptedException {
        Fact fact = new Fact("x", Map.of("a", 1), Samples.NOW);
        AtomicReference<Object> later = new AtomicReference<>();
        AtomicReference<Object> undone = new AtomicReference<>();
        world.when("do a", context -> {
            assertThat(context.recall("before", Fact.class)).isEmpty();
            context.remember("before", fact);
            assertThat(context.recall("before", Fact.class)).contains(fact);
        });
        world.when("do b", context -> {
            later.set(context.recall("before", Fact.class).orElseThrow());
            throw new IllegalStateException("enough");
        });
        world.when(
                "undo a",
                context -> undone.set(context.recall("before", Fact.class).orElseThrow()));
        bench.run(world.job("a", "b"));
        assertThat(later).hasValue(fact);
        assertThat(undone).hasValue(fact);
    }

    @Test
    void someNamesAreNotForFacts() throws InterruptedException {
        List<String> refused = new ArrayList<>();
        world.when("do a", context -> {
            for (String name : List.of("", "result:x", "run:FAILURES", "run:x")) {
                assertThatThrownBy(() -> context.remember(name, "1")).isInstanceOf(IllegalArgumentException.class);
                refused.add(name);
            }
            assertThatThrownBy(() -> context.remember("big", "x".repeat(1024 * 1024)))
                    .hasMessageContaining("big")
                    .hasMessageContaining("remember where");
            context.result("x", "y");
            assertThat(context.recall("result:x", String.class)).isEmpty();
        });
        assertThat(bench.run(world.job("a")).state()).isEqualTo(TaskState.SUCCEEDED);
        assertThat(refused).hasSize(4);
    }

    @Test
    void resultsAreForTheCaller() throws InterruptedException {
        world.when("do a", context -> {
            context.result("link", "https://example.net/?a=\"b\"");
            context.result("count", "1");
        });
        world.when("do b", context -> context.result("count", "2"));
        assertThat(bench.run(world.job("a", "b")).results())
                .containsExactly(Map.entry("count", "2"), Map.entry("link", "https://example.net/?a=\"b\""));
    }

    @Test
    void aKeyIsTheStepsOwn() throws InterruptedException {
        List<String> keys = new ArrayList<>();
        world.when("do a", context -> keys.add(context.key()));
        world.when("do b", context -> keys.add(context.key()));
        TaskHandle handle = bench.submit(world.job("a", "b"));
        Bench.ended(handle);
        assertThat(keys)
                .containsExactly(handle.id() + ".0", handle.id() + ".1")
                .allMatch(key -> key.matches("[A-Za-z0-9.-]+"));
    }

    /** Promise 9 and abuse case 37. */
    @Test
    void secretsAreShownNowhere() throws InterruptedException {
        bench.secrets.keep(PASSWORD, Secret.of(SECRET));
        world.when("do a", context -> {
            Secret secret = context.secret(PASSWORD);
            context.log("password is " + secret.reveal());
            context.log("in two parts: correct-hor");
            context.log("se-battery, you see");
            context.remember("fact", Map.of("password", secret.reveal(), "port", 3306));
            context.result("result", "it is " + secret.reveal());
        });
        world.when("do b", context -> {
            assertThat((Object) context.recall("fact", Map.class).orElseThrow())
                    .isEqualTo(Map.of("password", "(secret)", "port", 3306));
            context.keep(SecretRef.of("other"), Secret.of("another-secret"));
            throw new IllegalStateException("login with " + SECRET + " or another-secret failed");
        });
        world.when("undo b", context -> {
            context.forget(SecretRef.of("other"));
            throw new IllegalStateException("still " + SECRET);
        });
        TaskHandle handle = bench.submit(world.job("a", "b"));
        TaskInfo info = Bench.ended(handle);
        assertThat(info.state()).isEqualTo(TaskState.NEEDS_ATTENTION);
        StringBuilder everything = new StringBuilder().append(info).append(bench.heard);
        handle.events(0).forEach(everything::append);
        for (LedgerStep step : bench.store.ledger().steps(handle.id())) {
            everything.append(step);
        }
        everything.append(bench.store.ledger().find(handle.id()));
        assertThat(everything.toString())
                .contains("password is (secret)", "login with (secret) or (secret) failed", "it is (secret)")
                .doesNotContain(SECRET, "another-secret", "correct-hor", "se-battery");
        assertThat(bench.secrets.find(SecretRef.of("other"))).isEmpty();
    }

    @Test
    void secretsAreNotShownInAPreviewEither() throws InterruptedException {
        bench.secrets.keep(PASSWORD, Secret.of(SECRET));
        world.when(
                "preview a",
                context -> world.state = "password: " + context.secret(PASSWORD).reveal());
        PlanPreview preview = bench.aegir.preview(world.job("a"));
        assertThat(preview.toString()).contains("password: (secret)").doesNotContain(SECRET);
        world.when("preview a", context -> {
            throw new IllegalStateException(
                    "no login with " + context.secret(PASSWORD).reveal());
        });
        assertThatThrownBy(() -> bench.aegir.preview(world.job("a")))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("(secret)")
                .hasStackTraceContaining("IllegalStateException")
                .satisfies(thrown -> {
                    java.io.StringWriter trace = new java.io.StringWriter();
                    thrown.printStackTrace(new java.io.PrintWriter(trace));
                    assertThat(trace.toString()).doesNotContain(SECRET);
                });
    }

    @Test
    void aMissingSecretIsAFailureThatNamesIt() throws InterruptedException {
        world.when("do a", context -> context.secret(PASSWORD));
        TaskInfo info = bench.run(world.job("a"));
        assertThat(info.state()).isEqualTo(TaskState.ROLLED_BACK);
        assertThat(info.cause().orElseThrow()).contains("\"db/password\"");
    }

    @Test
    void aPreviewOnlyReads() throws InterruptedException {
        Codebase codebase = Codebase.of("docs", CodeSource.directory("/srv/docs"));
        List<String> refused = new ArrayList<>();
        world.when("preview a", context -> {
            refuses(refused, () -> context.inventory().save(codebase));
            refuses(refused, () -> context.keep(PASSWORD, Secret.of("x")));
            refuses(refused, () -> context.forget(PASSWORD));
            refuses(refused, () -> context.result("a", "b"));
            context.log("not kept");
            context.remember("fact", "x");
            assertThat(context.attempt()).isEqualTo(1);
        });
        world.when(
                "preview b",
                context -> assertThat(context.recall("fact", String.class)).contains("x"));
        bench.aegir.preview(world.job("a", "b"));
        assertThat(refused).hasSize(4);
        assertThat(bench.aegir.inventory().codebases()).isEmpty();
        assertThatThrownBy(() -> bench.aegir.inventory().save(codebase)).isInstanceOf(RefusedException.class);
    }

    private static void refuses(List<String> refused, Runnable what) {
        assertThatThrownBy(what::run).isInstanceOf(RefusedException.class);
        refused.add("yes");
    }

    /** Steps whose previews are no good. */
    record Odd(String how) implements Step {
        @Override
        public String name() {
            return "odd";
        }

        @Override
        @SuppressWarnings("NullAway") // That is what is odd.
        public List<Change> preview(StepContext context) {
            if (how.equals("null")) {
                return null;
            }
            if (how.equals("error")) {
                throw new AssertionError("odd error");
            }
            throw new IllegalStateException("odd failure");
        }

        @Override
        public void run(StepContext context) {}
    }

    /** Plans them. */
    static final class OddHandler implements dev.aegir.spi.TaskHandler<OddTask> {
        @Override
        public String name() {
            return "test.odd";
        }

        @Override
        public Class<OddTask> type() {
            return OddTask.class;
        }

        @Override
        @SuppressWarnings("NullAway") // That is what is odd.
        public dev.aegir.task.Plan plan(OddTask task, dev.aegir.spi.Planner planner) {
            return switch (task.how()) {
                case "no plan" -> null;
                case "null step" -> dev.aegir.task.Plan.of(new Step[] {null});
                case "undeclared" -> dev.aegir.task.Plan.of(new Undeclared());
                case "not stored" -> dev.aegir.task.Plan.of(new Forgetful(new Object()));
                default -> dev.aegir.task.Plan.of(new Odd(task.how()));
            };
        }

        @Override
        public Set<Class<? extends Step>> steps() {
            return Set.of(Odd.class, Forgetful.class);
        }
    }

    record OddTask(String how) implements dev.aegir.task.Task {
        @Override
        public String title() {
            return "odd\u001b[2J" + "x".repeat(1000);
        }
    }

    record Undeclared() implements Step {
        @Override
        public String name() {
            return "undeclared";
        }

        @Override
        public List<Change> preview(StepContext context) {
            return List.of();
        }

        @Override
        public void run(StepContext context) {}
    }

    record Forgetful(Object anything) implements Step {
        @Override
        public String name() {
            return "forgetful";
        }

        @Override
        public List<Change> preview(StepContext context) {
            return List.of();
        }

        @Override
        public void run(StepContext context) {}
    }

    private void withOdd() {
        bench.close();
        bench = new Bench(builder -> builder.task(new OddHandler()));
        world = bench.world;
    }

    /** Abuse case 50: what a plugin gets wrong is refused, and names the plugin. */
    @Test
    void oddPluginsAreRefused() {
        withOdd();
        for (String how : List.of("null", "error", "failure")) {
            assertThatThrownBy(() -> bench.aegir.preview(new OddTask(how)))
                    .as(how)
                    .isInstanceOf(RefusedException.class)
                    .hasMessageContaining("\"odd\"");
        }
        assertThatThrownBy(() -> bench.submit(new OddTask("no plan")))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("OddHandler")
                .hasMessageContaining("no plan");
        assertThatThrownBy(() -> bench.submit(new OddTask("null step")))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("OddHandler");
        assertThatThrownBy(() -> bench.submit(new OddTask("undeclared")))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("Undeclared")
                .hasMessageContaining("steps()");
    }

    @Test
    void aTitleIsOneShownLine() throws InterruptedException {
        withOdd();
        TaskInfo info = bench.run(new OddTask("fine"));
        assertThat(info.title()).startsWith("odd\\u001b[2J").hasSizeLessThan(600);
    }

    /** Abuse case 50: prints a gigabyte. */
    @Test
    void aLogIsBounded() throws InterruptedException {
        String line = "x".repeat(Journal.LINE_LIMIT + 10);
        world.when("do a", context -> {
            for (int i = 0; i < 16 * 1024; i++) {
                context.log(line);
            }
        });
        TaskHandle handle = bench.submit(world.job("a", "b"));
        assertThat(Bench.ended(handle).state()).isEqualTo(TaskState.SUCCEEDED);
        List<TaskEvent> logged = handle.events(0).stream()
                .filter(event -> event.kind() == Kind.LOG)
                .toList();
        assertThat(logged.get(0).text()).endsWith("x... (cut: 10 more characters)");
        assertThat(logged.stream().mapToLong(event -> event.text().length()).sum())
                .isLessThan(Journal.LOG_LIMIT + 2L * Journal.LINE_LIMIT);
        assertThat(logged)
                .last()
                .extracting(TaskEvent::text)
                .asString()
                .contains("(cut: the log of this task", "8 MiB");
        assertThat(Bench.kinds(handle)).last().isEqualTo(Kind.ENDED);
    }

    @Test
    void whatIsThrownIsBounded() throws InterruptedException {
        world.when("do a", context -> {
            throw new IllegalStateException("y".repeat(50_000_000));
        });
        TaskInfo info = bench.run(world.job("a"));
        assertThat(info.cause().orElseThrow()).hasSizeLessThan(10_000).contains("(cut: ");
        assertThat(info.steps().get(0).error().orElseThrow()).hasSizeLessThan(10_000);
    }

    /** Abuse case 36: what a log shows does not depend on what is in it. */
    @Test
    void controlCharactersAreShownAsSuch() throws InterruptedException {
        world.when("do a", context -> {
            context.log("a\u001b[2J\rb\tc\nd\r\ne\0\u202e\u0085");
            throw new IllegalStateException("\u001b[31m");
        });
        TaskHandle handle = bench.submit(world.job("a"));
        TaskInfo info = Bench.ended(handle);
        assertThat(handle.events(0).stream()
                        .filter(event -> event.kind() == Kind.LOG)
                        .map(TaskEvent::text))
                .containsExactly("a\\u001b[2J\\u000db\tc\nd\ne\\u0000\\u202e\\u0085");
        assertThat(info.cause().orElseThrow()).contains("\\u001b[31m");
        assertThat(info.cause().orElseThrow().chars().filter(Character::isISOControl))
                .isEmpty();
    }

    @Test
    void aContextIsValidOnlyWhileItsStepRuns() throws InterruptedException {
        AtomicReference<StepContext> kept = new AtomicReference<>();
        world.when("do a", kept::set);
        world.when("do b", context -> {
            StepContext old = kept.get();
            Codebase codebase = Codebase.of("docs", CodeSource.directory("/srv/docs"));
            assertThatThrownBy(() -> old.log("x")).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> old.remember("x", "y")).hasMessageContaining("\"a\" has ended");
            assertThatThrownBy(() -> old.result("x", "y")).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> old.keep(PASSWORD, Secret.of("x"))).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> old.inventory().save(codebase)).isInstanceOf(IllegalStateException.class);
        });
        assertThat(bench.run(world.job("a", "b")).cause()).isEmpty();
        assertThat(bench.aegir.inventory().codebases()).isEmpty();
    }

    @Test
    void thoseWhoListenCannotHarm() throws InterruptedException {
        bench.close();
        AtomicInteger calls = new AtomicInteger();
        TaskListener throwsErrors = event -> {
            calls.incrementAndGet();
            throw new AssertionError("an error of the listener");
        };
        TaskListener throwsExceptions = event -> {
            calls.incrementAndGet();
            throw new IllegalStateException("an exception of the listener");
        };
        bench = new Bench(builder -> builder.listener(throwsErrors).listener(throwsExceptions));
        world = bench.world;
        TaskHandle handle = bench.submit(world.fails("do b").job("a", "b"));
        assertThat(Bench.ended(handle).state()).isEqualTo(TaskState.ROLLED_BACK);
        assertThat(calls).hasValue(2 * handle.events(0).size());
        assertThat(bench.heard).hasSize(handle.events(0).size());
    }

    @Test
    void thoseWhoListenMayAskBack() throws InterruptedException {
        bench.close();
        AtomicReference<Bench> self = new AtomicReference<>();
        List<TaskState> states = new ArrayList<>();
        bench = new Bench(builder -> builder.listener(event -> {
            if (event.kind() == Kind.STEP_DONE) {
                TaskHandle handle = self.get().aegir.task(event.task()).orElseThrow();
                states.add(handle.info().state());
                handle.cancel("from the listener");
            }
        }));
        self.set(bench);
        world = bench.world;
        assertThat(bench.run(world.job("a", "b")).state()).isEqualTo(TaskState.CANCELLED);
        assertThat(states).containsExactly(TaskState.RUNNING);
        assertThat(world.effects()).containsExactly("do a", "undo a");
    }
}
