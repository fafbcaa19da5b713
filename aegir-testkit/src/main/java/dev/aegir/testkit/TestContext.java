// SPDX-License-Identifier: Apache-2.0
package dev.aegir.testkit;

import dev.aegir.host.Fence;
import dev.aegir.host.Host;
import dev.aegir.host.Secret;
import dev.aegir.model.Name;
import dev.aegir.model.RefusedException;
import dev.aegir.model.SecretRef;
import dev.aegir.model.Server;
import dev.aegir.spi.StoredForm;
import dev.aegir.task.Inventory;
import dev.aegir.task.StepContext;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * The context of a step under test: fake hosts, an inventory in memory, and a journal that can be looked at. Facts go through
 * their stored form, as they do in a real journal. For whole plans, with undo and crashes, use {@link TestRunner}.
 */
public final class TestContext implements StepContext {
    private final TestJournal journal;
    private final String key;
    private final int attempt;
    private final boolean previewing;
    private final Map<String, String> facts;
    private volatile boolean ended;

    private TestContext(TestJournal journal, String key, int attempt, boolean previewing, Map<String, String> facts) {
        this.journal = journal;
        this.key = key;
        this.attempt = attempt;
        this.previewing = previewing;
        this.facts = facts;
    }

    static TestContext running(TestJournal journal, String key, int attempt) {
        return new TestContext(journal, key, attempt, false, journal.facts);
    }

    /** What one step of a preview remembers, later ones recall; the journal knows nothing of it. */
    static TestContext previewing(TestJournal journal, String key, Map<String, String> facts) {
        return new TestContext(journal, key, 1, true, facts);
    }

    /**
     * A context of a step that is begun for the first time.
     *
     * @param first a host the step may use
     * @param more more of them
     * @return the context
     */
    public static TestContext on(FakeHost first, FakeHost... more) {
        TestJournal journal = new TestJournal(first, more);
        return running(journal, journal.task() + "-0", 1);
    }

    /**
     * The same step, begun once more after a crash.
     *
     * @return a context with the same key and journal, and the next attempt
     */
    public TestContext again() {
        journal.takenOver();
        return new TestContext(journal, key, attempt + 1, previewing, facts);
    }

    /**
     * The same world for a preview, which may change nothing.
     *
     * @return a context whose inventory cannot be written, that keeps no secret, and that remembers facts for this preview
     *     only
     */
    public TestContext previewing() {
        return previewing(journal, key + ".preview", new ConcurrentHashMap<>());
    }

    /**
     * Answers for secrets that nobody has kept.
     *
     * @param source what to answer
     * @return this context
     */
    public TestContext unknownSecrets(Function<SecretRef, Secret> source) {
        journal.unknownSecrets(source);
        return this;
    }

    /**
     * Lets it be another time.
     *
     * @param instant the time
     * @return this context
     */
    public TestContext at(Instant instant) {
        journal.now(instant);
        return this;
    }

    /**
     * What was logged, exactly as it was said; an executor would redact secrets from it.
     *
     * @return the lines in order, up to 1 MiB altogether
     */
    public List<String> lines() {
        return journal.lines();
    }

    /**
     * What was remembered.
     *
     * @return the facts in their stored form, by name
     */
    public Map<String, String> facts() {
        return new TreeMap<>(facts);
    }

    /**
     * What the caller of the task was told as data.
     *
     * @return the results by name
     */
    public Map<String, String> results() {
        return new TreeMap<>(journal.results);
    }

    @Override
    public String key() {
        return key;
    }

    @Override
    public int attempt() {
        return attempt;
    }

    @Override
    public Host host(Name server) {
        FakeHost host = journal.hosts.get(server.value());
        if (host == null) {
            throw new RefusedException("There is no server " + server + " in this test, only " + journal.hosts.keySet()
                    + "; a step uses the servers it was planned for.");
        }
        return new FencedHost(host, new Fence("task:" + journal.task(), journal.owner()), () -> ended);
    }

    @Override
    public Host host(Server server) {
        return host(server.name());
    }

    @Override
    public <H extends Host> H host(Name server, Class<H> type) {
        Host host = host(server);
        if (!type.isInstance(host)) {
            throw new RefusedException(server + " is a fake host, and no " + type.getName());
        }
        return type.cast(host);
    }

    @Override
    public Inventory inventory() {
        return journal.documents.inventory(!previewing);
    }

    @Override
    public Secret secret(SecretRef reference) {
        Secret known = journal.secrets.get(reference);
        return known == null ? journal.unknown(reference) : known;
    }

    @Override
    public Optional<Secret> findSecret(SecretRef reference) {
        return Optional.ofNullable(journal.secrets.get(reference)).or(() -> journal.findUnknown(reference));
    }

    @Override
    public void keep(SecretRef reference, Secret secret) {
        changing("keep a secret");
        journal.secrets.put(reference, secret);
        journal.effect("secret " + reference + " was kept");
    }

    @Override
    public void forget(SecretRef reference) {
        changing("forget a secret");
        journal.secrets.remove(reference);
        journal.effect("secret " + reference + " was forgotten");
    }

    @Override
    public void remember(String fact, Object value) {
        facts.put(fact, StoredForm.write(value));
        if (!previewing) {
            journal.effect(fact + " was remembered");
        }
    }

    @Override
    public <T> Optional<T> recall(String fact, Class<T> type) {
        return Optional.ofNullable(facts.get(fact)).map(json -> StoredForm.read(json, type));
    }

    @Override
    public void log(String line) {
        journal.say(line);
    }

    @Override
    public void results(Map<String, String> values) {
        changing("tell the results " + values.keySet());
        journal.results.putAll(values);
    }

    @Override
    public Instant now() {
        return journal.now();
    }

    /** The call this context was made for has ended. */
    void end() {
        ended = true;
    }

    private void changing(String what) {
        if (previewing) {
            throw new RefusedException("A preview only reads, but it wanted to " + what + ".");
        }
    }
}
