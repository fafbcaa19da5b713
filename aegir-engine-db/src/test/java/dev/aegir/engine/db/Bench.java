// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import dev.aegir.host.Host;
import dev.aegir.host.Secret;
import dev.aegir.model.Name;
import dev.aegir.model.RefusedException;
import dev.aegir.model.SecretRef;
import dev.aegir.model.Server;
import dev.aegir.spi.StoredForm;
import dev.aegir.task.Change;
import dev.aegir.task.Inventory;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** Runs steps on a host, each step read back from its stored form first. */
final class Bench {
    private final Host host;
    private final Map<SecretRef, Secret> secrets = new ConcurrentHashMap<>();
    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final AtomicInteger tasks = new AtomicInteger();
    private volatile Instant now = Instant.now();

    Bench(Host host) {
        this.host = host;
    }

    Bench secret(SecretRef reference, String secret) {
        secrets.put(reference, Secret.of(secret));
        return this;
    }

    Bench at(Instant instant) {
        now = instant;
        return this;
    }

    List<String> lines() {
        return lines;
    }

    Run task() {
        return new Run(tasks.incrementAndGet());
    }

    /** Runs steps as one task. */
    Run done(List<Step> steps) throws Exception {
        return task().run(steps);
    }

    List<Change> preview(List<Step> steps) throws Exception {
        return task().preview(steps);
    }

    /** One task: its facts, and what it has begun. */
    final class Run {
        private final int number;
        private final Map<String, String> facts = new ConcurrentHashMap<>();
        private final Map<String, String> results = new ConcurrentHashMap<>();
        private final List<Step> begun = new ArrayList<>();

        private Run(int number) {
            this.number = number;
        }

        Map<String, String> results() {
            return results;
        }

        <T> T remembered(String fact, Class<T> type) {
            return StoredForm.read(facts.get(fact), type);
        }

        List<Change> preview(List<Step> steps) throws Exception {
            List<Change> changes = new ArrayList<>();
            for (Step step : steps) {
                changes.addAll(stored(step).preview(new Context("preview", false)));
            }
            return changes;
        }

        /** Runs steps; the first that fails ends it. */
        Run run(List<Step> steps) throws Exception {
            for (Step step : steps) {
                begun.add(step);
                stored(step).run(new Context(number + "." + (begun.size() - 1), true));
            }
            return this;
        }

        /** Takes back what was begun. */
        void undo() throws Exception {
            for (int i = begun.size() - 1; i >= 0; i--) {
                stored(begun.get(i)).undo(new Context(number + "." + i, true));
            }
        }

        private Step stored(Step step) {
            return StoredForm.read(StoredForm.write(step), step.getClass());
        }

        private final class Context implements StepContext {
            private final String key;
            private final boolean running;

            private Context(String key, boolean running) {
                this.key = key;
                this.running = running;
            }

            @Override
            public String key() {
                return key;
            }

            @Override
            public int attempt() {
                return 1;
            }

            @Override
            public Host host(Name server) {
                return host;
            }

            @Override
            public Host host(Server server) {
                return host;
            }

            @Override
            public <H extends Host> H host(Name server, Class<H> type) {
                return type.cast(host);
            }

            @Override
            public Inventory inventory() {
                throw new UnsupportedOperationException("the database engines read no inventory");
            }

            @Override
            public Secret secret(SecretRef reference) {
                return findSecret(reference).orElseThrow(() -> new RefusedException("there is no secret " + reference));
            }

            @Override
            public Optional<Secret> findSecret(SecretRef reference) {
                return Optional.ofNullable(secrets.get(reference));
            }

            @Override
            public void keep(SecretRef reference, Secret secret) {
                secrets.put(reference, secret);
            }

            @Override
            public void forget(SecretRef reference) {
                secrets.remove(reference);
            }

            @Override
            public void remember(String fact, Object value) {
                if (!running) {
                    throw new IllegalStateException("a preview remembers nothing");
                }
                facts.put(fact, StoredForm.write(value));
            }

            @Override
            public <T> Optional<T> recall(String fact, Class<T> type) {
                return Optional.ofNullable(facts.get(fact)).map(text -> StoredForm.read(text, type));
            }

            @Override
            public void log(String line) {
                lines.add(line);
            }

            @Override
            public void results(Map<String, String> values) {
                results.putAll(values);
            }

            @Override
            public Instant now() {
                return now;
            }
        }
    }
}
