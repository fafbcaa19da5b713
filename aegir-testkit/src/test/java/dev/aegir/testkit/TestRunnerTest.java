// SPDX-License-Identifier: Apache-2.0
package dev.aegir.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aegir.host.Command;
import dev.aegir.host.Host;
import dev.aegir.host.Secret;
import dev.aegir.model.Name;
import dev.aegir.model.RefusedException;
import dev.aegir.model.SecretRef;
import dev.aegir.model.Server;
import dev.aegir.model.Site;
import dev.aegir.task.Change;
import dev.aegir.task.Doubt;
import dev.aegir.task.NotYetException;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import dev.aegir.testkit.TestRunner.Outcome;
import dev.aegir.testkit.TestRunner.State;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The runner does what an executor does. */
class TestRunnerTest {
    private final FakeHost host = FakeHost.named("web1").otherwise(call -> Answer.ok());
    private final TestRunner runner = TestRunner.on(host);

    /** Runs {@code do NAME}; undone, {@code undo NAME}. */
    record Doing(String name, Doubt doubt) implements Step {
        Doing(String name) {
            this(name, Doubt.RUN_AGAIN);
        }

        @Override
        public List<Change> preview(StepContext context) {
            return List.of(new Change(Change.Kind.RUN, "web1", name, ""));
        }

        @Override
        public void run(StepContext context) throws InterruptedException {
            context.host(Name.of("web1")).run(Command.of("do", name)).orThrow();
        }

        @Override
        public void undo(StepContext context) throws InterruptedException {
            context.host(Name.of("web1")).run(Command.of("undo", name)).orThrow();
        }

        @Override
        public Doubt inDoubt(StepContext context) {
            return doubt;
        }
    }

    /** Waits until an hour has passed. */
    record Waiting(String name) implements Step {
        @Override
        public List<Change> preview(StepContext context) {
            return List.of();
        }

        @Override
        public void run(StepContext context) {
            if (context.attempt() == 1) {
                throw new NotYetException(context.now().plus(Duration.ofHours(1)), "an hour");
            }
            context.result("waited until", context.now().toString());
        }
    }

    @Test
    void undoIsTheExactReverseWithTheStepThatFailed() throws Exception {
        host.program(call -> Answer.failed(3, "no"), "do", "b");
        Outcome outcome = runner.run(List.of(new Doing("a"), new Doing("b"), new Doing("c")));
        assertThat(outcome.state()).isEqualTo(State.ROLLED_BACK);
        assertThat(outcome.cause().orElseThrow()).hasMessageContaining("ended with 3");
        assertThat(commands()).containsExactly("do a", "do b", "undo b", "undo a");
    }

    @Test
    void whatCannotBeUndoneNeedsAttention() throws Exception {
        host.program(call -> Answer.failed(1, "no"), "do", "b").program(call -> Answer.failed(1, "no"), "undo", "a");
        Outcome outcome = runner.run(List.of(new Doing("a"), new Doing("b")));
        assertThat(outcome.state()).isEqualTo(State.NEEDS_ATTENTION);
        assertThat(outcome.undoFailure()).isPresent();
    }

    @Test
    void aCrashIsResumedWithTheStepInDoubt() throws Exception {
        host.inject(new Fault(Fault.Kind.CRASH, 2));
        assertThat(runner.run(List.of(new Doing("a"), new Doing("b"), new Doing("c")))
                        .state())
                .isEqualTo(State.CRASHED);
        assertThat(runner.resume().state()).isEqualTo(State.SUCCEEDED);
        assertThat(commands()).containsExactly("do a", "do b", "do b", "do c");
    }

    @Test
    void theStepInDoubtDecides() throws Exception {
        assertThat(crashedAndResumed(Doubt.DONE)).isEqualTo(State.SUCCEEDED);
        assertThat(commands()).containsExactly("do a", "do b");
        assertThat(crashedAndResumed(Doubt.ASK)).isEqualTo(State.NEEDS_ATTENTION);
        assertThat(crashedAndResumed(Doubt.UNDO)).isEqualTo(State.ROLLED_BACK);
        assertThat(commands()).endsWith("do a", "undo a");
    }

