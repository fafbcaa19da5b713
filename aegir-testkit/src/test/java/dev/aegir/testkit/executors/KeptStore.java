// SPDX-License-Identifier: Apache-2.0
package dev.aegir.testkit.executors;

import dev.aegir.model.Id;
import dev.aegir.spi.Documents;
import dev.aegir.spi.Ledger;
import dev.aegir.spi.Store;
import dev.aegir.spi.StoreProvider;
import dev.aegir.spi.TaskQueue;
import java.net.URI;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashSet;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;

/** A store in memory that outlives the executors that open it, one after the other, as a file does. */
final class KeptStore {
    private static final URI MEMORY = URI.create("memory:/");

    private final Store store;
    private final int threads;
    private boolean delivering;
    private Optional<Opened> present = Optional.empty();

    KeptStore(InstantSource clock, int threads) {
        this.threads = threads;
        store = ServiceLoader.load(StoreProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(provider -> provider.accepts(MEMORY))
                .findFirst()
                .orElseThrow()
                .open(MEMORY, clock);
    }

    /** What the next executor opens. */
    Store open() {
        return new Opened();
    }

    /** What is delivered and not worked off is delivered again, to whoever is next. */
    private void deliver(Id task) throws InterruptedException {
        boolean done = false;
        while (!done) {
            Opened now = listening();
            try {
                now.deliver(task);
                done = true;
            } catch (Throwable e) {
                now.awaitClosed();
            }
        }
    }

    private synchronized Opened listening() throws InterruptedException {
        while (present.isEmpty()) {
            wait();
        }
        return present.get();
    }

    private synchronized void listens(Optional<Opened> now) {
        present = now;
        notifyAll();
        if (!delivering && now.isPresent()) {
            delivering = true;
            store.queue().listen(this::deliver, threads);
        }
    }

    /** The store as one executor has it. */
    private final class Opened implements Store, TaskQueue {
        private final Set<Thread> busy = new HashSet<>();
        private Optional<Listener> listener = Optional.empty();

        void deliver(Id task) throws Exception {
            Listener to;
            synchronized (this) {
                to = listener.orElseThrow(() -> new InterruptedException("closed"));
                busy.add(Thread.currentThread());
            }
            try {
                to.ready(task);
            } finally {
                synchronized (this) {
                    busy.remove(Thread.currentThread());
                    Thread.interrupted();
                }
            }
        }

        synchronized void awaitClosed() throws InterruptedException {
            while (listener.isPresent()) {
                wait();
            }
        }

        @Override
        public Documents documents() {
            return store.documents();
        }

        @Override
        public Ledger ledger() {
            return store.ledger();
        }

        @Override
        public TaskQueue queue() {
            return this;
        }

        @Override
        public void offer(Collection<Id> tasks, Instant at) {
            store.queue().offer(tasks, at);
        }

        @Override
        public void listen(Listener who, int unused) {
            synchronized (this) {
                listener = Optional.of(who);
            }
            listens(Optional.of(this));
        }

        @Override
        public void close() {
            listens(Optional.empty());
            synchronized (this) {
                listener = Optional.empty();
                busy.forEach(Thread::interrupt);
                notifyAll();
            }
        }
    }
}
