// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal;

import dev.aegir.internal.tasks.Handlers;
import dev.aegir.model.RefusedException;
import dev.aegir.spi.Application;
import dev.aegir.spi.Backend;
import dev.aegir.spi.Engine;
import dev.aegir.spi.ImportFormat;
import dev.aegir.spi.PlanExtension;
import dev.aegir.spi.Secrets;
import dev.aegir.spi.Store;
import dev.aegir.spi.StoreProvider;
import dev.aegir.spi.TaskExecutor;
import dev.aegir.spi.TaskHandler;
import dev.aegir.spi.TaskListener;
import dev.aegir.task.Inventory;
import dev.aegir.task.PlanPreview;
import dev.aegir.task.Task;
import java.net.URI;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.concurrent.atomic.AtomicReference;

/** The parts of an opened instance, put together. */
public final class Instance implements AutoCloseable {
    private final Planning planning;
    private final TaskExecutor executor;
    private final Hosts hosts;
    private final Inventory inventory;
    private final Secrets secrets;
    private final Upkeep upkeep;

    private Instance(
            Planning planning,
            TaskExecutor executor,
            Hosts hosts,
            Inventory inventory,
            Secrets secrets,
            InstantSource clock) {
        this.planning = planning;
        this.executor = executor;
        this.hosts = hosts;
        this.inventory = inventory;
        this.secrets = secrets;
        this.upkeep = new Upkeep(inventory, executor, clock);
    }

    /** What a builder collected. */
    public record Parts(
            List<Engine<?>> engines,
            List<Backend> backends,
            List<Application> applications,
            List<TaskHandler<?>> handlers,
            List<PlanExtension> extensions,
            List<ImportFormat> formats,
            List<TaskListener> listeners,
            Optional<Path> home,
            Optional<URI> storeUri,
            Optional<Store> store,
            Optional<Secrets> secrets,
            InstantSource clock,
            int threads,
            boolean discover) {
        /** Makes it. */
        public Parts {}
    }

    /**
     * Puts the parts together and begins to run tasks.
     *
     * @param parts the parts
     * @return the instance
     */
    public static Instance open(Parts parts) {
        AtomicReference<StepCodec> codec = new AtomicReference<>();
        List<Engine<?>> engines = new ArrayList<>(parts.engines());
        List<Backend> backends = new ArrayList<>(parts.backends());
        List<Application> applications = new ArrayList<>(parts.applications());
        List<TaskHandler<?>> handlers = new ArrayList<>(Handlers.all(codec::get));
        handlers.addAll(parts.handlers());
        List<PlanExtension> extensions = new ArrayList<>(parts.extensions());
        List<ImportFormat> formats = new ArrayList<>(parts.formats());
        if (parts.discover()) {
            ServiceLoader.load(Engine.class).forEach(engines::add);
            ServiceLoader.load(Backend.class).forEach(backends::add);
            ServiceLoader.load(Application.class).forEach(applications::add);
            ServiceLoader.load(TaskHandler.class).forEach(handlers::add);
            ServiceLoader.load(PlanExtension.class).forEach(extensions::add);
            ServiceLoader.load(ImportFormat.class).forEach(formats::add);
        }
        Registry registry =
                new Registry(engines, backends, applications, handlers, extensions, formats, Handlers.steps());
        StepCodec steps = new StepCodec(registry);
        codec.set(steps);
        Secrets secrets = parts.secrets()
                .orElseGet(() -> new FileSecrets(
                        parts.home().orElseThrow(() -> nowhere("secrets")).resolve("secrets")));
        Store store = parts.store().orElseGet(() -> openStore(parts));
        try {
            Hosts hosts = new Hosts(registry, secrets);
            SecretSource source = new SecretSource(secrets);
            Planning planning = new Planning(registry, steps, store.documents(), hosts, source, parts.clock());
            TaskExecutor executor = new LedgerExecutor(
                    registry,
                    steps,
                    planning,
                    store,
                    hosts,
                    source,
                    parts.clock(),
                    parts.listeners(),
                    Patience.USUAL,
                    parts.threads());
            return new Instance(
                    planning, executor, hosts, new DocumentInventory(store.documents(), false), secrets, parts.clock());
        } catch (RuntimeException e) {
            store.close();
            throw e;
        }
    }

    private static Store openStore(Parts parts) {
        URI uri = parts.storeUri()
                .orElseGet(() -> URI.create("sqlite:"
                        + parts.home()
                                .orElseThrow(() -> nowhere("store"))
                                .toAbsolutePath()
                                .resolve("aegir.db")
                                .toUri()
                                .getRawPath()));
        for (StoreProvider provider : ServiceLoader.load(StoreProvider.class)) {
            if (provider.accepts(uri)) {
                return provider.open(uri, parts.clock());
            }
        }
        throw new RefusedException("Nothing on the class path opens the store " + uri
                + "; the artifact dev.aegir:aegir-executor-sql brings sqlite:, and memory:/ is always there.");
    }

    private static RefusedException nowhere(String what) {
        return new RefusedException(
                "Say where the " + what + " shall be: home(directory), or name one to the builder.");
    }

    /** Shows what a task would do. */
    public PlanPreview preview(Task task) throws InterruptedException {
        return planning.preview(task, planning.plan(task));
    }

    /** What is due by schedules. */
    public Upkeep upkeep() {
        return upkeep;
    }

    /** Runs tasks. */
    public TaskExecutor executor() {
        return executor;
    }

    /** For reading. */
    public Inventory inventory() {
        return inventory;
    }

    /** Where secrets are. */
    public Secrets secrets() {
        return secrets;
    }

    @Override
    public void close() {
        try {
            executor.close();
        } finally {
            hosts.close();
        }
    }
}
