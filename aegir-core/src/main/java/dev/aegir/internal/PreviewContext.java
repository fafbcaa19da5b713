// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal;

import dev.aegir.host.Host;
import dev.aegir.host.Secret;
import dev.aegir.model.Id;
import dev.aegir.model.Name;
import dev.aegir.model.RefusedException;
import dev.aegir.model.SecretRef;
import dev.aegir.model.Server;
import dev.aegir.task.Inventory;
import dev.aegir.task.StepContext;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a step sees while it is asked what it would change. What it remembers, later steps of the same preview recall. */
final class PreviewContext implements StepContext {
    /** The facts of one preview. */
    static final class Facts {
        private final Map<String, String> values = new HashMap<>();
        private final Redactor redactor = new Redactor();

        /** Knows the secrets that were looked up for this preview. */
        Redactor redactor() {
            return redactor;
        }
    }

    private final String key = Id.next() + ".preview";
    private final Facts facts;
    private final Inventory inventory;
    private final Hosts hosts;
    private final SecretSource secrets;
    private final InstantSource clock;

    PreviewContext(Facts facts, Inventory inventory, Hosts hosts, SecretSource secrets, InstantSource clock) {
        this.facts = facts;
        this.inventory = inventory;
        this.hosts = hosts;
        this.secrets = secrets;
        this.clock = clock;
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
    public Host host(Name server) throws InterruptedException {
        return host(known(inventory, server));
    }

    @Override
    public Host host(Server server) throws InterruptedException {
        return hosts.host(server);
    }

    @Override
    public <H extends Host> H host(Name server, Class<H> type) throws InterruptedException {
        return as(host(server), type);
    }

    @Override
    public Inventory inventory() {
        return inventory;
    }

    @Override
    public Secret secret(SecretRef reference) {
        Secret secret = secrets.require(reference);
        facts.redactor.learn(secret);
        return secret;
    }

    @Override
    public List<SecretRef> secretsBelow(SecretRef name) {
        return secrets.secrets().below(name);
    }

    @Override
    public Optional<Secret> findSecret(SecretRef reference) {
        Optional<Secret> secret = secrets.secrets().find(reference);
        secret.ifPresent(facts.redactor::learn);
        return secret;
    }

    @Override
    public void keep(SecretRef reference, Secret secret) {
        throw reading();
    }

    @Override
    public void forget(SecretRef reference) {
        throw reading();
    }

    @Override
    public void remember(String fact, Object value) {
        facts.values.put(fact, Json.write(value));
    }

    @Override
    public <T> Optional<T> recall(String fact, Class<T> type) {
        return Optional.ofNullable(facts.values.get(fact)).map(json -> Json.read(json, type));
    }

    @Override
    public void log(String line) {
        // A preview says what it has to say in its changes.
    }

    @Override
    public void results(Map<String, String> values) {
        throw reading();
    }

    @Override
    public Instant now() {
        return clock.instant();
    }

    static Server known(Inventory inventory, Name name) {
        return inventory
                .server(name)
                .orElseThrow(() ->
                        new RefusedException("There is no server " + name + " in the inventory; enrol it first."));
    }

    static <H extends Host> H as(Host host, Class<H> type) {
        if (!type.isInstance(host)) {
            throw new RefusedException(
                    "The server " + host.server() + " is a " + host.getClass().getSimpleName()
                            + ", but this step needs a " + type.getSimpleName()
                            + "; bind the site to a service of a server of that type.");
        }
        return type.cast(host);
    }

    private static RefusedException reading() {
        return new RefusedException("A preview only reads; this belongs into run().");
    }
}
