// SPDX-License-Identifier: Apache-2.0
package dev.aegir.testkit.backends;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import dev.aegir.model.HostPath;
import dev.aegir.model.Server;
import dev.aegir.spi.Backend;
import dev.aegir.testkit.BackendContract;
import dev.aegir.testkit.Never;
import dev.aegir.testkit.backends.Spoiled.Spoiler;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Event;

/** The contract finds out every broken host, with the test that is meant to, in words that say what is wrong. */
class BrokenBackendsTest {
    static Stream<Arguments> broken() {
        return Stream.of(
                broken("GluesWords", BrokenCommands.GluesWords::new, "wordsArriveExactly", "word 1 is not"),
                broken(
                        "LosesEmptyWords",
                        BrokenCommands.LosesEmptyWords::new,
                        "wordsArriveExactly",
                        "is not what it was"),
                broken("CutsLongWords", BrokenCommands.CutsLongWords::new, "longWordsArriveExactly", "word 1 is not"),
                broken(
                        "TrimsWords",
                        BrokenCommands.TrimsWords::new,
                        "everySingleWordArrivesExactly",
                        "is not what it was"),
                broken(
                        "ReadsInAnotherCharset",
                        BrokenCommands.ReadsInAnotherCharset::new,
                        "commandsReadTheirInput",
                        "bytes"),
                broken(
                        "LeaksItsEnvironment",
                        BrokenCommands.LeaksItsEnvironment::new,
                        "commandsHaveACleanEnvironment",
                        "no others"),
                broken(
                        "IgnoresTheDirectory",
                        BrokenCommands.IgnoresTheDirectory::new,
                        "commandsRunWhereTheyShall",
                        "sp ace"),
                broken(
                        "IgnoresTheAccount",
                        BrokenCommands.IgnoresTheAccount::new,
                        "commandsRunAsWhomTheyShall",
                        " as "),
                broken("KnowsOneExitCode", BrokenCommands.KnowsOneExitCode::new, "commandsEndAsTheyEnd", "exit code"),
                broken(
                        "SaysNothingOfWhatItCut",
                        BrokenCommands.SaysNothingOfWhatItCut::new,
                        "cutOutputIsSaidToBe",
                        "missing"),
                broken("StopsReading", BrokenCommands.StopsReading::new, "cutOutputIsSaidToBe", "goes on to its end"),
                broken(
                        "MixesTheOutputs",
                        BrokenCommands.MixesTheOutputs::new,
                        "bothOutputsMayBeUsedAtOnce",
                        "of the other"),
                broken(
                        "KillsTheFirstProcessOnly",
                        BrokenCommands.KillsTheFirstProcessOnly::new,
                        "commandsThatTakeTooLongAreKilledWithAllTheyStarted",
                        "with all it started"),
                broken(
                        "TimeoutIsAResult",
                        BrokenCommands.TimeoutIsAResult::new,
                        "commandsThatTakeTooLongAreKilledWithAllTheyStarted",
                        "CommandTimeoutException"),
                broken(
                        "CannotBeInterrupted",
                        BrokenCommands.CannotBeInterrupted::new,
                        "waitingCanBeInterrupted",
                        "interrupted"),
                broken("MixesThreads", BrokenCommands.MixesThreads::new, "manyThreadsMayUseOneHost", "whoever asked"),
                broken(
                        "PutsSecretsOnTheCommandLine",
                        BrokenCommands.PutsSecretsOnTheCommandLine::new,
                        "secretsAreOnStandardInputOnly",
                        "run: while a command runs"),
                broken(
                        "PutsSecretsInTheEnvironment",
                        BrokenCommands.PutsSecretsInTheEnvironment::new,
                        "secretsAreOnStandardInputOnly",
                        "once: while a command runs"),
                broken(
                        "ComplainsWithTheInput",
                        BrokenCommands.ComplainsWithTheInput::new,
                        "secretsAreInNoMessage",
                        "an exception tells no secret"),
                broken(
                        "LeavesProgramsRunning",
                        BrokenCommands.LeavesProgramsRunning::new,
                        "closingStreamsEndsTheirProgram",
                        "has ended"),
                broken(
                        "HoldsOutputBackUntilTheEnd",
                        BrokenCommands.HoldsOutputBackUntilTheEnd::new,
                        "streamsAreThereWhileTheirProgramRuns",
                        "while it still runs"),
                broken(
                        "LosesTheEndOfInput",
                        BrokenCommands.LosesTheEndOfInput::new,
                        "streamsCarryMuchBothWays",
                        "as much"),
                broken("RunsAgain", BrokenKeeping.RunsAgain::new, "aKeyIsRunOnce", "once for a key"),
                broken(
                        "RunsAgain at the same time",
                        BrokenKeeping.RunsAgain::new,
                        "aKeyIsRunOnceForAllWhoAsk",
                        "once for a key"),
                broken(
                        "RunsOncePerConnection",
                        BrokenKeeping.RunsOncePerConnection::new,
                        "aKeyIsRunOnce",
                        "another connection"),
                broken(
                        "RunsOncePerConnection at once",
                        BrokenKeeping.RunsOncePerConnection::new,
                        "aRunForAKeyOutlivesItsConnection",
                        "not run again"),
                broken("StopsNothing", BrokenKeeping.StopsNothing::new, "aRunForAKeyCanBeStopped", "nothing more"),
                broken("MakesKeysFit", BrokenKeeping.MakesKeysFit::new, "keysAreNoPaths", "must refuse the key"),
                broken("ListsInAnyOrder", BrokenKeeping.ListsInAnyOrder::new, "filesAreReadAndListed", "sorted"),
                broken(
                        "CutsLongFiles",
                        BrokenKeeping.CutsLongFiles::new,
                        "filesAreReadAndListed",
                        "longer than may be read"),
                broken("WritesOneByOne", BrokenKeeping.WritesOneByOne::new, "filesAreChangedAllOrNone", "as they were"),
                broken("IgnoresChecks", BrokenKeeping.IgnoresChecks::new, "filesAreChangedAllOrNone", "CHECK"),
                broken(
                        "PutsNothingBack",
                        BrokenKeeping.PutsNothingBack::new,
                        "filesAreChangedAllOrNone",
                        "as they were"),
                broken("NeverTakesBack", BrokenKeeping.NeverTakesBack::new, "filesAreAppliedAndTakenBack", "as it was"),
                broken("ForgetsModes", BrokenKeeping.ForgetsModes::new, "filesAreAppliedAndTakenBack", "600"),
                broken("IgnoresOwners", BrokenKeeping.IgnoresOwners::new, "filesOfOthersAreLeftAlone", "owner's id"),
                broken(
                        "AlwaysOverwrites",
                        BrokenKeeping.AlwaysOverwrites::new,
                        "filesThatSomebodyChangedAreTreatedAsTold",
                        "DriftPolicy.FAIL"),
                broken(
                        "LooksNotWhereLinksLead",
                        BrokenKeeping.LooksNotWhereLinksLead::new,
                        "directoriesThatLeadOutAreRefused",
                        "is not in"),
                broken("KnowsNoFences", BrokenKeeping.KnowsNoFences::new, "formerOwnersAreRefused", "former owner"),
                broken(
                        "FencesItsOwnConnection",
                        BrokenKeeping.FencesItsOwnConnection::new,
                        "formerOwnersAreRefused",
                        "former owner"),
                broken(
                        "ForgetsFencesOfFiles",
                        BrokenKeeping.ForgetsFencesOfFiles::new,
                        "formerOwnersAreRefused",
                        "refused: apply"),
                broken("OneFenceForAll", BrokenKeeping.OneFenceForAll::new, "aFenceGuardsOneResource", "newer owner"),
                broken("ClosesWithItsViews", BrokenKeeping.ClosesWithItsViews::new, "fencedHostsAreViews", "closed"));
    }

