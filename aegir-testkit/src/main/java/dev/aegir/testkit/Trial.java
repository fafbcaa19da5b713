// SPDX-License-Identifier: Apache-2.0
package dev.aegir.testkit;

import dev.aegir.host.Command;
import dev.aegir.model.Resource;
import dev.aegir.task.Step;
import dev.aegir.testkit.TestRunner.Outcome;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;

/** One move with one thing going wrong, and the judgement of what it left behind. */
final class Trial<R extends Resource> {
    private static final int MAX_FAULTS = 2000;

    /** What is to be said about one trial whose fault has struck. */
    interface Judge<R extends Resource> {
        void judge(Trial<R> trial) throws Exception;
    }

    private final Move move;
    private final String what;
    private final EngineWorld<R> world;
    private final HostSnapshot before;
    private final Set<String> stays;
    private final int mark;
    private Outcome outcome;

    private Trial(EngineContract<R> contract, Move move, Optional<Fault> fault) throws Exception {
        this.move = move;
        stays = contract.stays();
        world = move.world(contract);
        List<Step> steps = move.steps(contract, world);
        world.learn(steps);
        what = move + fault.map(Trial::described).orElse("");
        before = world.host().snapshot();
        mark = world.host().executions().size();
        fault.ifPresent(world.host()::inject);
        outcome = world.runner().run(steps);
        world.host().heal();
    }

    /** Tries a move with nothing going wrong. */
    static <R extends Resource> Trial<R> calm(EngineContract<R> contract, Move move) throws Exception {
        return new Trial<>(contract, move, Optional.empty());
    }

    /** Tries every move with the first, the second, and so on, until the fault finds nothing more to strike. */
    static <R extends Resource> void each(EngineContract<R> contract, Fault.Kind kind, Judge<R> judge)
            throws Exception {
        for (Move move : Move.values()) {
            for (int number = 1; ; number++) {
                if (number > MAX_FAULTS) {
                    Assertions.fail(move + " does not end even after " + MAX_FAULTS + " effects");
                }
                Trial<R> trial = new Trial<>(contract, move, Optional.of(new Fault(kind, number)));
                if (!trial.world.host().struck()) {
                    break;
                }
                judge.judge(trial);
            }
        }
    }

    /** What was done and what went wrong, for messages. */
    String what() {
        return what;
    }

    Move move() {
        return move;
    }

    EngineWorld<R> world() {
        return world;
    }

    Outcome outcome() {
        return outcome;
    }

    void outcome(Outcome later) {
        outcome = later;
    }

    /** The commands that ran and failed. */
    List<Execution> failedCommands() {
        return ran().stream().filter(execution -> !execution.succeeded()).toList();
    }

    /** Whether a command that failed was run again, with success. */
    boolean succeededLater(Execution failed) {
        List<Execution> ran = ran();
        return of(failed.command(), ran.subList(ran.indexOf(failed) + 1, ran.size()))
                .findAny()
                .isPresent();
    }

    /** What ran, with what came of it. */
    List<Execution> ran() {
        List<Execution> all = world.host().executions();
        return all.subList(mark, all.size());
    }

    /** The host is exactly as before, and what is effective is what the files say. */
    void isAsItWas(String hint) {
        List<String> differences =
                before.withoutFacts(stays).differences(world.host().snapshot().withoutFacts(stays));
        if (!differences.isEmpty()) {
            Assertions.fail(
                    what + ", then undone: the host is not as it was.\n" + String.join("", differences) + hint,
                    outcome.cause().orElse(null));
        }
        isEffective();
    }

    /** The host is as the same move leaves it when nothing goes wrong. */
    void isAs(HostSnapshot expected, String hint) {
        List<String> differences = expected.differences(world.host().snapshot());
        if (!differences.isEmpty()) {
            Assertions.fail(what + ": the host is not as when nothing goes wrong (- expected, + found).\n"
                    + String.join("", differences) + hint);
        }
        isEffective();
    }

    /** Whatever makes files effective ran last when the files were as they are now. */
    private void isEffective() {
        List<Execution> ran = ran();
        Set<Command> activations = ran.stream()
                .filter(each -> each.use() == Execution.Use.ACTIVATE)
                .map(Execution::command)
                .collect(Collectors.toSet());
        activations.forEach(command -> {
            Set<String> paths =
                    of(command, ran).flatMap(each -> each.paths().stream()).collect(Collectors.toSet());
            sawThePresent(command, ran, paths);
        });
        int undoBegan = world.runner().commandsBeforeUndo() - mark;
        if (undoBegan < 0) {
            return;
        }
        // A command that runs both ways with the same words, such as a reload, is there to make files effective.
        Set<Command> forward = ran.stream()
                .limit(undoBegan)
                .filter(each -> each.use() == Execution.Use.RUN)
                .map(Execution::command)
                .collect(Collectors.toSet());
        ran.stream()
                .skip(undoBegan)
                .filter(each -> each.use() == Execution.Use.RUN)
                .map(Execution::command)
                .filter(forward::contains)
                .filter(command -> !world.onlyLooks(command))
                .forEach(command -> sawThePresent(
                        command, ran, world.host().snapshot().nodes().keySet()));
    }

    private void sawThePresent(Command command, List<Execution> ran, Set<String> paths) {
        Optional<Execution> last = of(command, ran).reduce((earlier, later) -> later);
        HostSnapshot now = world.host().snapshot();
        if (last.isPresent()) {
            List<String> stale = Stream.concat(
                            paths.stream(),
                            last.get().seen().nodes().keySet().stream()
                                    .filter(path -> last.get().use() == Execution.Use.RUN))
                    .distinct()
                    .filter(path -> !now.node(path).equals(last.get().seen().node(path)))
                    .sorted()
                    .toList();
            if (!stale.isEmpty()) {
                Assertions.fail(what + ": \"" + command + "\" ran last when " + stale
                        + " were not as they are now, so what is effective is not what the files say."
                        + "\nWriting and reloading belong into one step, because steps are undone in reverse: a step that"
                        + " reloads is undone before the files are back. Use ConfigChange with check and activate.");
            }
        }
    }

    private static Stream<Execution> of(Command command, List<Execution> ran) {
        return ran.stream().filter(each -> each.command().equals(command)).filter(Execution::succeeded);
    }

    private static String described(Fault fault) {
        return switch (fault.kind()) {
            case COMMAND -> ", command no. " + fault.number() + " failing";
            case WRITE -> ", file change no. " + fault.number() + " failing";
            case ANSWER -> ", the answer to call no. " + fault.number() + " lost";
            case CRASH -> ", everything crashing after effect no. " + fault.number();
        };
    }
}
