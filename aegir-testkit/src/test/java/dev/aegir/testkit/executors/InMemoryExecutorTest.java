// SPDX-License-Identifier: Apache-2.0
package dev.aegir.testkit.executors;

import dev.aegir.spi.TaskExecutor;
import dev.aegir.testkit.ExecutorContract;
import dev.aegir.testkit.ExecutorSetup;
import java.util.Optional;

/** The executor that Aegir brings, over a store in memory. */
class InMemoryExecutorTest extends ExecutorContract {
    private Optional<KeptStore> store = Optional.empty();

    @Override
    protected TaskExecutor open(ExecutorSetup setup) {
        if (store.isEmpty()) {
            store = Optional.of(new KeptStore(setup.clock(), setup.threads()));
        }
        return setup.over(store.get().open());
    }
}
