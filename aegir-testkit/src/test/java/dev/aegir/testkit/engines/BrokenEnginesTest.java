// SPDX-License-Identifier: Apache-2.0
package dev.aegir.testkit.engines;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import dev.aegir.model.HostPath;
import dev.aegir.spi.Engine;
import dev.aegir.testkit.Answer;
import dev.aegir.testkit.Call;
import dev.aegir.testkit.FakeHost;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Event;
import org.junit.platform.testkit.engine.Events;

/** The contract finds out every broken engine, with the test that is meant to, in words that say what is wrong. */
class BrokenEnginesTest {
    static Stream<Arguments> broken() {
        return Stream.of(
                arguments(new BrokenPlans.NotRegistered(), "isFoundByServiceLoader", "META-INF/services"),
                arguments(new BrokenPlans.ThrowsAtOnce(), "ensuredTwiceIsEnsuredOnce", "no"),
                arguments(new BrokenPlans.ReturnsNull(), "removedLeavesNothing", "ReturnsNull.remove returned null"),
                arguments(new BrokenPlans.HangsWhilePlanning(), "ensuredTwiceIsEnsuredOnce", "It hangs"),
                arguments(new BrokenPlans.ChangesItsInput(), "planningLeavesItsInputAlone", "changes the resource"),
                arguments(
                        new BrokenPlans.PrintsOnStandardOutput(),
                        "nothingIsPrintedOrLoggedWithoutEnd",
                        "prints on the standard streams"),
                arguments(new BrokenPlans.KeepsState(), "plansAreTheSameWheneverTheSameIsPlanned", "different"),
                arguments(
                        new BrokenPlans.ChangesItsKind(), "itsKindAndNameAreStable", "kind() must always be the same"),
                arguments(new BrokenPlans.HasABadName(), "itsKindAndNameAreStable", "Notes!"),
                arguments(new BrokenPlans.NamesStepsWithoutTheServer(), "stepNamesAreDistinct", "on another server"),
                arguments(new BrokenPlans.NamesStepsWithoutTheResource(), "stepNamesAreDistinct", "ensure(neighbour)"),
                arguments(new BrokenPlans.PlansSomethingThatIsNoRecord(), "stepsSurviveTheJournal", "is no record"),
                arguments(new BrokenPlans.DoesNotDeclareItsSteps(), "stepsSurviveTheJournal", "is not declared by"),
                arguments(
                        new BrokenPlans.LosesAComponentInTheJournal(),
                        "stepsSurviveTheJournal",
                        "not what it was when it comes back"),
                arguments(
                        new BrokenSteps.NeverRunsItsCommand(),
                        "everyCommandIsTested",
                        "No move ever runs \"wall shopping"),
                arguments(new BrokenPlans.PastesIntoAShell(), "shellScriptsAreFixedText", "echo shopping"),
                arguments(
                        new BrokenPlans.RefusesWithoutAWord(),
                        "hostileValuesAreRefusedOrHarmless",
                        "InvalidValueException"),
                arguments(
                        new BrokenPlans.LetsALineBreakThrough(),
                        "hostileValuesAreRefusedOrHarmless",
                        "begins a line of its own"),
                arguments(
                        new BrokenPlans.DoesWhatItSaysItDoesNot(),
                        "whatItDoesNotDoIsRefused",
                        "but it did: notes about money"),
                arguments(new BrokenSteps.ForgetsUndo(), "whicheverAnswerIsLostTheHostIsAsItWas", "not as it was"),
                arguments(new BrokenSteps.ForgetsUndo(), "afterACrashItCanBeUndone", "not as it was"),
                arguments(
                        new BrokenSteps.ReloadsBeforeRestoring(),
                        "afterACrashWhileUndoingItCanBeUndone",
                        "\"notes reload\" ran last when"),
                arguments(new BrokenSteps.OneFileForAll(), "neighboursAreLeftAlone", "all.note"),
                arguments(
                        new BrokenSteps.OverwritesForeignFiles(),
                        "foreignFilesAreLeftAlone",
                        "ensure(sample) does away"),
                arguments(
                        new BrokenSteps.DeletesForeignFiles(), "foreignFilesAreLeftAlone", "remove(sample) does away"),
                arguments(new BrokenSteps.LeavesSomething(), "removedLeavesNothing", ".left"),
                arguments(new BrokenSteps.OnlyAdds(), "changedAndBackIsAsBefore", "made no difference"),
                arguments(new BrokenSteps.WritesOutsideItsTerritory(), "onlyItsOwnTerritoryIsWritten", "/etc/passwd"),
                arguments(new BrokenSteps.AlwaysRunsItsCommand(), "ensuredTwiceIsEnsuredOnce", "wall shopping"),
                arguments(
                        new BrokenSteps.IgnoresExitCodes(), "whicheverCommandFailsTheHostIsAsItWas", "nobody noticed"),
                arguments(new BrokenSteps.RemembersTooLate(), "afterACrashItCanBeUndone", "remembers what it needs"),
                arguments(new BrokenSteps.SwallowsEverything(), "afterACrashItCanBeUndone", "caught the crash"),
                arguments(
                        new BrokenSteps.LogsWithoutEnd(), "nothingIsPrintedOrLoggedWithoutEnd", "logs more than 1 MiB"),
                arguments(new BrokenSteps.KeepsTheHost(), "ensuredTwiceIsEnsuredOnce", "was lent to a call of a step"),
                arguments(new BrokenSteps.HangsWhileRunning(), "ensuredTwiceIsEnsuredOnce", "It hangs"),
                arguments(new BrokenSteps.CannotBeResumed(), "afterACrashItCanBeResumed", "by looking"),
                arguments(
                        new BrokenPreviewsAndSecrets.PreviewWrites(),
                        "previewsOnlyLookAndTellTheTruth",
                        "changed something"),
                arguments(
                        new BrokenPreviewsAndSecrets.PreviewTells(),
                        "previewsOnlyLookAndTellTheTruth",
                        "A preview only reads"),
                arguments(
                        new BrokenPreviewsAndSecrets.PreviewDiffers(),
                        "previewsOnlyLookAndTellTheTruth",
                        "different when asked again"),
                arguments(
                        new BrokenPreviewsAndSecrets.PreviewConceals(),
                        "previewsOnlyLookAndTellTheTruth",
                        "says nothing would change"));
    }

