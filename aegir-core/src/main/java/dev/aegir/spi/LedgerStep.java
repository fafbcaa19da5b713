// SPDX-License-Identifier: Apache-2.0
package dev.aegir.spi;

import dev.aegir.task.StepState;
import java.util.Map;
import java.util.Optional;

/**
 * A step as the ledger has it.
 *
 * @param index its number in the plan, counted from 0
 * @param stage the number of its stage, counted from 0
 * @param name its name
 * @param type the name of its class
 * @param json its data
 * @param state where it stands
 * @param attempt how often it was begun
 * @param facts what it has remembered, as JSON by name; names that begin with {@code result:} are results, those
 *     that begin with {@code run:} are notes of its owner
 * @param error what went wrong with it when it was last run
 */
public record LedgerStep(
        int index,
        int stage,
        String name,
        String type,
        String json,
        StepState state,
        int attempt,
        Map<String, String> facts,
        Optional<String> error) {
    /** Copies. */
    public LedgerStep {
        facts = Map.copyOf(facts);
    }

    /**
     * This step in another state.
     *
     * @param other the state
     * @return a copy
     */
    public LedgerStep state(StepState other) {
        return new LedgerStep(index, stage, name, type, json, other, attempt, facts, error);
    }

    /**
     * This step begun once more; what went wrong before does not count any more.
     *
     * @return a copy, started
     */
    public LedgerStep begun() {
        return new LedgerStep(index, stage, name, type, json, StepState.STARTED, attempt + 1, facts, Optional.empty());
    }

    /**
     * This step with other facts.
     *
     * @param other all its facts
     * @return a copy
     */
    public LedgerStep facts(Map<String, String> other) {
        return new LedgerStep(index, stage, name, type, json, state, attempt, other, error);
    }

    /**
     * This step in another state, and why.
     *
     * @param other the state
     * @param why what went wrong
     * @return a copy
     */
    public LedgerStep failed(StepState other, String why) {
        return new LedgerStep(index, stage, name, type, json, other, attempt, facts, Optional.of(why));
    }
}
