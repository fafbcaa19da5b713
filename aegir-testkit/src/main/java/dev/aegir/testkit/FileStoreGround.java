// SPDX-License-Identifier: Apache-2.0
package dev.aegir.testkit;

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
import dev.aegir.spi.ServiceRequest;
import dev.aegir.spi.StoredForm;
import dev.aegir.spi.VersionedFileStore;
import dev.aegir.task.Change;
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

/**
 * A store of files under test, and two real directories on this machine: one whose files are stored, and one that they come back to.
 * The server that offers the store is this machine too, unless another host is given. For one thread; needs what every Debian has.
 */
public final class FileStoreGround implements StepContext, AutoCloseable {
    /** Whose files they are. */
    public static final Id OWNER = Id.of("01JF1KES000000000000000001");

    private static final Name SITES = Name.of("here");
    private static final Name STORES = Name.of("vault");
    private final Map<String, Secret> secrets = new TreeMap<>();
    private final Map<String, String> results = new TreeMap<>();
    private final Map<String, Object> facts = new TreeMap<>();
    private final Map<Name, Server> servers = new TreeMap<>();
    private final List<String> lines = new ArrayList<>();
    private final FileStore engine;
    private final Service service;
    private final Path home;
    private final List<Host> mine;
    private final BreakingHost sites;
    private BreakingHost stores;
    private final Path site;
    private final Path copy;

