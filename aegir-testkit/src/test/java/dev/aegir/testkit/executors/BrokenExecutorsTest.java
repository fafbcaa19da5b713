// SPDX-License-Identifier: Apache-2.0
package dev.aegir.testkit.executors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import dev.aegir.spi.Store;
import dev.aegir.spi.TaskExecutor;
import dev.aegir.task.Lock;
import dev.aegir.testkit.ExecutorContract;
import dev.aegir.testkit.ExecutorSetup;
import dev.aegir.testkit.Never;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Event;

/** The contract finds out every broken executor, with the test that is meant to, in words that say what is wrong. */
class BrokenExecutorsTest {
    private static final AtomicReference<String> NAME = new AtomicReference<>("");
    /** Their steps wait for each other, which they never meet; the test waits for the end of them, which comes. */
    private static final Set<String> NEVER_MEET = Set.of("OneAfterTheOther", "SharesNoLocks");

    /** How an executor is opened, badly. */
    interface Opening {
        TaskExecutor open(ExecutorSetup setup, Supplier<Store> kept);
    }

    static Stream<Arguments> broken() {
        return Stream.of(
                wrapped(
                        "SaysThatAllIsWell",
                        BrokenExecutors.SaysThatAllIsWell::new,
                        "aFailureIsTakenBackInReverse",
                        "ROLLED_BACK"),
                wrapped(
                        "SaysFailedAfterTheCommitPoint",
                        BrokenExecutors.SaysFailedAfterTheCommitPoint::new,
                        "afterTheCommitPointNothingIsTakenBack",
                        "nothing is rolled back"),
                wrapped("ForgetsKeys", BrokenExecutors.ForgetsKeys::new, "oneKeyIsOneTask", "one key is one task"),
                wrapped(
                        "IgnoresApprovals",
                        BrokenExecutors.IgnoresApprovals::new,
                        "onlyWhatWasApprovedIsDone",
                        "the world has changed"),
                wrapped(
                        "IgnoresApprovals later",
                        BrokenExecutors.IgnoresApprovals::new,
                        "anApprovalHoldsWhenTheTaskBegins",
                        "while it waited"),
                wrapped(
                        "ForgetsWhatToDoAfterACrash",
                        BrokenExecutors.ForgetsWhatToDoAfterACrash::new,
                        "aTaskMayBeTakenBackAfterACrash",
                        "ROLLED_BACK"),
                wrapped(
                        "RunsLaterTasksNow",
                        BrokenExecutors.ForgetsWhatToDoAfterACrash::new,
                        "aTaskForLaterIsRunThen",
                        ""),
                wrapped(
                        "AcceptsSomeOfThem",
                        BrokenExecutors.AcceptsSomeOfThem::new,
                        "whatCannotBePlannedIsRefused",
                        "none was accepted"),
                wrapped(
                        "CannotCancel",
                        BrokenExecutors.CannotCancel::new,
                        "cancelledWhileItWaitsForALock",
                        "did not end"),
                wrapped("LosesEvents", BrokenExecutors.LosesEvents::new, "eventsAreReadFromAnyPosition", "lost"),
                wrapped(
                        "TellsEventsAgain",
                        BrokenExecutors.TellsEventsAgain::new,
                        "eventsAreReadFromAnyPosition",
                        "lost or told twice"),
                wrapped("TellsSecrets", BrokenExecutors.TellsSecrets::new, "secretsAreToldNowhere", "A secret is told"),
                wrapped("NeverStops", BrokenExecutors.NeverStops::new, "aFormerExecutorIsKeptOut", "did not end"),
                wrapped(
                        "NeverStops in doubt",
                        BrokenExecutors.NeverStops::new,
                        "aStepInDoubtIsRunAgain",
                        "did not end"),
                wrapped(
                        "AcceptsTasksWhenItIsClosed",
                        BrokenExecutors.AcceptsTasksWhenItIsClosed::new,
                        "aClosedExecutorAcceptsNothing",
                        "accepts no task"),
                planned(
                        "OneAfterTheOther",
                        BrokenSetups::oneAfterTheOther,
                        "stepsRunInOrderAndStagesSideBySide",
                        "side by side"),
                planned(
                        "AllAtOnce",
                        BrokenSetups::allAtOnce,
                        "stepsRunInOrderAndStagesSideBySide",
                        "one after the other"),
                planned("Backwards", BrokenSetups::backwards, "aTaskRunsAndItsOutcomeIsTrue", "its steps run"),
                planned(
                        "WithoutCommitPoint",
                        BrokenSetups::withoutCommitPoint,
                        "afterTheCommitPointNothingIsTakenBack",
                        "nothing is rolled back"),
                planned(
                        "WithoutCommitPoint cancelled",
                        BrokenSetups::withoutCommitPoint,
                        "cancelledAfterTheCommitPoint",
                        "too late"),
                planned("Sleeping", BrokenSetups::sleeping, "aWaitHoldsNoThreadAndSurvives", "PARKED"),
                broken(
                        "TakesNoLocks",
                        (setup, kept) ->
                                BrokenSetups.locking(setup, lock -> List.of()).over(kept.get()),
                        "oneThingIsOneTasksAtATime",
                        "waits"),
                broken(
                        "TakesNoLocks in a circle",
                        (setup, kept) ->
                                BrokenSetups.locking(setup, lock -> List.of()).over(kept.get()),
                        "nobodyWaitsInACircle",
                        "at the same time"),
                broken(
                        "SharesNoLocks",
                        (setup, kept) -> BrokenSetups.locking(
                                        setup, lock -> List.of(Lock.exclusive(lock.kind(), lock.name())))
                                .over(kept.get()),
                        "thoseWhoShareRunTogether",
                        "run together"),
                broken(
                        "OneLockForAll",
                        (setup, kept) -> BrokenSetups.locking(setup, BrokenSetups::oneForAll)
                                .over(kept.get()),
                        "oneThingIsOneTasksAtATime",
                        "did not end"),
                broken(
                        "ForgetsEverything",
                        (setup, kept) -> setup.over(new KeptStore(setup.clock(), setup.threads()).open()),
                        "aStepInDoubtIsRunAgain",
                        "no task"));
    }

