// SPDX-License-Identifier: Apache-2.0
package dev.aegir.testkit;

import dev.aegir.spi.TaskExecutor;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What every {@link TaskExecutor} must keep, as tests: subclass it, say how it is opened, and its tests are yours. One that
 * passes can run Aegir's tasks.
 *
 * <p>Who writes a store or a queue only, and no executor, has it run by the one that Aegir brings:
 *
 * <pre>{@code
 * class MyStoreExecutorTest extends ExecutorContract {
 *     @TempDir Path home;
 *
 *     @Override
 *     protected TaskExecutor open(ExecutorSetup setup) {
 *         return setup.over(new MyStore(home, setup.clock()));
 *     }
 * }
 * }</pre>
 */
@ExtendWith(TimeLimit.class)
public abstract class ExecutorContract {
    /** For subclasses. */
    protected ExecutorContract() {}

    /**
     * Opens the executor of the present test: without tasks at first, and with those it had when it was closed after that.
     *
     * @param setup what it runs with
     * @return the executor; the contract closes it
     */
    protected abstract TaskExecutor open(ExecutorSetup setup);

    /**
     * How long one test of the contract may take.
     *
     * @return two minutes unless overridden
     */
    protected Duration timeLimit() {
        return Duration.ofMinutes(2);
    }

    private interface Check {
        void on(ExecutorUnderTest executor) throws Exception;
    }

    private void on(Check check) throws Exception {
        try (ExecutorUnderTest executor = new ExecutorUnderTest(this)) {
            check.on(executor);
        }
    }

    @Test
    void aTaskRunsAndItsOutcomeIsTrue() throws Exception {
        on(TaskOutcomeChecks::areTrue);
    }

    @Test
    void stepsRunInOrderAndStagesSideBySide() throws Exception {
        on(TaskOutcomeChecks::runInOrderAndSideBySide);
    }

    @Test
    void aFailureIsTakenBackInReverse() throws Exception {
        on(TaskOutcomeChecks::takeBackInReverse);
    }

    @Test
    void whatCannotBeTakenBackNeedsAttention() throws Exception {
        on(TaskOutcomeChecks::cannotAlwaysBeTakenBack);
    }

    @Test
    void whatNeedsAttentionCanBeReleased() throws Exception {
        on(TaskOutcomeChecks::areReleasedByAPerson);
    }

    @Test
    void afterTheCommitPointNothingIsTakenBack() throws Exception {
        on(TaskOutcomeChecks::areNeverTakenBackAfterTheCommitPoint);
    }

    @Test
    void whatCannotBePlannedIsRefused() throws Exception {
        on(TaskOutcomeChecks::areRefusedBeforeTheyBegin);
    }

    @Test
    void tasksAreFoundAndListed() throws Exception {
        on(TaskOutcomeChecks::areFoundAndListed);
    }

    @Test
    void aClosedExecutorAcceptsNothing() throws Exception {
        on(TaskOutcomeChecks::areNotAcceptedWhenClosed);
    }

    @Test
    void oneKeyIsOneTask() throws Exception {
        on(TaskOrderChecks::oneKeyIsOneTask);
    }

    @Test
    void oneThingIsOneTasksAtATime() throws Exception {
        on(TaskOrderChecks::oneThingIsOneTasksAtATime);
    }

    @Test
    void thoseWhoShareRunTogether() throws Exception {
        on(TaskOrderChecks::readersShare);
    }

    @Test
    void nobodyWaitsInACircle() throws Exception {
        on(TaskOrderChecks::nobodyWaitsInACircle);
    }

    @Test
    void onlyWhatWasApprovedIsDone() throws Exception {
        on(TaskOrderChecks::onlyWhatWasApprovedIsDone);
    }

    @Test
    void anApprovalHoldsWhenTheTaskBegins() throws Exception {
        on(TaskOrderChecks::anApprovalHoldsWhenTheTaskBegins);
    }

    @Test
    void aWaitHoldsNoThreadAndSurvives() throws Exception {
        on(TaskOrderChecks::aWaitHoldsNoThread);
    }

    @Test
    void aTaskForLaterIsRunThen() throws Exception {
        on(TaskOrderChecks::aTaskForLaterIsRunThen);
    }

    @Test
    void cancelledWhileItWaitsForALock() throws Exception {
        on(TaskCancelChecks::whileItWaitsForALock);
    }

    @Test
    void cancelledBeforeItsTime() throws Exception {
        on(TaskCancelChecks::beforeItsTime);
    }

    @Test
    void cancelledInsideAStep() throws Exception {
        on(TaskCancelChecks::insideAStep);
    }

    @Test
    void cancelledInsideAStepThatEndsWellNevertheless() throws Exception {
        on(TaskCancelChecks::insideAStepThatEndsWellNevertheless);
    }

    @Test
    void cancelledWhileItWaits() throws Exception {
        on(TaskCancelChecks::whileItWaits);
    }

    @Test
    void cancelledWhileItIsTakenBack() throws Exception {
        on(TaskCancelChecks::whileItIsTakenBack);
    }

    @Test
    void cancelledAfterTheCommitPoint() throws Exception {
        on(TaskCancelChecks::afterTheCommitPoint);
    }

    @Test
    void aStepInDoubtIsRunAgain() throws Exception {
        on(TaskResumeChecks::isRunAgain);
    }

    @Test
    void aStepInDoubtMayBeDone() throws Exception {
        on(TaskResumeChecks::isDoneAlready);
    }

    @Test
    void aStepInDoubtMayBeTakenBack() throws Exception {
        on(TaskResumeChecks::isTakenBackIfItSaysSo);
    }

    @Test
    void aStepInDoubtMayAskAPerson() throws Exception {
        on(TaskResumeChecks::asksAPerson);
    }

    @Test
    void aTaskMayBeTakenBackAfterACrash() throws Exception {
        on(TaskResumeChecks::isTakenBackIfThePolicySaysSo);
    }

    @Test
    void takingBackIsGoneOnWith() throws Exception {
        on(TaskResumeChecks::isTakenBackFurther);
    }

    @Test
    void aStepInDoubtAttachesAgain() throws Exception {
        on(TaskResumeChecks::attachesAgain);
    }

    @Test
    void aFormerExecutorIsKeptOut() throws Exception {
        on(TaskResumeChecks::keepsFormerExecutorsOut);
    }

    @Test
    void eventsAreReadFromAnyPosition() throws Exception {
        on(TaskEventChecks::areReadFromAnyPosition);
    }

    @Test
    void eventsAreThereWhileATaskRuns() throws Exception {
        on(TaskEventChecks::areThereWhileItRuns);
    }

    @Test
    void secretsAreToldNowhere() throws Exception {
        on(TaskEventChecks::tellNoSecrets);
    }

    @Test
    void whateverAStepThrowsIsItsFailure() throws Exception {
        on(TaskEventChecks::surviveWhatStepsThrow);
    }

    @Test
    void whateverAHandlerDoesIsRefused() throws Exception {
        on(TaskEventChecks::surviveWhatHandlersDo);
    }

    @Test
    void stepsThatTalkTooMuchAreCut() throws Exception {
        on(TaskEventChecks::surviveWhatStepsSay);
    }

    @Test
    void stepsThatHangHoldNobodyUp() throws Exception {
        on(TaskEventChecks::surviveStepsThatHang);
    }
}
