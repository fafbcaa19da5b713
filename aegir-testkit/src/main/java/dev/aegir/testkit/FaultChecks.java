// SPDX-License-Identifier: Apache-2.0
package dev.aegir.testkit;

import dev.aegir.model.Resource;
import dev.aegir.testkit.TestRunner.Outcome;
import dev.aegir.testkit.TestRunner.State;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assertions;

/** What an engine's steps must leave behind when something goes wrong. */
final class FaultChecks {
    private static final String UNDO =
            "A step's undo takes back whatever its run has done, half done, or not done. Steps made of"
                    + " ConfigChange do so; a step of your own implements undo, and remembers what it needs before it changes"
                    + " anything; a RunCommand is taken back with undoneBy.";
    private static final String RESUME =
            "After a crash a step is run again: it must find out what is left to do by looking.";

    private FaultChecks() {}

    private static final String FINISH =
            "What is removed for good is finished by removing it again, from wherever it stopped.";

    /** Tries every move with everything going wrong; a removal for good is finished, and all others are judged. */
    static <R extends Resource> void each(EngineContract<R> contract, Fault.Kind kind, Trial.Judge<R> judge)
            throws Exception {
        HostSnapshot removed = Trial.calm(contract, Move.REMOVE).world().host().snapshot();
        Trial.each(contract, kind, trial -> {
            if (trial.move() == Move.REMOVE && contract.removesForGood()) {
                EngineWorld<R> world = trial.world();
                world.done(trial.what() + ", then removed again", trial.move().steps(contract, world));
                List<String> differences = removed.differences(world.host().snapshot());
                if (!differences.isEmpty()) {
                    Assertions.fail(
                            trial.what() + ", then removed again: it is not as when nothing goes wrong (- expected,"
                                    + " + found).\n" + String.join("", differences) + FINISH);
                }
            } else {
                judge.judge(trial);
            }
        });
    }

    static <R extends Resource> void isAsItWas(Trial<R> trial) {
        Outcome outcome = trial.outcome();
        if (outcome.state() == State.SUCCEEDED) {
            Assertions.fail(
                    trial.what() + ": the step went on as though nothing had happened. Let exceptions through.");
        }
        if (outcome.state() != State.ROLLED_BACK) {
            Assertions.fail(
                    trial.what() + ": it could not be undone: " + outcome + "\n" + UNDO,
                    outcome.undoFailure().orElse(outcome.cause().orElse(null)));
        }
        trial.isAsItWas(UNDO);
    }

    /** A command failed and the task succeeded all the same, which is right only when the command just looked. */
    static <R extends Resource> void failureWasNoticed(Trial<R> trial) {
        List<Execution> unnoticed = trial.failedCommands().stream()
                .filter(failed -> !trial.world().onlyLooks(failed.command()))
                .filter(failed -> !trial.succeededLater(failed))
                .toList();
        if (!unnoticed.isEmpty()) {
            Assertions.fail(trial.what() + ": \"" + unnoticed.get(0).command()
                    + "\" failed and nobody noticed. A non-zero exit is a result: call orThrow, or decide by it."
                    + " If the command only looks, let preview run it too, or give it as RunCommand.unless.");
        }
    }

    static <R extends Resource> void canBeUndone(Trial<R> trial) throws Exception {
        crashed(trial);
        trial.outcome(trial.world().runner().undo());
        isAsItWas(trial);
        trial.outcome(trial.world().runner().undo());
        isAsItWas(trial);
    }

    static <R extends Resource> void canBeResumed(EngineContract<R> contract) throws Exception {
        Map<Move, HostSnapshot> expected = new EnumMap<>(Move.class);
        for (Move move : Move.values()) {
            expected.put(move, Trial.calm(contract, move).world().host().snapshot());
        }
        Trial.each(contract, Fault.Kind.CRASH, trial -> {
            crashed(trial);
            Outcome outcome = trial.world().runner().resume();
            trial.outcome(outcome);
            if (outcome.state() != State.SUCCEEDED) {
                Assertions.fail(
                        trial.what() + ", then resumed: it ended " + outcome + "\n" + RESUME,
                        outcome.cause().orElse(outcome.undoFailure().orElse(null)));
            }
            trial.isAs(expected.get(trial.move()), RESUME);
        });
    }

    static <R extends Resource> void canBeUndoneAfterACrashWhileUndoing(EngineContract<R> contract) throws Exception {
        for (Move move : Move.values()) {
            boolean struck = move != Move.REMOVE || !contract.removesForGood();
            for (int number = 1; struck; number++) {
                Trial<R> trial = Trial.calm(contract, move);
                FakeHost host = trial.world().host();
                host.inject(new Fault(Fault.Kind.CRASH, number));
                trial.outcome(trial.world().runner().undo());
                host.heal();
                struck = host.struck();
                if (struck) {
                    crashed(trial);
                    trial.outcome(trial.world().runner().resume());
                }
                isAsItWas(trial);
            }
        }
    }

    private static void crashed(Trial<?> trial) {
        if (trial.outcome().state() != State.CRASHED) {
            Assertions.fail(trial.what() + ": a step caught the crash and went on: " + trial.outcome()
                    + "\nCatch the exceptions you can handle, never Throwable or Error.");
        }
    }
}
