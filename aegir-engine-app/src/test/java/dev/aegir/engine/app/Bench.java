// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.app;

import dev.aegir.host.Host;
import dev.aegir.host.Secret;
import dev.aegir.model.CodeSource;
import dev.aegir.model.Codebase;
import dev.aegir.model.Name;
import dev.aegir.model.RefusedException;
import dev.aegir.model.Release;
import dev.aegir.model.SecretRef;
import dev.aegir.model.Server;
import dev.aegir.model.Service;
import dev.aegir.model.ServiceKind;
import dev.aegir.spi.CodeEngine;
import dev.aegir.spi.EngineRequest;
import dev.aegir.spi.ServiceRequest;
import dev.aegir.spi.StoredForm;
import dev.aegir.task.Change;
import dev.aegir.task.Inventory;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Runs the steps of code engines on hosts, each step read back from its stored form first. */
final class Bench {
    private final Map<Name, Host> hosts = new HashMap<>();
    private final Map<SecretRef, Secret> secrets = new HashMap<>();
    private final List<String> lines = new ArrayList<>();
    private final Map<String, String> service = new HashMap<>();
    private int tasks;

    /** In place of one of the same name. */
    Bench host(Host host) {
        hosts.put(host.server(), host);
        return this;
    }

    private Host host(String server) {
        return Optional.ofNullable(hosts.get(Name.of(server))).orElseThrow();
    }

    Bench secret(String name, String secret) {
        secrets.put(SecretRef.of(name), Secret.of(secret));
        return this;
    }

    /** A setting of the service of every engine. */
    Bench setting(String name, String value) {
        service.put(name, value);
        return this;
    }

    List<String> lines() {
        return lines;
    }

    static CodeEngine engine(CodeSource source) {
        return switch (source.engine().value()) {
            case "git" -> new GitEngine();
            case "archive" -> new ArchiveEngine();
            case "composer" -> new ComposerEngine();
            default -> new DirectoryEngine();
        };
    }

    private EngineRequest<Release> request(Codebase codebase, String server) {
        CodeEngine engine = engine(codebase.source());
        Service code = Service.of(ServiceKind.CODE, engine.name());
        for (Map.Entry<String, String> setting : service.entrySet()) {
            code = code.with(setting.getKey(), setting.getValue());
        }
        Server where = Server.at(server, "ssh://" + server).offering(code);
        Release release = new Release(
                codebase.id(),
                codebase.name(),
                codebase.source(),
                codebase.revision(),
                engine.location(new ServiceRequest(where, code), codebase));
        return new EngineRequest<>(release, where, code);
    }

    List<Step> prepare(Codebase codebase, String server) {
        EngineRequest<Release> request = request(codebase, server);
        return engine(codebase.source()).prepare(new ServiceRequest(request.server(), request.service()));
    }

    List<Step> bring(Codebase codebase, String server) {
        return engine(codebase.source()).ensure(request(codebase, server));
    }

    List<Step> remove(Codebase codebase, String server) {
        return engine(codebase.source()).remove(request(codebase, server));
    }

    /** The directory that the code of a codebase is in. */
    String tree(Codebase codebase) {
        return request(codebase, "web1").resource().path().value();
    }

    Task task() {
        return new Task(++tasks);
    }

    /** One task: its facts, and what it has begun. */
    final class Task {
        private final int number;
        private final Map<String, String> facts = new HashMap<>();
        private final List<Step> begun = new ArrayList<>();

        private Task(int number) {
            this.number = number;
        }

        List<Change> preview(List<Step> steps) throws Exception {
            List<Change> changes = new ArrayList<>();
            for (Step step : steps) {
                changes.addAll(stored(step).preview(new Context("preview", 1, false)));
            }
            return changes;
        }

        /** Runs steps; the first that fails ends it. */
        Task run(List<Step> steps) throws Exception {
            for (Step step : steps) {
                begun.add(step);
                stored(step).run(new Context(number + "." + (begun.size() - 1), 1, true));
            }
            return this;
        }

        /** Runs the step that was begun last once more, as after a crash. */
        Task again() throws Exception {
            int last = begun.size() - 1;
            stored(begun.get(last)).run(new Context(number + "." + last, 2, true));
            return this;
        }

        /** Takes back what was begun. */
        void undo() throws Exception {
            for (int i = begun.size() - 1; i >= 0; i--) {
                stored(begun.get(i)).undo(new Context(number + "." + i, 1, true));
            }
        }

        Optional<String> revision(Codebase codebase) {
            return new Context("", 1, false).recall(Release.revisionFact(codebase.id()), String.class);
        }

        private Step stored(Step step) {
            return StoredForm.read(StoredForm.write(step), step.getClass());
        }

        private final class Context implements StepContext {
            private final String key;
            private final int attempt;
            private final boolean running;

            private Context(String key, int attempt, boolean running) {
                this.key = key;
                this.attempt = attempt;
                this.running = running;
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
                return Bench.this.host(server.value());
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
                throw new UnsupportedOperationException("the code engines read no inventory");
            }

            @Override
            public Secret secret(SecretRef reference) {
                return Optional.ofNullable(secrets.get(reference))
                        .orElseThrow(() -> new RefusedException("there is no secret " + reference));
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
            public void results(Map<String, String> values) {}

            @Override
            public Instant now() {
                return Instant.now();
            }
        }
    }
}
