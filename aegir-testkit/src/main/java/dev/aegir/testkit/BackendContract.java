// SPDX-License-Identifier: Apache-2.0
package dev.aegir.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.aegir.model.HostPath;
import dev.aegir.model.Server;
import dev.aegir.spi.Backend;
import dev.aegir.spi.Secrets;
import java.time.Duration;
import java.util.Optional;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What every {@link Backend} must keep, as tests on a real host: subclass it, say where that host is, and its tests are yours.
 * A backend that passes can carry every engine.
 *
 * <pre>{@code
 * class MyBackendTest extends BackendContract {
 *     @Override
 *     protected Backend backend() {
 *         return new MyBackend();
 *     }
 *
 *     @Override
 *     protected Server server() {
 *         return Server.at("web1", "my://web1.example.net");
 *     }
 *
 *     @Override
 *     protected HostPath scratch() {
 *         return HostPath.of("/tmp");
 *     }
 *
 *     @Override
 *     protected Optional<String> otherAccount() {
 *         return Optional.of("nobody");
 *     }
 * }
 * }</pre>
 *
 * <p>Every test connects anew and leaves nothing behind but what the backend itself keeps on the host.
 */
@ExtendWith(TimeLimit.class)
public abstract class BackendContract {
    /** For subclasses. */
    protected BackendContract() {}

    /**
     * The backend under test.
     *
     * @return a new backend, made as {@link ServiceLoader} makes it
     */
    protected abstract Backend backend();

    /**
     * A server that it reaches.
     *
     * @return the same server whenever it is asked in one test
     */
    protected abstract Server server();

    /**
     * A directory there, in which commands may make others, and which every account may enter.
     *
     * @return the directory, such as {@code /tmp}
     */
    protected abstract HostPath scratch();

    /**
     * An account as which commands can be run there besides the one they are run as by themselves.
     *
     * @return the account, such as {@code nobody}; empty when that one is not privileged, and then it is proved that nothing
     *     is run as somebody else
     */
    protected abstract Optional<String> otherAccount();

    /**
     * Where the server's credential is.
     *
     * @return the secrets; none unless overridden
     */
    protected Secrets secrets() {
        return NoSecrets.INSTANCE;
    }

    /**
     * How long one test of the contract may take.
     *
     * @return two minutes unless overridden
     */
    protected Duration timeLimit() {
        return Duration.ofMinutes(2);
    }

    private interface Check {
        void on(HostUnderTest host) throws Exception;
    }

    private void on(Check check) throws Exception {
        try (HostUnderTest host = HostUnderTest.of(this)) {
            check.on(host);
        }
    }

    @Test
    void isFoundByServiceLoader() {
        boolean found = ServiceLoader.load(Backend.class).stream()
                .anyMatch(provider -> provider.type() == backend().getClass());
        if (!found) {
            fail(backend().getClass().getSimpleName() + " is not found by ServiceLoader. Name it in META-INF/services/"
                    + Backend.class.getName()
                    + ", and in module-info.java if there is one (provides ... with ...); it needs a public constructor"
                    + " without parameters.");
        }
    }

    @Test
    void itsSchemeAndItsServersNameAreKept() throws Exception {
        assertEquals(server().address().getScheme(), backend().scheme(), "scheme() is that of the server's address");
        on(at -> {
            assertEquals(server().name(), at.host().server(), "a host knows which server it is");
            assertTrue(
                    at.host().files().read(HostPath.of("/etc/passwd"), 1 << 20).isPresent(), "it is a real host");
        });
    }

    @Test
    void wordsArriveExactly() throws Exception {
        on(HostWordChecks::arriveExactly);
    }

    @Test
    void everySingleWordArrivesExactly() throws Exception {
        on(HostWordChecks::arriveExactlyAlone);
    }

    @Test
    void longWordsArriveExactly() throws Exception {
        on(HostWordChecks::mayBeLong);
    }

    @Test
    void wordsInTransactionsArriveExactly() throws Exception {
        on(HostWordChecks::arriveExactlyInTransactions);
    }

    @Test
    void commandsHaveACleanEnvironment() throws Exception {
        on(HostCommandChecks::haveACleanEnvironment);
    }

    @Test
    void commandsRunWhereTheyShall() throws Exception {
        on(HostCommandChecks::runWhereTheyShall);
    }

