// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal;

import dev.aegir.internal.tasks.Handlers;
import dev.aegir.model.Id;
import dev.aegir.spi.Documents;
import dev.aegir.spi.Ledger;
import dev.aegir.spi.Store;
import dev.aegir.spi.TaskHandler;
import dev.aegir.spi.TaskListener;
import dev.aegir.spi.TaskQueue;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

/** Executors and runners put together by hand, over stores that are shared or die. */
final class Executors {
    private Executors() {}

    private record Parts(Registry registry, StepCodec codec, Planning planning, Hosts hosts, SecretSource secrets) {}

    private static Parts parts(Bench bench, Store store, TaskHandler<?>... more) {
        AtomicReference<StepCodec> codec = new AtomicReference<>();
        List<TaskHandler<?>> handlers = new ArrayList<>(Handlers.all(codec::get));
        handlers.addAll(List.of(more));
        Registry registry =
                new Registry(List.of(), List.of(), List.of(), handlers, List.of(), List.of(), Handlers.steps());
        codec.set(new StepCodec(registry));
        Hosts hosts = new Hosts(registry, bench.secrets);
        SecretSource secrets = new SecretSource(bench.secrets);
        Planning planning = new Planning(registry, codec.get(), store.documents(), hosts, secrets, bench.clock);
        return new Parts(registry, codec.get(), planning, hosts, secrets);
    }

    static LedgerExecutor over(Bench bench, Store store, Patience patience, int threads, TaskListener... listeners) {
        Parts parts = parts(bench, store, new World.JobHandler());
        return new LedgerExecutor(
                parts.registry(),
                parts.codec(),
                parts.planning(),
                store,
                parts.hosts(),
                parts.secrets(),
                bench.clock,
                List.of(listeners),
                patience,
                threads);
    }

    /** A runner without a queue: what is to be run is told to it. */
    static TaskRunner runner(Bench bench, Store store) {
        return runner(bench, store, parts(bench, store, new World.JobHandler()));
    }

    /** A runner of a program that lacks an artifact. */
    static TaskRunner runnerWithoutTheTestsSteps(Bench bench) {
        Store store = leftOpen(bench.store);
        return runner(bench, store, parts(bench, store));
    }

    private static TaskRunner runner(Bench bench, Store store, Parts parts) {
        return new TaskRunner(
                parts.registry(),
                parts.codec(),
                parts.planning(),
                store.ledger(),
                store.documents(),
                parts.hosts(),
                parts.secrets(),
                bench.clock,
                List.of(),
                Patience.USUAL);
    }

    /** A store that another instance closes; this one only reads and submits. */
    static Store leftOpen(Store store) {
        return with(store, store.ledger(), store.documents());
    }

    /** A store of such parts, whose queue rings nobody. */
    static Store with(Store store, Ledger ledger, Documents documents) {
        return new Store() {
            @Override
            public Documents documents() {
                return documents;
            }

            @Override
            public Ledger ledger() {
                return ledger;
            }

            @Override
            public TaskQueue queue() {
                return new TaskQueue() {
                    @Override
                    public void offer(Collection<Id> tasks, Instant at) {
                        store.queue().offer(tasks, at);
                    }

                    @Override
                    public void listen(Listener listener, int threads) {
                        throw new AssertionError("nobody is to listen here");
                    }

                    @Override
                    public void close() {
                        // It belongs to somebody else.
                    }
                };
            }

            @Override
            public void close() {
                // It belongs to somebody else.
            }
        };
    }
}
