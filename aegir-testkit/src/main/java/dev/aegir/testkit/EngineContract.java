// SPDX-License-Identifier: Apache-2.0
package dev.aegir.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.aegir.model.HostPath;
import dev.aegir.model.Name;
import dev.aegir.model.Resource;
import dev.aegir.model.Service;
import dev.aegir.spi.Engine;
import dev.aegir.testkit.TestRunner.State;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What every engine must keep, as tests: subclass it, say which engine and which resources, and its tests are yours.
 *
 * <p>Everything happens on {@linkplain FakeHost fake hosts}, thousands of times: every command, every write and every answer
 * fails once, and everything crashes after every single effect. Programs the engine calls succeed and do nothing unless
 * {@link #given} teaches the host better.
 *
 * @param <R> what the engine provides
 */
@ExtendWith(TimeLimit.class)
public abstract class EngineContract<R extends Resource> {
    private final Canary canary = new Canary();

    /** For subclasses. */
    protected EngineContract() {}

    /**
     * The engine under test.
     *
     * @return a new engine, made as {@link ServiceLoader} makes it
     */
    protected abstract Engine<R> engine();

    /**
     * A resource with something in each of its components.
     *
     * @return the same resource, with the same owner, whenever it is asked
     */
    protected abstract R sample();

    /**
     * The same resource as it is later: the owner is the sample's, as much as can change is different.
     *
     * @return the same resource whenever it is asked
     */
    protected abstract R changed();

    /**
     * Another resource, of another owner and with another title, on the same service.
     *
     * @return the same resource whenever it is asked
     */
    protected abstract R neighbour();

    /**
     * What must be on the host for a resource: directories the engine does not make, programs whose answers matter.
     * Called on every new host for each resource that will be there, several times for the same one.
     *
     * @param host the host
     * @param resource the resource
     */
    protected void given(FakeHost host, R resource) {}

    /**
     * The service that the engine runs.
     *
     * @return the service, with settings if the engine needs any; secrets its settings name are there
     */
    protected Service service() {
        return Service.of(engine().kind(), engine().name());
    }

    /**
     * Variants that are meant to do harm. Every text and path in the sample is made hostile in turn anyway; add what only
     * the author of the engine can think of.
     *
     * @return resources that are refused, or handled like any other
     */
    protected List<R> hostile() {
        return List.of();
    }

    /**
     * Looks at what became of a resource that was ensured: the sample, the changed one, and every hostile variant that was
     * not refused. Parse what was written and compare; throw an assertion error when something is wrong.
     *
     * @param host the host
     * @param resource the resource
     */
    protected void verify(FakeHost host, R resource) {}

    /**
     * What the engine says it does not do, and so must refuse.
     *
     * @return resources it refuses with one of Aegir's exceptions before anything is changed, by what is wrong with them
     */
    protected Map<String, R> refused() {
        return Map.of();
    }

    /**
     * The directories the engine may write in, if that shall be proved.
     *
     * @return the directories; empty for anywhere
     */
    protected List<HostPath> territory() {
        return List.of();
    }

    /**
     * What may stay on the host when a task is undone: facts of programs, such as that a package is installed. Files never
     * do.
     *
     * @return the names of such facts, as {@link #given} uses them
     */
    protected Set<String> stays() {
        return Set.of();
    }

    /**
     * Whether what {@code remove} takes away cannot be brought back, such as what people wrote. Such a removal stands behind
     * the commit point of a plan: when it fails it is not undone but finished later, so that is what is tested of it.
     *
     * @return {@code false} unless overridden
     */
    protected boolean removesForGood() {
        return false;
    }

    /**
     * Whether {@code ensure} only looks: what it is about came to be in another way, as a backup that is taken, and all that can
     * be ensured is that it is still what it was.
     *
     * @return {@code false} unless overridden
     */
    protected boolean ensuresByLooking() {
        return false;
    }

    /**
     * How long one test of the contract may take.
     *
     * @return two minutes unless overridden
     */
    protected Duration timeLimit() {
        return Duration.ofMinutes(2);
    }

    final Canary canary() {
        return canary;
    }

    final String engineName() {
        return engine().getClass().getSimpleName();
    }

    @Test
    void theResourcesAreFitForTheContract() {
        assertEquals(
                sample(), sample(), "sample() must be the same whenever it is asked: keep its owner in a constant");
        assertEquals(changed(), changed(), "changed() must be the same whenever it is asked");
        assertEquals(sample().owner(), changed().owner(), "changed() is the sample later: it has the same owner");
        assertNotEquals(sample(), changed(), "changed() must differ from sample()");
        assertNotEquals(sample().owner(), neighbour().owner(), "neighbour() has an owner of its own");
        assertNotEquals(sample().title(), neighbour().title(), "neighbour() has a title of its own");
    }

    @Test
    @SuppressWarnings("rawtypes") // A class literal has no type argument.
    void isFoundByServiceLoader() {
        boolean found =
                ServiceLoader.load(Engine.class).stream().anyMatch(provider -> provider.type() == engine().getClass());
        if (!found) {
            fail(engineName() + " is not found by ServiceLoader. Name it in META-INF/services/" + Engine.class.getName()
                    + ", and in module-info.java if there is one (provides ... with ...); it needs a public constructor"
                    + " without parameters.");
        }
    }

    @Test
    void itsKindAndNameAreStable() {
        assertEquals(engine().kind(), engine().kind(), "kind() must always be the same: stored services name it");
        assertEquals(engine().name(), engine().name(), "name() must always be the same: stored services name it");
        Name.of(engine().name());
        assertTrue(
                engine().kind().type().isInstance(sample()),
                "kind() says it provides " + engine().kind().type().getName() + ", but sample() is none");
    }

    @Test
    void plansAreTheSameWheneverTheSameIsPlanned() throws Exception {
        PlanChecks.of(this).areRepeatable();
    }

    @Test
    void stepNamesAreDistinct() throws Exception {
        PlanChecks.of(this).haveDistinctNames();
    }

    @Test
    void stepsSurviveTheJournal() throws Exception {
        PlanChecks.of(this).surviveTheJournal();
    }

    @Test
    void shellScriptsAreFixedText() throws Exception {
        ShellScripts.areFixed(this);
    }

    @Test
    void planningLeavesItsInputAlone() throws Exception {
        PlanChecks.of(this).leaveTheirInputAlone();
    }

    @Test
    void nothingIsPrintedOrLoggedWithoutEnd() throws Exception {
        long printed = StandardStreams.printedBy(() -> {
            for (Move move : Move.values()) {
                Trial<R> trial = Trial.calm(this, move);
                if (trial.world().runner().saidTooMuch()) {
                    fail(trial.what() + " logs more than 1 MiB; say what matters, and limit the output of commands");
                }
            }
            return null;
        });
        assertEquals(
                0,
                printed,
                engineName() + " prints on the standard streams, which belong to the program it is part of."
                        + " Steps talk to people through StepContext.log, engines through slf4j.");
    }

    @Test
    void ensuredTwiceIsEnsuredOnce() throws Exception {
        LifeChecks.of(this).twiceIsOnce();
    }

    @Test
    void everyCommandIsTested() throws Exception {
        LifeChecks.of(this).everyCommandRuns();
    }

    @Test
    void changedAndBackIsAsBefore() throws Exception {
        LifeChecks.of(this).changedAndBack();
    }

    @Test
    void removedLeavesNothing() throws Exception {
        LifeChecks.of(this).removedLeavesNothing();
    }

    @Test
    void removingWhatNeverWasDoesNothing() throws Exception {
        LifeChecks.of(this).removingWhatNeverWas();
    }

    @Test
    void neighboursAreLeftAlone() throws Exception {
        LifeChecks.of(this).neighboursAreLeftAlone();
    }

    @Test
    void foreignFilesAreLeftAlone() throws Exception {
        LifeChecks.of(this).foreignFilesAreLeftAlone();
    }

    @Test
    void onlyItsOwnTerritoryIsWritten() throws Exception {
        LifeChecks.of(this).staysInItsTerritory();
    }

    @Test
    void previewsOnlyLookAndTellTheTruth() throws Exception {
        LifeChecks.of(this).previewsOnlyLook();
    }

    @Test
    void whicheverCommandFailsTheHostIsAsItWas() throws Exception {
        FaultChecks.each(this, Fault.Kind.COMMAND, trial -> {
            if (trial.outcome().state() == State.SUCCEEDED) {
                FaultChecks.failureWasNoticed(trial);
            } else {
                FaultChecks.isAsItWas(trial);
            }
        });
    }

    @Test
    void whicheverFileCannotBeWrittenTheHostIsAsItWas() throws Exception {
        FaultChecks.each(this, Fault.Kind.WRITE, FaultChecks::isAsItWas);
    }

    @Test
    void whicheverAnswerIsLostTheHostIsAsItWas() throws Exception {
        FaultChecks.each(this, Fault.Kind.ANSWER, trial -> {
            if (trial.outcome().state() != State.SUCCEEDED) {
                FaultChecks.isAsItWas(trial);
            }
        });
    }

    @Test
    void afterACrashItCanBeUndone() throws Exception {
        FaultChecks.each(this, Fault.Kind.CRASH, FaultChecks::canBeUndone);
    }

    @Test
    void afterACrashItCanBeResumed() throws Exception {
        FaultChecks.canBeResumed(this);
    }

    @Test
    void afterACrashWhileUndoingItCanBeUndone() throws Exception {
        FaultChecks.canBeUndoneAfterACrashWhileUndoing(this);
    }

    @Test
    void secretsStaySecret() throws Exception {
        SecretChecks.of(this).nothingLeaks();
    }

    @Test
    void hostileValuesAreRefusedOrHarmless() throws Exception {
        HostileChecks.of(this).hostileValuesAreRefusedOrHarmless();
    }

    @Test
    void whatItDoesNotDoIsRefused() throws Exception {
        HostileChecks.of(this).whatItDoesNotDoIsRefused();
    }
}
