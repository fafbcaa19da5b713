// SPDX-License-Identifier: Apache-2.0
package dev.aegir.testkit;

import dev.aegir.model.AegirException;
import dev.aegir.model.Resource;
import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.testkit.HostileValues.Variant;
import dev.aegir.testkit.TestRunner.Outcome;
import dev.aegir.testkit.TestRunner.State;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Assertions;

/** What an engine does with resources that mean harm, or that it says it does not do. */
final class HostileChecks<R extends Resource> {
    private final EngineContract<R> contract;

    private HostileChecks(EngineContract<R> contract) {
        this.contract = contract;
    }

    static <R extends Resource> HostileChecks<R> of(EngineContract<R> contract) {
        return new HostileChecks<>(contract);
    }

    void hostileValuesAreRefusedOrHarmless() throws Exception {
        List<Variant<R>> variants = new ArrayList<>(HostileValues.of(contract.sample()));
        contract.hostile().forEach(each -> variants.add(new Variant<>("hostile() resource " + each.title(), each)));
        for (Variant<R> variant : variants) {
            EngineWorld<R> world = new EngineWorld<>(contract).prepared();
            contract.given(world.host(), variant.resource());
            HostSnapshot before = world.host().snapshot().withoutEmptyDirectories();
            if (!isRefused(world, variant.what(), variant.resource())) {
                isHarmless(world, variant, before);
            }
        }
    }

    void whatItDoesNotDoIsRefused() throws Exception {
        for (var entry : contract.refused().entrySet()) {
            EngineWorld<R> world = new EngineWorld<>(contract).prepared();
            contract.given(world.host(), entry.getValue());
            if (!isRefused(world, entry.getKey(), entry.getValue())) {
                Assertions.fail("refused() says that the engine does not do this, but it did: " + entry.getKey());
            }
        }
    }

    private boolean isRefused(EngineWorld<R> world, String what, R resource) throws InterruptedException {
        HostSnapshot before = world.host().snapshot();
        int mark = world.host().executions().size();
        List<Step> steps;
        try {
            steps = world.ensure(resource);
        } catch (AegirException e) {
            return true;
        } catch (RuntimeException e) {
            return untyped(what, e);
        }
        Outcome outcome = world.runner().run(steps);
        if (outcome.state() == State.SUCCEEDED) {
            return false;
        }
        Optional<Throwable> cause = outcome.cause();
        if (outcome.state() != State.ROLLED_BACK || cause.isEmpty() || !(cause.get() instanceof AegirException)) {
            return untyped(what, cause.orElse(outcome.undoFailure().orElse(null)));
        }
        List<String> differences = before.differences(world.host().snapshot());
        List<String> effective = world.host().executions().stream()
                .skip(mark)
                .filter(each -> each.use() == Execution.Use.ACTIVATE)
                .map(each -> each.command().toString())
                .toList();
        if (!differences.isEmpty() || !effective.isEmpty()) {
            Assertions.fail(what + " was refused too late: " + String.join("", differences)
                    + (effective.isEmpty() ? "" : effective + " was run") + "\nRefuse it while planning.");
        }
        return true;
    }

    private static boolean untyped(String what, @org.jspecify.annotations.Nullable Throwable thrown) {
        return Assertions.fail(
                what + " led to " + thrown + ". Refuse it while planning with InvalidValueException, which says what is"
                        + " wrong with which value, or encode it for the language it is written in.",
                thrown);
    }

    private void isHarmless(EngineWorld<R> world, Variant<R> variant, HostSnapshot before) throws Exception {
        for (var file : world.host().snapshot().nodes().entrySet()) {
            boolean injected = file.getValue() instanceof Node.Regular regular
                    && regular.text().lines().anyMatch(line -> line.strip().startsWith(HostileValues.INJECTED));
            if (injected) {
                Assertions.fail(variant.what() + " begins a line of its own in " + file.getKey()
                        + ", where it could be anything:\n" + file.getValue().shown());
            }
        }
        contract.verify(world.host(), variant.resource());
        List<Change> changes = world.preview(world.ensure(variant.resource()));
        if (!changes.isEmpty()) {
            Assertions.fail(
                    variant.what() + " was ensured, and its preview still wants to change something: " + changes);
        }
        world.done("remove of a resource of which " + variant.what(), world.remove(variant.resource()));
        List<String> left = before.differences(world.host().snapshot().withoutEmptyDirectories());
        if (!left.isEmpty()) {
            Assertions.fail("after " + variant.what() + " and remove, something is left:\n" + String.join("", left));
        }
    }
}
