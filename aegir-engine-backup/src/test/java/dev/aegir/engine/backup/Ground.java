// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.backup;

import dev.aegir.host.Host;
import dev.aegir.host.Secret;
import dev.aegir.model.Name;
import dev.aegir.model.RefusedException;
import dev.aegir.model.SecretRef;
import dev.aegir.model.Server;
import dev.aegir.spi.Backend;
import dev.aegir.spi.Secrets;
import dev.aegir.task.Inventory;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import dev.aegir.testkit.FakeHost;
import dev.aegir.testkit.TestRunner;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.TreeMap;

/** Runs steps on this machine, under as many names as there shall be servers. */
final class Ground implements StepContext, AutoCloseable {
    private final Map<Name, Host> hosts = new TreeMap<>();
    private final Map<String, Object> facts = new TreeMap<>();
    private final Map<String, String> results = new TreeMap<>();
    private final Map<String, Secret> secrets = new TreeMap<>();
    private final List<String> lines = new ArrayList<>();
    private final List<Step> begun = new ArrayList<>();
    private int tasks;
    private int at;
    private final Inventory inventory =
            TestRunner.on(FakeHost.named("elsewhere")).inventory();
    private Instant now = Instant.parse("2026-11-21T09:00:00Z");

    Ground(Path state, String... servers) throws InterruptedException {
        Backend local = ServiceLoader.load(Backend.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(backend -> backend.scheme().equals("local"))
                .findFirst()
                .orElseThrow();
        for (String name : servers) {
            Server server = Server.at(name, "local:?state=" + state.resolve(name));
            hosts.put(server.name(), local.connect(server, new NoSecrets()));
        }
    }

    Ground with(Host host) {
        hosts.put(host.server(), host);
        return this;
    }

    /** Runs steps as a task of their own; those that were begun are taken back when one fails. */
    void run(List<Step> steps) throws Exception {
        begun.clear();
        facts.clear();
        tasks++;
        for (Step step : steps) {
            begun.add(step);
            at = begun.size();
            try {
                step.run(this);
            } catch (Exception e) {
                undo();
                throw e;
            }
        }
    }

    void undo() throws Exception {
        for (int i = begun.size() - 1; i >= 0; i--) {
            at = i + 1;
            begun.get(i).undo(this);
        }
    }

    Map<String, String> results() {
        return results;
    }

    /** All that steps have remembered. */
    String facts() {
        return facts.toString();
    }

    List<String> lines() {
        return lines;
    }

    @Override
    public String key() {
        return "test" + tasks + "." + at;
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
        return inventory;
    }

    @Override
    public Secret secret(SecretRef reference) {
        return findSecret(reference).orElseThrow(() -> new RefusedException("there is no secret " + reference));
    }

    @Override
    public Optional<Secret> findSecret(SecretRef reference) {
        return Optional.ofNullable(secrets.get(reference.name()));
    }

    @Override
    public void keep(SecretRef reference, Secret secret) {
        secrets.put(reference.name(), secret);
    }

    @Override
    public void forget(SecretRef reference) {
        secrets.remove(reference.name());
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
        lines.add(line);
    }

    @Override
    public void results(Map<String, String> values) {
        results.putAll(values);
    }

    @Override
    public Instant now() {
        now = now.plusSeconds(1);
        return now;
    }

    @Override
    public void close() {
        hosts.values().forEach(Host::close);
    }

    private record NoSecrets() implements Secrets {
        @Override
        public Optional<Secret> find(SecretRef reference) {
            return Optional.empty();
        }

        @Override
        public void keep(SecretRef reference, Secret secret) {
            throw new UnsupportedOperationException("nothing is kept here");
        }

        @Override
        public void forget(SecretRef reference) {
            throw new UnsupportedOperationException("nothing is kept here");
        }
    }
}