    @Test
    void aCrashWhileUndoingGoesOnUndoing() throws Exception {
        runner.run(List.of(new Doing("a"), new Doing("b")));
        host.inject(new Fault(Fault.Kind.CRASH, 1));
        assertThat(runner.undo().state()).isEqualTo(State.CRASHED);
        assertThat(runner.resume().state()).isEqualTo(State.ROLLED_BACK);
        assertThat(commands()).containsExactly("do a", "do b", "undo b", "undo b", "undo a");
    }

    @Test
    void timeFliesForAStepThatWaits() throws Exception {
        assertThat(runner.run(List.of(new Waiting("wait"))).state()).isEqualTo(State.SUCCEEDED);
        assertThat(runner.results()).containsEntry("waited until", "2026-01-01T01:00:00Z");
    }

    @Test
    void previewsAreCollectedInOrder() throws Exception {
        assertThat(runner.preview(List.of(new Doing("a"), new Doing("b"))))
                .extracting(Change::subject)
                .containsExactly("a", "b");
    }

    @Test
    void aContextRemembersInStoredFormAndKeepsSecrets() throws Exception {
        TestContext context = TestContext.on(host);
        context.remember("x", Name.of("web1"));
        assertThat(context.facts()).containsEntry("x", "\"web1\"");
        assertThat(context.recall("x", Name.class)).hasValue(Name.of("web1"));
        assertThat(context.recall("y", Name.class)).isEmpty();
        SecretRef reference = SecretRef.of("a/b");
        assertThatThrownBy(() -> context.secret(reference)).isInstanceOf(RefusedException.class);
        context.keep(reference, Secret.of("s"));
        assertThat(context.secret(reference)).isEqualTo(Secret.of("s"));
        context.forget(reference);
        assertThatThrownBy(() -> context.secret(reference)).isInstanceOf(RefusedException.class);
        assertThat(context.again().attempt()).isEqualTo(2);
        assertThat(context.again().key()).isEqualTo(context.key());
    }

    @Test
    void aContextKnowsOnlyItsServers() {
        TestContext context = TestContext.on(host);
        assertThatThrownBy(() -> context.host(Name.of("web2"))).hasMessageContaining("only [web1]");
        assertThatThrownBy(() -> context.host(Name.of("web1"), OtherHost.class)).hasMessageContaining("OtherHost");
        assertThat(context.host(Name.of("web1"), Host.class)).isNotNull();
    }

    @Test
    void aPreviewRemembersForItselfOnly() {
        TestContext context = TestContext.on(host);
        TestContext preview = context.previewing();
        preview.remember("x", 1);
        assertThat(preview.recall("x", Integer.class)).hasValue(1);
        assertThat(context.recall("x", Integer.class)).isEmpty();
    }

    @Test
    void aPreviewCannotWrite() {
        TestContext context = TestContext.on(host).previewing();
        assertThatThrownBy(() -> context.keep(SecretRef.of("x"), Secret.of("x")))
                .isInstanceOf(RefusedException.class);
        assertThatThrownBy(() -> context.inventory().save(Server.at("web1", "fake://web1")))
                .isInstanceOf(RefusedException.class);
    }

    @Test
    void theInventoryIsThere() {
        runner.inventory().save(Server.at("web1", "fake://web1"));
        Site site =
                Site.of("docs.example.net", "docs").aliases("www.example.net").http("web1/http");
        runner.inventory().save(site);
        assertThat(runner.inventory().server("web1")).isPresent();
        assertThat(runner.inventory().site("www.example.net")).hasValue(site);
        assertThat(runner.inventory().sitesOn(Name.of("web1"))).containsExactly(site);
        assertThatThrownBy(() -> runner.inventory().save(Site.of("www.example.net", "docs")))
                .isInstanceOf(RefusedException.class);
        runner.inventory().removeSite(site.id());
        assertThat(runner.inventory().sites()).isEmpty();
    }

    /** A type of host that the fake one is not. */
    interface OtherHost extends Host {}

    private State crashedAndResumed(Doubt doubt) throws InterruptedException {
        host.inject(new Fault(Fault.Kind.CRASH, 1));
        runner.run(List.of(new Doing("a", doubt), new Doing("b")));
        return runner.resume().state();
    }

    private List<String> commands() {
        return host.executions().stream().map(each -> each.command().toString()).toList();
    }
}
