// SPDX-License-Identifier: Apache-2.0
package dev.aegir.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import dev.aegir.host.Command;
import dev.aegir.model.HostPath;
import dev.aegir.model.Resource;
import dev.aegir.task.Change;
import dev.aegir.task.RunCommand;
import dev.aegir.task.Step;
import dev.aegir.testkit.TestRunner.Outcome;
import dev.aegir.testkit.TestRunner.State;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What an engine does when nothing goes wrong. */
final class LifeChecks<R extends Resource> {
    private static final String FOREIGN = "# somebody else's, and not to be touched\n";
    private final EngineContract<R> contract;

    private LifeChecks(EngineContract<R> contract) {
        this.contract = contract;
    }

    static <R extends Resource> LifeChecks<R> of(EngineContract<R> contract) {
        return new LifeChecks<>(contract);
    }

    void twiceIsOnce() throws Exception {
        for (Move move : Move.values()) {
            Trial<R> trial = Trial.calm(contract, move);
            EngineWorld<R> world = trial.world();
            succeeded(trial.what(), trial.outcome());
            if (move == Move.CREATE || move == Move.CHANGE) {
                contract.verify(world.host(), move == Move.CREATE ? contract.sample() : contract.changed());
            }
            HostSnapshot once = world.host().snapshot();
            List<Step> again = move.steps(contract, world);
            List<Change> changes = world.preview(again);
            if (!changes.isEmpty()) {
                fail(trial.what() + " was just done, and its preview still wants to change something:\n"
                        + lines(changes)
                        + "A step looks first: what is so already is no change. Give a RunCommand an unless.");
            }
            int mark = world.host().executions().size();
            world.done(trial.what() + ", done again", again);
            unchanged(
                    trial.what() + ", done twice, is not as done once",
                    once,
                    world.host().snapshot());
            world.host().executions().stream()
                    .skip(mark)
                    .map(Execution::command)
                    .filter(command -> !world.onlyLooks(command) && !looks(move))
                    .findFirst()
                    .ifPresent(command -> fail(trial.what() + ", done again when nothing is left to do, runs \""
                            + command + "\". Look first; if it only looks, let preview run it too."));
        }
    }

    /** Whether a move is nothing but looking; that the host stays as it is is checked all the same. */
    private boolean looks(Move move) {
        return contract.ensuresByLooking() && (move == Move.CREATE || move == Move.CHANGE);
    }

    /** A command that no move ever runs was not tested at all. */
    void everyCommandRuns() throws Exception {
        Set<Command> announced = new LinkedHashSet<>();
        Set<Command> ran = new HashSet<>();
        for (Move move : Move.values()) {
            EngineWorld<R> world = move.world(contract);
            List<Step> steps = move.steps(contract, world);
            steps.stream()
                    .filter(RunCommand.class::isInstance)
                    .forEach(step -> announced.add(((RunCommand) step).command()));
            world.done(move.toString(), steps);
            world.host().executions().forEach(each -> ran.add(each.command()));
        }
        announced.removeAll(ran);
        if (!announced.isEmpty()) {
            fail("No move ever runs \"" + announced.iterator().next()
                    + "\", so nothing about it was tested. On a fake host"
                    + " every program succeeds unless given(...) says otherwise: let its unless fail as it does on a host"
                    + " where there is something to do.");
        }
    }

    void changedAndBack() throws Exception {
        EngineWorld<R> world = new EngineWorld<>(contract).having(contract.sample());
        HostSnapshot before = world.host().snapshot();
        world.done("ensure(changed)", world.ensure(contract.changed()));
        if (!contract.ensuresByLooking() && before.equals(world.host().snapshot())) {
            fail(
                    "ensure(changed) made no difference to the host. Does the engine ignore what changed, or is changed() not"
                            + " different enough? Programs that hold data are modelled in given(...), with FakeHost.fact.");
        }
        world.done("ensure(sample)", world.ensure(contract.sample()));
        unchanged(
                "ensure(changed) and then ensure(sample) is not as it was: ensure says exactly how things shall be",
                before,
                world.host().snapshot());
    }

    void removedLeavesNothing() throws Exception {
        EngineWorld<R> world = new EngineWorld<>(contract).prepared();
        HostSnapshot before = world.host().snapshot().withoutEmptyDirectories();
        world.done("ensure(sample)", world.ensure(contract.sample()));
        for (String when : List.of("after remove(sample)", "after remove(sample) for the second time")) {
            world.done(when, world.remove(contract.sample()));
            unchanged(
                    when + " something is left, or something else is gone",
                    before,
                    world.host().snapshot().withoutEmptyDirectories());
        }
    }

    void removingWhatNeverWas() throws Exception {
        EngineWorld<R> world = new EngineWorld<>(contract).prepared();
        HostSnapshot before = world.host().snapshot();
        List<Step> steps = world.remove(contract.sample());
        List<Change> changes = world.preview(steps);
        if (!changes.isEmpty()) {
            fail("remove(sample) of what never was wants to change something:\n" + lines(changes));
        }
        world.done("remove(sample) of what never was", steps);
        unchanged(
                "remove(sample) of what never was changed something",
                before,
                world.host().snapshot());
    }