    @Test
    void commandsRunAsWhomTheyShall() throws Exception {
        on(HostCommandChecks::runAsWhomTheyShall);
    }

    @Test
    void commandsReadTheirInput() throws Exception {
        on(HostCommandChecks::readTheirInput);
    }

    @Test
    void commandsEndAsTheyEnd() throws Exception {
        on(HostCommandChecks::endAsTheyEnd);
    }

    @Test
    void commandsThatTakeTooLongAreKilledWithAllTheyStarted() throws Exception {
        on(HostCommandChecks::areKilledWithAllTheyStarted);
    }

    @Test
    void cutOutputIsSaidToBe() throws Exception {
        on(HostCommandChecks::sayWhenOutputIsCut);
    }

    @Test
    void bothOutputsMayBeUsedAtOnce() throws Exception {
        on(HostCommandChecks::mayUseBothOutputsAtOnce);
    }

    @Test
    void manyThreadsMayUseOneHost() throws Exception {
        on(HostCommandChecks::areNobodyElsesWithManyThreads);
    }

    @Test
    void waitingCanBeInterrupted() throws Exception {
        on(HostCommandChecks::needNotBeWaitedFor);
    }

    @Test
    void streamsCarryMuchBothWays() throws Exception {
        on(HostStreamChecks::carryMuchBothWays);
    }

    @Test
    void streamsAreThereWhileTheirProgramRuns() throws Exception {
        on(HostStreamChecks::areThereWhileTheyRun);
    }

    @Test
    void closingStreamsEndsTheirProgram() throws Exception {
        on(HostStreamChecks::endWhenTheyAreClosed);
    }

    @Test
    void aKeyIsRunOnce() throws Exception {
        on(HostOnceChecks::happenOnce);
    }

    @Test
    void aKeyIsRunOnceForAllWhoAsk() throws Exception {
        on(HostOnceChecks::happenOnceForAllWhoAsk);
    }

    @Test
    void aRunForAKeyOutlivesItsConnection() throws Exception {
        on(HostOnceChecks::goOnWithoutUs);
    }

    @Test
    void aRunForAKeyCanBeStopped() throws Exception {
        on(HostOnceChecks::canBeStopped);
    }

    @Test
    void keysAreNoPaths() throws Exception {
        on(HostOnceChecks::haveKeysThatAreNoPaths);
    }

    @Test
    void filesAreReadAndListed() throws Exception {
        on(HostFileChecks::areReadAndListed);
    }

    @Test
    void filesAreAppliedAndTakenBack() throws Exception {
        on(HostFileChecks::areAppliedAndTakenBack);
    }

    @Test
    void filesAreChangedAllOrNone() throws Exception {
        on(HostFileChecks::areAllOrNone);
    }

    @Test
    void manyFilesAreChangedInOneGo() throws Exception {
        on(HostFileChecks::areManyInOneGo);
    }

    @Test
    void filesOfOthersAreLeftAlone() throws Exception {
        on(HostFileChecks::belongToTheirOwner);
    }

    @Test
    void filesThatSomebodyChangedAreTreatedAsTold() throws Exception {
        on(HostFileChecks::thatSomebodyChangedAreTreatedAsTold);
    }

    @Test
    void filesThatAreMissingAreWrittenAgain() throws Exception {
        on(HostFileChecks::thatAreMissingAreWrittenAgain);
    }

    @Test
    void filesAreComparedByWhatIsThere() throws Exception {
        on(HostFileChecks::areComparedByWhatIsThere);
    }

    @Test
    void directoriesThatLeadOutAreRefused() throws Exception {
        on(HostFileChecks::stayWhereTheyMust);
    }

    @Test
    void formerOwnersAreRefused() throws Exception {
        on(HostFenceChecks::keepFormerOwnersOut);
    }

    @Test
    void aFenceGuardsOneResource() throws Exception {
        on(HostFenceChecks::guardOneResourceAndNoOther);
    }

    @Test
    void fencedHostsAreViews() throws Exception {
        on(HostFenceChecks::areViewsOfOneHost);
    }

    @Test
    void secretsAreOnStandardInputOnly() throws Exception {
        on(HostSecretChecks::areOnStandardInputOnly);
    }

    @Test
    void secretsAreInNoMessage() throws Exception {
        on(HostSecretChecks::areInNoMessage);
    }
}
