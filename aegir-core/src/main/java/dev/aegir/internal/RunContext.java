// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal;

import dev.aegir.host.Fence;
import dev.aegir.host.Host;
import dev.aegir.host.Secret;
import dev.aegir.model.Name;
import dev.aegir.model.SecretRef;
import dev.aegir.model.Server;
import dev.aegir.spi.Documents;
import dev.aegir.spi.LedgerStep;
import dev.aegir.task.Inventory;
import dev.aegir.task.StepContext;
import dev.aegir.task.TaskEvent.Kind;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/** What a step sees while it runs or is undone. */
final class RunContext implements StepContext {
    static final String RESULT = "result:";

    /** How often this step was run to an end that is known, and failed; not how often it was interrupted. */
    static final String RETRIES = "step.retries";

    private final Journal journal;
    private final int index;
    private final Fence fence;
    private final Hosts hosts;
    private final Inventory inventory;
    private final SecretSource secrets;
    private final Redactor redactor;
    private final InstantSource clock;
    private final AtomicBoolean touched = new AtomicBoolean();

    RunContext(
            Journal journal,
            int index,
            Fence fence,
            Hosts hosts,
            Documents documents,
            SecretSource secrets,
            Redactor redactor,
            InstantSource clock) {
        this.journal = journal;
        this.index = index;
        this.fence = fence;
        this.hosts = hosts;
        this.inventory = new DocumentInventory(new WatchedDocuments(documents, touched, journal::checkOwnership), true);
        this.secrets = secrets;
        this.redactor = redactor;
        this.clock = clock;
    }

    /** Whether the step may have changed anything. */
    boolean touched() {
        return touched.get();
    }

    private LedgerStep step() {
        return journal.step(index);
    }

    @Override
    public String key() {
        String retries = step().facts().get(RETRIES);
        return journal.task() + "." + index + (retries == null ? "" : "." + retries);
    }

    @Override
    public int attempt() {
        return step().attempt();
    }

    @Override
    public Host host(Name server) throws InterruptedException {
        return host(PreviewContext.known(inventory, server));
    }

    @Override
    public Host host(Server server) throws InterruptedException {
        Host open = hosts.host(server);
        return new WatchedHost(open.fenced(fence), touched);
    }

    @Override
    public <H extends Host> H host(Name server, Class<H> type) throws InterruptedException {
        // A host of a special type is handed out as it is: what is done through it cannot be watched.
        touched.set(true);
        Host open = hosts.host(PreviewContext.known(inventory, server));
        return PreviewContext.as(open.fenced(fence), type);
    }

    @Override
    public Inventory inventory() {
        return inventory;
    }

    @Override
    public Secret secret(SecretRef reference) {
        Secret secret = secrets.require(reference);
        redactor.learn(secret);
        return secret;
    }

    @Override
    public void keep(SecretRef reference, Secret secret) {
        touched.set(true);
        redactor.learn(secret);
        secrets.secrets().keep(reference, secret);
    }

    @Override
    public void forget(SecretRef reference) {
        touched.set(true);
        secrets.secrets().forget(reference);
    }

    @Override
    public void remember(String fact, Object value) {
        if (fact.startsWith(RESULT) || fact.isEmpty()) {
            throw new IllegalArgumentException("\"" + fact + "\" is no name for a fact");
        }
        touched.set(true);
        journal.remember(index, Map.of(fact, redactor.redact(Json.write(value))));
    }

    @Override
    public <T> Optional<T> recall(String fact, Class<T> type) {
        return journal.fact(fact).map(json -> Json.read(json, type));
    }

    @Override
    public void log(String line) {
        journal.say(journal.event(Kind.LOG, step().name(), line));
    }

    @Override
    public void results(Map<String, String> values) {
        Map<String, String> facts = new HashMap<>();
        values.forEach((name, value) -> facts.put(RESULT + name, redactor.redact(value)));
        journal.remember(index, facts);
    }

    @Override
    public Instant now() {
        return clock.instant();
    }
}
