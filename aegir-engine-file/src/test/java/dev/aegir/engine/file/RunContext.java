// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.file;

import dev.aegir.host.Host;
import dev.aegir.host.Secret;
import dev.aegir.model.Id;
import dev.aegir.model.Name;
import dev.aegir.model.SecretRef;
import dev.aegir.model.Server;
import dev.aegir.task.Inventory;
import dev.aegir.task.StepContext;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What steps of this engine use of a task, on real hosts. */
final class RunContext implements StepContext {
    final Map<String, String> results = new HashMap<>();
    final List<String> logged = new ArrayList<>();
    private final Map<String, Object> facts = new HashMap<>();
    private final Map<Name, Host> hosts;
    private final String key = Id.next().value();

    RunContext(Map<Name, Host> hosts) {
        this.hosts = hosts;
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
        return Optional.ofNullable(hosts.get(server)).orElseThrow();
    }

    @Override
    public Host host(Server server) {
        return host(server.name());
    }

    @Override
    public <H extends Host> H host(Name server, Class<H> type) {
        return type.cast(host(server));
    }

    @Override
    public Inventory inventory() {
        throw new UnsupportedOperationException("no step of this engine looks there");
    }

    @Override
    public Secret secret(SecretRef reference) {
        throw new UnsupportedOperationException("no step of this engine needs one");
    }

    @Override
    public Optional<Secret> findSecret(SecretRef reference) {
        return Optional.empty();
    }

    @Override
    public void keep(SecretRef reference, Secret secret) {
        throw new UnsupportedOperationException("no step of this engine makes one");
    }

    @Override
    public void forget(SecretRef reference) {
        throw new UnsupportedOperationException("no step of this engine makes one");
    }

    @Override
    public void remember(String fact, Object value) {
        facts.put(fact, value);
    }

    @Override
    public <T> Optional<T> recall(String fact, Class<T> type) {
        return Optional.ofNullable(facts.get(fact)).map(type::cast);
    }

    @Override
    public void log(String line) {
        logged.add(line);
    }

    @Override
    public void results(Map<String, String> values) {
        results.putAll(values);
    }

    @Override
    public Instant now() {
        return Instant.now();
    }
}