    void neighboursAreLeftAlone() throws Exception {
        EngineWorld<R> alone = new EngineWorld<>(contract).having(contract.neighbour());
        HostSnapshot expected = alone.host().snapshot();

        EngineWorld<R> world = new EngineWorld<>(contract).having(contract.sample());
        HostSnapshot sample = world.host().snapshot();
        world.done("ensure(neighbour)", world.ensure(contract.neighbour()));
        for (HostPath path : sample.files()) {
            String before = sample.node(path.value()).map(Node::shown).orElse("");
            String after =
                    world.host().snapshot().node(path.value()).map(Node::shown).orElse("(gone)");
            if (!before.equals(after)) {
                fail("ensure(neighbour) changed " + path
                        + ", which was there for the sample. Every resource has files of"
                        + " its own, named by its owner's id; what they share is prepared once.\n" + after);
            }
        }
        world.done("remove(sample)", world.remove(contract.sample()));
        unchanged(
                "remove(sample) beside a neighbour does not leave the neighbour as it is alone",
                expected.withoutEmptyDirectories(),
                world.host().snapshot().withoutEmptyDirectories());
    }

    void foreignFilesAreLeftAlone() throws Exception {
        EngineWorld<R> world = new EngineWorld<>(contract).prepared();
        HostSnapshot before = world.host().snapshot();
        world.done("ensure(sample)", world.ensure(contract.sample()));
        for (HostPath path : world.host().snapshot().files()) {
            if (before.node(path.value()).isEmpty()) {
                foreignFileSurvives(path, "ensure(sample)", world.ensure(contract.sample()));
                foreignFileSurvives(path, "remove(sample)", world.remove(contract.sample()));
            }
        }
    }

    private void foreignFileSurvives(HostPath path, String what, List<Step> steps) throws Exception {
        EngineWorld<R> world = new EngineWorld<>(contract).prepared();
        world.host().file(path.value(), FOREIGN);
        HostSnapshot before = world.host().snapshot();
        Outcome outcome = world.runner().run(steps);
        if (!world.host().text(path.value()).equals(Optional.of(FOREIGN))) {
            fail(what + " does away with a file that somebody else had put at " + path + ". Write and delete with the"
                    + " owner's id, which the content bears: then a file without it is refused.");
        }
        if (outcome.state() == State.ROLLED_BACK) {
            unchanged(
                    what + ", refused because of a foreign file, changed something",
                    before,
                    world.host().snapshot());
        } else if (outcome.state() == State.NEEDS_ATTENTION) {
            fail(what + " with a foreign file at " + path + " ended " + outcome);
        }
    }

    void staysInItsTerritory() throws Exception {
        List<HostPath> territory = contract.territory();
        if (territory.isEmpty()) {
            return;
        }
        for (Move move : Move.values()) {
            HostSnapshot before = move.world(contract).host().snapshot();
            HostSnapshot after = Trial.calm(contract, move).world().host().snapshot();
            List<HostPath> outside = new ArrayList<>(before.files());
            outside.addAll(after.files());
            outside.removeIf(path -> before.node(path.value()).equals(after.node(path.value()))
                    || territory.stream().anyMatch(path::isWithin));
            if (!outside.isEmpty()) {
                fail(move + " writes outside of " + territory + ": " + outside);
            }
        }
    }

    void previewsOnlyLook() throws Exception {
        for (Move move : Move.values()) {
            EngineWorld<R> world = move.world(contract);
            List<Step> steps = move.steps(contract, world);
            HostSnapshot before = world.host().snapshot();
            int mark = world.host().executions().size();
            List<Change> changes = world.preview(steps);
            unchanged(
                    "the preview of " + move + " changed something",
                    before,
                    world.host().snapshot());
            Set<Command> announced = EngineWorld.announced(steps);
            world.host().executions().stream()
                    .skip(mark)
                    .map(Execution::command)
                    .filter(announced::contains)
                    .findFirst()
                    .ifPresent(command -> fail("the preview of " + move + " runs \"" + command
                            + "\", which is what its steps do; a preview only looks"));
            assertEquals(changes, world.preview(steps), "the preview of " + move + " is different when asked again");
            world.done(move.toString(), steps);
            if (changes.isEmpty() && !before.equals(world.host().snapshot())) {
                fail("the preview of " + move + " says nothing would change, and then this did:\n"
                        + String.join("", before.differences(world.host().snapshot())));
            }
        }
    }

    private static void succeeded(String what, Outcome outcome) {
        if (outcome.state() != State.SUCCEEDED) {
            fail(
                    what + ", with nothing going wrong, ended " + outcome
                            + "\nIf the host lacks something (a directory, a program's answer), provide it in given(...).",
                    outcome.cause().orElse(null));
        }
    }

    private static void unchanged(String otherwise, HostSnapshot before, HostSnapshot after) {
        List<String> differences = before.differences(after);
        if (!differences.isEmpty()) {
            fail(otherwise + ":\n" + String.join("", differences));
        }
    }

    private static String lines(List<Change> changes) {
        StringBuilder out = new StringBuilder();
        changes.forEach(change -> out.append(change).append('\n'));
        return out.toString();
    }
}