    static Stream<BrokenPreviewsAndSecrets.Leak> leaks() {
        return Stream.of(BrokenPreviewsAndSecrets.Leak.values());
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("broken")
    void isFoundOut(NoteEngine engine, String test, String message) {
        Map<String, String> failures = failures(engine, selectMethod(Contract.class, test));
        assertThat(failures).containsKey(test);
        assertThat(failures.get(test)).contains(message);
    }

    @ParameterizedTest
    @MethodSource("leaks")
    void isFoundOutToLeak(BrokenPreviewsAndSecrets.Leak leak) {
        Map<String, String> failures =
                failures(new BrokenPreviewsAndSecrets.Leaks(leak), selectMethod(Contract.class, "secretsStaySecret"));
        assertThat(failures).containsKey("secretsStaySecret");
        assertThat(failures.get("secretsStaySecret")).contains("A secret comes out");
    }

    /** The contract does not cry wolf. */
    @Test
    void aGoodEngineIsNot() {
        assertThat(failures(new NoteEngine(), selectClass(Contract.class))).isEmpty();
    }

    private static Map<String, String> failures(Engine<Note> engine, DiscoverySelector tests) {
        Contract.UNDER_TEST.set(engine);
        Events events =
                EngineTestKit.engine("junit-jupiter").selectors(tests).execute().testEvents();
        Map<String, String> failures = new TreeMap<>();
        events.failed().stream().forEach(event -> failures.put(method(event), message(event)));
        return failures;
    }

    private static String method(Event event) {
        return event.getTestDescriptor().getDisplayName().replace("()", "");
    }

    private static String message(Event event) {
        return event.getRequiredPayload(TestExecutionResult.class)
                .getThrowable()
                .map(Throwable::toString)
                .orElse("");
    }

    /** The contract with the engine under test. */
    static final class Contract extends NoteContract {
        static final AtomicReference<Engine<Note>> UNDER_TEST = new AtomicReference<>(new NoteEngine());

        Contract() {
            super(UNDER_TEST.get());
        }

        @Override
        protected void given(FakeHost host, Note resource) {
            host.program(call -> Answer.failed(1, "not loaded"), "notes", "loaded");
            host.program(Contract::announced, "announced");
            host.program(Contract::announce, "sh", "-ec");
            host.program(Contract::write, "notes", "write");
            host.program(Contract::create, "notes", "create");
        }

        @Override
        protected Map<String, Note> refused() {
            return UNDER_TEST.get() instanceof BrokenPlans.DoesWhatItSaysItDoesNot
                    ? Map.of("notes about money", new Note(sample().owner(), "money", List.of("1000000")))
                    : Map.of();
        }

        @Override
        protected List<HostPath> territory() {
            return List.of(HostPath.of("/etc/notes"));
        }

        @Override
        protected Duration timeLimit() {
            // Short for those that do hang, long for those that only meet a busy machine.
            return UNDER_TEST.get().getClass().getSimpleName().startsWith("Hangs")
                    ? Duration.ofMillis(500)
                    : Duration.ofMinutes(2);
        }

        private static Answer write(Call call) {
            String path = call.command().words().get(2);
            String text = call.command().words().get(3);
            if (text.isEmpty()) {
                call.host().without(path);
            } else {
                call.host().file(path, text);
            }
            return Answer.ok();
        }

        private static Answer announced(Call call) {
            String script = "echo " + call.command().words().get(1);
            return call.host().fact(script).isEmpty() ? Answer.failed(1, "not yet") : Answer.ok();
        }

        private static Answer announce(Call call) {
            call.host().fact(call.command().words().get(2), "done");
            return Answer.ok();
        }

        private static Answer create(Call call) {
            return call.host().text(call.command().words().get(2)).isPresent()
                    ? Answer.failed(1, "it is there already")
                    : write(call);
        }
    }
}
