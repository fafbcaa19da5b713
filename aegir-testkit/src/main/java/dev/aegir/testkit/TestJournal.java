// SPDX-License-Identifier: Apache-2.0
package dev.aegir.testkit;

import dev.aegir.host.Secret;
import dev.aegir.model.Id;
import dev.aegir.model.RefusedException;
import dev.aegir.model.SecretRef;
import dev.aegir.spi.Documents;
import dev.aegir.spi.StoreProvider;
import java.net.URI;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/** What outlives a crash: facts, results, secrets, the inventory, and what was said. Thread-safe. */
final class TestJournal {
    private static final int MAX_CHARACTERS = 1024 * 1024;
    final Map<String, FakeHost> hosts = new TreeMap<>();
    final Documents documents = inMemory();
    final Map<String, String> facts = new ConcurrentHashMap<>();
    final Map<String, String> results = new ConcurrentHashMap<>();
    final Map<SecretRef, Secret> secrets = new ConcurrentHashMap<>();
    private final List<String> lines = new ArrayList<>();
    private final Faults faults;
    private long characters;
    private volatile Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private volatile String task = Id.next().value();
    private final AtomicLong owner = new AtomicLong(1);
    private volatile boolean answersUnknown;
    private volatile Function<SecretRef, Secret> unknownSecrets = reference -> {
        throw new RefusedException("There is no secret \"" + reference + "\"; keep it in the test first.");
    };

    TestJournal(FakeHost first, FakeHost... more) {
        faults = first.faults();
        hosts.put(first.server().value(), first);
        for (FakeHost host : more) {
            hosts.put(host.server().value(), host);
        }
    }

    /** Core's store in memory; it holds nothing that would have to be closed until a task is queued. */
    private static Documents inMemory() {
        URI address = URI.create("memory:/");
        return ServiceLoader.load(StoreProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(provider -> provider.accepts(address))
                .findFirst()
                .orElseThrow(() -> new RefusedException("No store accepts " + address + "; is aegir-core complete?"))
                .open(address, InstantSource.system())
                .documents();
    }

    String task() {
        return task;
    }

    long owner() {
        return owner.get();
    }

    Instant now() {
        return now;
    }

    void now(Instant instant) {
        now = instant;
    }

    /** A secret that nobody has kept is there when a test answers for it, whichever way a step asks. */
    Optional<Secret> findUnknown(SecretRef reference) {
        return answersUnknown ? Optional.of(unknownSecrets.apply(reference)) : Optional.empty();
    }

    Secret unknown(SecretRef reference) {
        return unknownSecrets.apply(reference);
    }

    void unknownSecrets(Function<SecretRef, Secret> source) {
        unknownSecrets = source;
        answersUnknown = true;
    }

    /** The next task: nothing is remembered. */
    void newTask() {
        task = Id.next().value();
        facts.clear();
        owner.incrementAndGet();
    }

    /** Another executor takes the task over. */
    void takenOver() {
        owner.incrementAndGet();
    }

    /** Something was written durably. */
    void effect(String what) {
        faults.effect(what);
    }

    synchronized void say(String line) {
        characters += line.length();
        // Kept up to the limit only: a step that says far too much shall not take the test's memory.
        if (characters <= MAX_CHARACTERS) {
            lines.add(line);
        }
    }

    synchronized boolean saidTooMuch() {
        return characters > MAX_CHARACTERS;
    }

    synchronized List<String> lines() {
        return List.copyOf(lines);
    }
}