    private static Arguments broken(String what, Spoiler spoiler, String test, String message) {
        return arguments(what, spoiler, test, message);
    }

    @ParameterizedTest(name = "{0}: {2}")
    @MethodSource("broken")
    void isFoundOut(String what, Spoiler spoiler, String test, String message) {
        Never.ends();
        Contract.UNDER_TEST.set(spoiler);
        assertThat(EngineTestKit.engine("junit-jupiter")
                        .selectors(selectMethod(Contract.class, test))
                        .execute()
                        .testEvents()
                        .failed()
                        .stream()
                        .map(BrokenBackendsTest::message))
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

    /** The contract with the host under test. */
    static final class Contract extends BackendContract {
        static final AtomicReference<Spoiler> UNDER_TEST = new AtomicReference<>(good -> good);

        @TempDir
        private Path directory;

        @Override
        protected Backend backend() {
            return new Spoiled.Hosts(Machine.local(), UNDER_TEST.get());
        }

        @Override
        protected Server server() {
            return Machine.server(directory, "local");
        }

        @Override
        protected Duration timeLimit() {
            return Never.limit();
        }

        @Override
        protected HostPath scratch() {
            return Machine.scratch(directory);
        }

        @Override
        protected Optional<String> otherAccount() {
            return Machine.otherAccount();
        }
    }
}
