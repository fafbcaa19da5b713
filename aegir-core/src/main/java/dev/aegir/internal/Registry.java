// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal;

import dev.aegir.model.ImportRules;
import dev.aegir.model.Name;
import dev.aegir.model.RefusedException;
import dev.aegir.model.Resource;
import dev.aegir.model.ServiceKind;
import dev.aegir.spi.Application;
import dev.aegir.spi.Backend;
import dev.aegir.spi.Engine;
import dev.aegir.spi.ImportFormat;
import dev.aegir.spi.PlanExtension;
import dev.aegir.spi.StepSource;
import dev.aegir.spi.TaskHandler;
import dev.aegir.task.Step;
import dev.aegir.task.Task;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Everything an instance can do: its engines, backends, applications, task handlers, extensions and steps. Immutable. */
public final class Registry {
    private static final Logger LOG = LoggerFactory.getLogger(Registry.class);
    private static final Map<String, String> KNOWN_ARTIFACTS = Map.ofEntries(
            Map.entry("backend ssh", "aegir-backend-ssh"),
            Map.entry("backend k8s", "aegir-backend-k8s"),
            Map.entry("http engine nginx", "aegir-engine-http"),
            Map.entry("http engine apache", "aegir-engine-http"),
            Map.entry("db engine mariadb", "aegir-engine-db"),
            Map.entry("db engine mysql", "aegir-engine-db"),
            Map.entry("db engine postgresql", "aegir-engine-db"),
            Map.entry("backup engine archive", "aegir-engine-backup"),
            Map.entry("file engine rsync", "aegir-engine-file"),
            Map.entry("code engine git", "aegir-engine-app"),
            Map.entry("code engine directory", "aegir-engine-app"),
            Map.entry("code engine archive", "aegir-engine-app"),
            Map.entry("application static", "aegir-engine-app"));

    private final Map<String, Engine<?>> engines = new TreeMap<>();
    private final Map<String, Backend> backends = new TreeMap<>();
    private final Map<String, Application> applications = new TreeMap<>();
    private final Map<String, TaskHandler<?>> handlers = new TreeMap<>();
    private final Map<String, ImportFormat> formats = new TreeMap<>();
    private final List<PlanExtension> extensions;
    private final Map<String, Class<? extends Step>> steps = new TreeMap<>();

    /**
     * Of some parts.
     *
     * @param engines the engines
     * @param backends the backends
     * @param applications the applications
     * @param handlers the task handlers
     * @param extensions the extensions, in the order they are asked
     * @param formats the formats of sites that come from elsewhere
     * @param coreSteps the steps that need no source
     * @throws RefusedException when two parts have one name; the message names both classes
     */
    public Registry(
            Collection<Engine<?>> engines,
            Collection<Backend> backends,
            Collection<Application> applications,
            Collection<TaskHandler<?>> handlers,
            Collection<PlanExtension> extensions,
            Collection<ImportFormat> formats,
            Collection<Class<? extends Step>> coreSteps) {
        engines.forEach(e -> add(this.engines, e.kind() + " engine " + Name.of(e.name()), e));
        backends.forEach(b -> add(this.backends, "backend " + b.scheme(), b));
        applications.forEach(a -> add(this.applications, "application " + Name.of(a.name()), a));
        handlers.forEach(h -> add(this.handlers, "task " + h.name(), h));
        Map<String, TaskHandler<?>> byType = new TreeMap<>();
        handlers.forEach(h -> add(byType, "handler of " + h.type().getName(), h));
        this.extensions = List.copyOf(extensions);
        formats.forEach(f -> add(this.formats, "import format " + Name.of(f.name()), f));
        coreSteps.forEach(this::declare);
        List.<Collection<? extends StepSource>>of(engines, applications, handlers, extensions).stream()
                .flatMap(Collection::stream)
                .forEach(source -> source.steps().forEach(this::declare));
        LOG.debug(
                "Loaded {} {} {} {} and {} extensions",
                this.engines.keySet(),
                this.backends.keySet(),
                this.applications.keySet(),
                this.handlers.keySet(),
                this.extensions.size());
    }

