// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.file.store;

import dev.aegir.host.Host;
import dev.aegir.host.Secret;
import dev.aegir.model.HostPath;
import dev.aegir.model.Id;
import dev.aegir.model.Name;
import dev.aegir.model.RefusedException;
import dev.aegir.model.SecretRef;
import dev.aegir.model.Server;
import dev.aegir.model.Service;
import dev.aegir.model.Tree;
import dev.aegir.spi.Backend;
import dev.aegir.spi.EngineRequest;
import dev.aegir.spi.FileStore;
import dev.aegir.spi.Secrets;
import dev.aegir.task.Inventory;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.TreeMap;

/** Two trees on this machine, and a store. */
final class StoreGround implements StepContext, AutoCloseable {
    static final Id OWNER = Id.of("01JF1KES000000000000000001");
    private static final Name HERE = Name.of("here");
    private final Map<String, Secret> secrets = new TreeMap<>();
    private final FileStore engine;
    private final Service service;
    private final Path home;
    private final Host host;
    final Map<String, String> results = new TreeMap<>();
    final List<String> lines = new ArrayList<>();
    final Path site;
    final Path copy;

    StoreGround(Path home, FileStore engine, Service service) throws Exception {
        this.engine = engine;
        this.service = service;
        this.home = home;
        Backend local = ServiceLoader.load(Backend.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(backend -> backend.scheme().equals("local"))
                .findFirst()
                .orElseThrow();
        host = local.connect(server(), new NoSecrets());
        site = Files.createDirectories(home.resolve("site/files"));
        copy = Files.createDirectories(home.resolve("copy/files"));
    }

    private Server server() {
        return Server.at(HERE.value(), "local:?state=" + home.resolve("state"));
    }

    private Tree tree(Path files) {
        return new Tree(
                OWNER,
                "docs.example.net",
                HERE,
                HostPath.of(String.valueOf(files.getParent())),
                List.of("files"),
                Optional.empty());
    }

    StoreGround secret(String name, String value) {
        secrets.put(name, Secret.of(value));
        return this;
    }

    private void run(List<Step> steps) throws Exception {
        results.clear();
        lines.clear();
        for (Step step : steps) {
            step.preview(this);
            step.run(this);
        }
    }

    long store() throws Exception {
        run(engine.store(new EngineRequest<>(tree(site), server(), service)));
        return Long.parseLong(String.valueOf(results.get("stored.sent.bytes")));
    }

    long fetch() throws Exception {
        run(engine.fetch(new EngineRequest<>(tree(copy), server(), service), OWNER));
        return Long.parseLong(String.valueOf(results.get("fetched.files")));
    }

    void forget() throws Exception {
        run(engine.remove(new EngineRequest<>(tree(site), server(), service)));
    }

    /** Runs a script in the directory of the site. */
    void sh(String script) throws Exception {
        said(site, script);
    }

    static String said(Path directory, String script) throws IOException, InterruptedException {
        Process process = new ProcessBuilder("sh", "-ec", script)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        if (process.waitFor() != 0) {
            throw new IOException(said);
        }
        return said;
    }

    /** All that is kept of the files in a directory. */
    static String look(Path directory) throws IOException, InterruptedException {
        return said(
                directory,
                "export LC_ALL=C; find . ! -type p -printf '%p|%y|%m|%T@|%l\\n' | sort; find . -type f -print0 | sort -z"
                        + " | xargs -0r sha256sum");
    }

    @Override
    public String key() {
        return "test";
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
        throw new UnsupportedOperationException("no step of a store looks there");
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
        throw new UnsupportedOperationException("no step of a store makes one");
    }

    @Override
    public void forget(SecretRef reference) {
        throw new UnsupportedOperationException("no step of a store makes one");
    }

    @Override
    public void remember(String fact, Object value) {
        throw new UnsupportedOperationException("no step of a store needs to");
    }

    @Override
    public <T> Optional<T> recall(String fact, Class<T> type) {
        return Optional.empty();
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
        return Instant.now();
    }

    @Override
    public void close() {
        host.close();
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
