// SPDX-License-Identifier: Apache-2.0
package dev.aegir.testkit;

import dev.aegir.model.Resource;
import dev.aegir.task.Step;
import java.util.List;

/** What an engine is asked to do in a contract, each from a host of its own. */
enum Move {
    /** The software on an empty host. */
    PREPARE,
    /** The sample on a prepared host. */
    CREATE,
    /** The changed sample where the sample is. */
    CHANGE,
    /** No sample where the sample is. */
    REMOVE;

    <R extends Resource> EngineWorld<R> world(EngineContract<R> contract) throws Exception {
        EngineWorld<R> fresh = new EngineWorld<>(contract);
        return switch (this) {
            case PREPARE -> fresh;
            case CREATE -> fresh.prepared();
            case CHANGE, REMOVE -> fresh.having(contract.sample());
        };
    }

    <R extends Resource> List<Step> steps(EngineContract<R> contract, EngineWorld<R> world) {
        return switch (this) {
            case PREPARE -> world.prepare();
            case CREATE -> world.ensure(contract.sample());
            case CHANGE -> world.ensure(contract.changed());
            case REMOVE -> world.remove(contract.sample());
        };
    }

    @Override
    public String toString() {
        return switch (this) {
            case PREPARE -> "prepare on an empty host";
            case CREATE -> "ensure(sample) on a prepared host";
            case CHANGE -> "ensure(changed) where the sample is";
            case REMOVE -> "remove(sample) where the sample is";
        };
    }
}
