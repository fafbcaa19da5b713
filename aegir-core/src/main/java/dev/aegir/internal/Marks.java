// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal;

import dev.aegir.spi.LedgerStep;
import dev.aegir.task.StepState;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** What the runner notes about a step, among the facts of the step. No step can remember or recall a fact of such a name. */
enum Marks {
    /** How often it was run to an end that is known, and failed; part of its key, so that each such run is another. */
    RETRIES,
    /** How often it failed in a row after the commit point. */
    FAILURES,
    /** How often it could not be taken back because its host was away. */
    UNDO_TRIES,
    /** It failed without having reached its host, or done anything else that could be seen. */
    UNREACHED,
    /** A person was asked whether it is done. */
    ASKED,
    /** Why the task is taken back; of the first step. */
    CAUSE,
    /** The task is taken back because it was cancelled; of the first step. */
    CANCELLED;

    static final String PREFIX = "run:";

    private String key() {
        return PREFIX + name();
    }

    boolean on(LedgerStep step) {
        return step.facts().containsKey(key());
    }

    Optional<String> of(LedgerStep step) {
        return Optional.ofNullable(step.facts().get(key())).map(json -> Json.read(json, String.class));
    }

    int count(LedgerStep step) {
        return of(step).map(Integer::parseInt).orElse(0);
    }

    LedgerStep put(LedgerStep step, String text) {
        Map<String, String> facts = new HashMap<>(step.facts());
        facts.put(key(), Json.write(text));
        return step.facts(facts);
    }

    LedgerStep increment(LedgerStep step) {
        return put(step, Integer.toString(count(step) + 1));
    }

    LedgerStep remove(LedgerStep step) {
        Map<String, String> facts = new HashMap<>(step.facts());
        facts.remove(key());
        return step.facts(facts);
    }

    /** Whether a step has noted something itself. */
    static boolean hasOwnFacts(LedgerStep step) {
        return step.facts().keySet().stream().anyMatch(name -> !name.startsWith(PREFIX));
    }

    /** A step that was written as begun, and surely was not. */
    static LedgerStep notBegun(LedgerStep step) {
        return new LedgerStep(
                step.index(),
                step.stage(),
                step.name(),
                step.type(),
                step.json(),
                StepState.PENDING,
                step.attempt() - 1,
                step.facts(),
                step.error());
    }
}