    private static <T> void add(Map<String, T> map, String key, T part) {
        T other = map.putIfAbsent(key, part);
        if (other != null) {
            throw new RefusedException("There are two of \"" + key + "\": "
                    + other.getClass().getName() + " and " + part.getClass().getName()
                    + ". Take one off the class path, or name the parts you want to the builder.");
        }
    }

    private void declare(Class<? extends Step> step) {
        if (!step.isRecord()) {
            throw new RefusedException("The step " + step.getName() + " is not a record, so it cannot be stored.");
        }
        steps.put(step.getName(), step);
    }

    /**
     * An engine.
     *
     * @param <R> what it provides
     * @param kind its kind
     * @param name its name
     * @return the engine
     * @throws RefusedException when there is none
     */
    @SuppressWarnings("unchecked") // An engine is filed under its own kind, whose type is checked right here.
    public <R extends Resource> Engine<R> engine(ServiceKind<R> kind, Name name) {
        Engine<?> engine = get(engines, kind + " engine " + name);
        if (!engine.kind().type().equals(kind.type())) {
            throw new RefusedException("The " + kind + " engine " + name + " provides "
                    + engine.kind().type().getName() + ", not " + kind.type().getName() + ".");
        }
        return (Engine<R>) engine;
    }

    /**
     * An engine of a kind known only by name.
     *
     * @param kind its kind's name
     * @param name its name
     * @return the engine
     * @throws RefusedException when there is none
     */
    public Engine<?> engine(Name kind, Name name) {
        return get(engines, kind + " engine " + name);
    }

    /**
     * A backend.
     *
     * @param scheme the scheme of the address
     * @return the backend
     * @throws RefusedException when there is none
     */
    public Backend backend(String scheme) {
        return get(backends, "backend " + scheme);
    }

    /**
     * An application.
     *
     * @param name its name
     * @return the application
     * @throws RefusedException when there is none
     */
    public Application application(Name name) {
        return get(applications, "application " + name);
    }

    /**
     * The handler of a task.
     *
     * @param task the task
     * @return the handler
     * @throws RefusedException when there is none
     */
    public TaskHandler<?> handler(Task task) {
        return handlers.values().stream()
                .filter(handler -> handler.type().equals(task.getClass()))
                .findFirst()
                .orElseThrow(() -> new RefusedException("No task handler takes "
                        + task.getClass().getName() + "; register one with the builder or as a service."));
    }

    /**
     * The handler of a stored task.
     *
     * @param name the name it was stored under
     * @return the handler
     * @throws RefusedException when there is none
     */
    public TaskHandler<?> handler(String name) {
        return get(handlers, "task " + name);
    }

    /**
     * The extensions, in the order they are asked.
     *
     * @return the extensions
     */
    public List<PlanExtension> extensions() {
        return extensions;
    }

    /**
     * How archives with sites of an application may be read.
     *
     * @param application its name
     * @return the rules of each format, in the order of their names
     */
    public List<ImportRules> importRules(Name application) {
        return formats.values().stream()
                .flatMap(format -> format.rules(application).stream())
                .toList();
    }

    /**
     * The class of a stored step.
     *
     * @param name the name it was stored under
     * @return the class, if it is declared
     */
    public Optional<Class<? extends Step>> step(String name) {
        return Optional.ofNullable(steps.get(name));
    }

    private static <T> T get(Map<String, T> map, String key) {
        T part = map.get(key);
        if (part == null) {
            String kind = key.substring(0, key.lastIndexOf(' '));
            String have = map.keySet().stream()
                    .filter(other -> other.startsWith(kind + " "))
                    .map(other -> other.substring(kind.length() + 1))
                    .collect(Collectors.joining(", "));
            String artifact = KNOWN_ARTIFACTS.get(key);
            throw new RefusedException("There is no " + key + "; there is " + (have.isEmpty() ? "none" : have) + ". "
                    + (artifact == null
                            ? "Add the artifact that brings it, or register it with the builder."
                            : "The artifact dev.aegir:" + artifact + " brings it."));
        }
        return part;
    }
}
