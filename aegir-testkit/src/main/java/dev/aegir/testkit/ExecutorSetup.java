// SPDX-License-Identifier: Apache-2.0
package dev.aegir.testkit;

import dev.aegir.Aegir;
import dev.aegir.spi.Backend;
import dev.aegir.spi.Secrets;
import dev.aegir.spi.Store;
import dev.aegir.spi.TaskExecutor;
import dev.aegir.spi.TaskHandler;
import java.time.InstantSource;

/**
 * What an executor under {@linkplain ExecutorContract contract} runs with.
 *
 * @param handler plans the tasks of the contract
 * @param backend reaches the servers their steps act on
 * @param secrets where their secrets are
 * @param clock the time, which the contract makes pass
 * @param threads how many tasks run at the same time
 */
public record ExecutorSetup(
        TaskHandler<?> handler, Backend backend, Secrets secrets, InstantSource clock, int threads) {
    /** Made by the contract. */
    public ExecutorSetup {}

    /**
     * The executor that Aegir brings, over a store: for those who write a store or a queue.
     *
     * @param store the store; closed with the executor
     * @return the executor
     */
    public TaskExecutor over(Store store) {
        return new AegirExecutor(Aegir.builder()
                .onlyWhatIsNamed()
                .task(handler)
                .backend(backend)
                .secrets(secrets)
                .clock(clock)
                .threads(threads)
                .store(store)
                .open());
    }
}