    private static Arguments wrapped(String what, UnaryOperator<TaskExecutor> spoiler, String test, String message) {
        return broken(what, (setup, kept) -> spoiler.apply(setup.over(kept.get())), test, message);
    }

    private static Arguments planned(
            String what, UnaryOperator<dev.aegir.task.Plan> spoiler, String test, String message) {
        return broken(
                what, (setup, kept) -> BrokenSetups.planning(setup, spoiler).over(kept.get()), test, message);
    }

    private static Arguments broken(String what, Opening opening, String test, String message) {
        return arguments(what, opening, test, message);
    }

    @ParameterizedTest(name = "{0}: {2}")
    @MethodSource("broken")
    void isFoundOut(String what, Opening opening, String test, String message) {
        NAME.set(what);
        Never.ends();
        Contract.UNDER_TEST.set(opening);
        assertThat(EngineTestKit.engine("junit-jupiter")
                        .selectors(selectMethod(Contract.class, test))
                        .execute()
                        .testEvents()
                        .failed()
                        .stream()
                        .map(BrokenExecutorsTest::message))
                .as(what)
                .singleElement()
                .asString()
                .contains(message);
    }

    private static String message(Event event) {
        return event.getRequiredPayload(TestExecutionResult.class)
                .getThrowable()
                .map(Throwable::toString)
                .orElse("");
    }

    /** The contract with the executor under test. */
    static final class Contract extends ExecutorContract {
        static final AtomicReference<Opening> UNDER_TEST =
                new AtomicReference<>((setup, kept) -> setup.over(kept.get()));
        private Optional<KeptStore> store = Optional.empty();
        private volatile Optional<Thread> test = Optional.empty();

        @Override
        protected TaskExecutor open(ExecutorSetup setup) {
            test = Optional.of(Thread.currentThread());
            return UNDER_TEST.get().open(setup, () -> {
                if (store.isEmpty()) {
                    store = Optional.of(new KeptStore(setup.clock(), setup.threads()));
                }
                return store.get().open();
            });
        }

        @Override
        protected Duration timeLimit() {
            if (NAME.get().equals("AllAtOnce")) {
                // The moment in which its other steps show is long enough for any machine; they end it.
                return Duration.ofMinutes(30);
            }
            boolean inAStep =
                    test.filter(thread -> thread != Thread.currentThread()).isPresent();
            return inAStep && NEVER_MEET.contains(NAME.get()) ? Never.SHORT : Never.limit();
        }
    }
}