    /**
     * Two empty directories.
     *
     * @param home where they and all else are made
     * @param engine the engine under test
     * @param service the store, with its settings
     * @throws Exception when this machine cannot be used
     */
    public FileStoreGround(Path home, FileStore engine, Service service) throws Exception {
        this.engine = engine;
        this.service = service;
        this.home = home;
        Backend local = ServiceLoader.load(Backend.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(backend -> backend.scheme().equals("local"))
                .findFirst()
                .orElseThrow();
        Host here = local.connect(server(SITES), new NoSecretsAtAll());
        Host there = local.connect(server(STORES), new NoSecretsAtAll());
        mine = List.of(here, there);
        sites = new BreakingHost(here);
        stores = new BreakingHost(there);
        site = Files.createDirectories(home.resolve("site/files"));
        copy = Files.createDirectories(home.resolve("copy/files"));
    }

    private Server server(Name name) {
        return servers.computeIfAbsent(
                name, each -> Server.at(each.value(), "local:?state=" + home.resolve("state-" + each)));
    }

    /**
     * Another host is the server that offers the store.
     *
     * @param host the host; whoever gives it closes it
     * @return this
     */
    public FileStoreGround on(Host host) {
        stores = new BreakingHost(host);
        return this;
    }

    /**
     * A secret is there.
     *
     * @param name its name
     * @param value its value
     * @return this
     */
    public FileStoreGround secret(String name, String value) {
        secrets.put(name, Secret.of(value));
        return this;
    }

    /**
     * The directory whose files are stored.
     *
     * @return the directory
     */
    public Path site() {
        return site;
    }

    /**
     * The directory that files come back to.
     *
     * @return the directory
     */
    public Path copy() {
        return copy;
    }

    /**
     * What the last steps have told as data.
     *
     * @return the results
     */
    public Map<String, String> told() {
        return Map.copyOf(results);
    }

    /**
     * What the last steps have logged.
     *
     * @return the lines
     */
    public List<String> lines() {
        return List.copyOf(lines);
    }

    /** Where a tree of files is. */
    Tree tree(Path files, Id owner) {
        return new Tree(
                owner,
                "docs.example.net",
                SITES,
                HostPath.of(String.valueOf(files.getParent())),
                List.of("files"),
                Optional.empty());
    }

    EngineRequest<Tree> request(Tree tree) {
        return new EngineRequest<>(tree, server(STORES), service);
    }

    List<Step> plannedStore(Id owner) {
        return engine.store(request(tree(site, owner)));
    }

    List<Step> plannedForget(Id owner) {
        return engine.forget(new ServiceRequest(server(STORES), service), owner);
    }

    /**
     * Prepares the server for the store.
     *
     * @throws Exception as a step does
     */
    public void prepare() throws Exception {
        run(engine.prepare(new ServiceRequest(server(STORES), service)));
    }

    /** Runs steps as they are read back from a journal. */
    private void run(List<Step> steps) throws Exception {
        results.clear();
        lines.clear();
        for (Step planned : steps) {
            Step step = StoredForm.read(StoredForm.write(planned), planned.getClass());
            step.run(this);
        }
    }

    List<Change> preview(List<Step> steps) throws Exception {
        List<Change> changes = new ArrayList<>();
        for (Step step : steps) {
            changes.addAll(step.preview(this));
        }
        return changes;
    }

    /**
     * Stores the one directory.
     *
     * @return how many bytes were sent
     * @throws Exception what the engine throws
     */
    public long store() throws Exception {
        return store(OWNER);
    }

    long store(Id owner) throws Exception {
        run(plannedStore(owner));
        return Long.parseLong(results.getOrDefault("stored.sent.bytes", "no number of bytes sent"));
    }

    /**
     * Brings the files to the other directory.
     *
     * @return how many were brought
     * @throws Exception what the engine throws
     */
    public long fetch() throws Exception {
        return fetch(OWNER);
    }

    long fetch(Id owner) throws Exception {
        run(engine.fetch(request(tree(copy, OWNER)), owner));
        return Long.parseLong(results.getOrDefault("fetched.files", "no number of files"));
    }

    /**
     * Brings the files as they were once to the other directory.
     *
     * @param version which state
     * @throws Exception what the engine throws
     */
    public void fetch(String version) throws Exception {
        run(((VersionedFileStore) engine).fetch(request(tree(copy, OWNER)), OWNER, version));
    }

    /**
     * Removes what is stored.
     *
     * @throws Exception what the engine throws
     */
    public void forget() throws Exception {
        run(plannedForget(OWNER));
    }

    BreakingHost sites() {
        return sites;
    }

    BreakingHost stores() {
        return stores;
    }

    /**
     * Runs a script in the directory whose files are stored.
     *
     * @param script for {@code sh}
     * @throws Exception when it fails
     */
    public void sh(String script) throws Exception {
        said(site, script);
    }

    /**
     * Runs a script.
     *
     * @param directory where
     * @param script for {@code sh}
     * @return what it said
     * @throws IOException when it fails
     * @throws InterruptedException when the thread is interrupted
     */
    public static String said(Path directory, String script) throws IOException, InterruptedException {
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

    /**
     * All that is kept of the files in a directory: names, kinds, rights, times, where links lead, checksums.
     *
     * @param directory the directory
     * @return lines, to be compared with those of another
     * @throws IOException when it fails
     * @throws InterruptedException when the thread is interrupted
     */
    public static String look(Path directory) throws IOException, InterruptedException {
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
        return server.equals(STORES) ? stores : sites;
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
        facts.put(fact, value);
    }

    @Override
    public <T> Optional<T> recall(String fact, Class<T> type) {
        return Optional.ofNullable(facts.get(fact)).map(type::cast);
    }

    @Override
    public void log(String line) {
        unrevealed(line);
        lines.add(line);
    }

    @Override
    public void results(Map<String, String> values) {
        values.values().forEach(this::unrevealed);
        results.putAll(values);
    }

    void unrevealed(String text) {
        secrets.forEach((name, secret) -> {
            if (text.contains(secret.reveal().strip())) {
                throw new AssertionError("The secret " + name + " was said.");
            }
        });
    }

    @Override
    public Instant now() {
        return Instant.now();
    }

    @Override
    public void close() {
        mine.forEach(Host::close);
    }

    private record NoSecretsAtAll() implements Secrets {
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
