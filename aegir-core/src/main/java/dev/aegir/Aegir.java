// SPDX-License-Identifier: Apache-2.0
package dev.aegir;

import dev.aegir.internal.Instance;
import dev.aegir.internal.Upkeep;
import dev.aegir.model.Id;
import dev.aegir.model.InvalidValueException;
import dev.aegir.model.RefusedException;
import dev.aegir.spi.Application;
import dev.aegir.spi.Backend;
import dev.aegir.spi.Engine;
import dev.aegir.spi.ImportFormat;
import dev.aegir.spi.PlanExtension;
import dev.aegir.spi.Secrets;
import dev.aegir.spi.Store;
import dev.aegir.spi.TaskHandler;
import dev.aegir.spi.TaskListener;
import dev.aegir.spi.TaskQuery;
import dev.aegir.task.Inventory;
import dev.aegir.task.PlanPreview;
import dev.aegir.task.Submission;
import dev.aegir.task.Task;
import dev.aegir.task.TaskInfo;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * Hosts sites. Everything that changes something is a {@link Task}: {@linkplain #preview shown} before it runs,
 * {@linkplain #submit submitted}, run by this or another process, gone on with after a crash, and taken back when it fails.
 *
 * <p>Thread-safe. An instance has its own engines, connections and store; there is no global state.
 */
public final class Aegir implements AutoCloseable {
    private final Instance instance;

    private Aegir(Instance instance) {
        this.instance = instance;
    }

    /**
     * Opens an instance with everything that is on the class path, keeping what it knows in a directory.
     *
     * @param home the directory; made when it is missing
     * @return the instance
     * @throws RefusedException when it cannot be opened; the message says why and what to do
     */
    public static Aegir open(Path home) {
        return builder().home(home).open();
    }

    /**
     * Begins an instance.
     *
     * @return a builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Shows what a task would do now, step by step, without doing it.
     *
     * @param task the task
     * @return its plan with everything it would change, and the hash to approve it by
     * @throws RefusedException when the task cannot be done as things are
     * @throws InterruptedException when the thread is interrupted
     */
    public PlanPreview preview(Task task) throws InterruptedException {
        return instance.preview(task);
    }

    /**
     * Submits a task.
     *
     * @param task the task
     * @return a handle on it
     * @throws RefusedException when the task cannot be done as things are; nothing was changed
     */
    public TaskHandle submit(Task task) {
        return submit(Submission.of(task));
    }

    /**
     * Submits a task with an idempotency key, an approval, a priority, a time.
     *
     * @param submission the task and how it shall be run
     * @return a handle on it
     * @throws RefusedException when the task cannot be done as things are; nothing was changed
     */
    public TaskHandle submit(Submission submission) {
        return submitAll(List.of(submission)).get(0);
    }

    /**
     * Submits many tasks.
     *
     * @param submissions the tasks
     * @return handles on them, in the same order
     * @throws RefusedException when one of them cannot be done as things are; then none was accepted
     */
    public List<TaskHandle> submitAll(Collection<Submission> submissions) {
        return instance.executor().submit(List.copyOf(submissions)).stream()
                .map(id -> new TaskHandle(instance.executor(), id))
                .toList();
    }

    /**
     * Submits a task and waits for its end.
     *
     * @param task the task
     * @return the task as it ended
     * @throws RefusedException when the task cannot be done as things are; nothing was changed
     * @throws InterruptedException when the thread is interrupted; the task goes on
     */
    public TaskInfo run(Task task) throws InterruptedException {
        return submit(task).await(ChronoUnit.FOREVER.getDuration());
    }

    /**
     * Submits what is due by the schedules of sites and codebases: call it about every minute, from a timer of yours. Each is submitted once, by
     * however many programs and whatever was restarted; of those that were missed meanwhile, one.
     *
     * <p>Settings of a site: {@code schedule.backup}, {@code schedule.structure}, {@code schedule.sample} and {@code schedule.full}
     * (which verify its newest backup so far), {@code schedule.drill}, {@code schedule.prune} and {@code schedule.retire}
     * (which retires a migration once it is time, {@link dev.aegir.task.RetireMigration}), each as {@link
     * dev.aegir.model.Schedule#of} reads it; {@code schedule.consistency} ({@code live} or {@code frozen}); {@code schedule.keep} (how
     * many hours, days, weeks, months, years, and how many at least: {@code 24,7,5,12,2,3}). Those of a codebase are the same, but for
     * {@code schedule.service}, which says where its backups go, and without drills. The backups of a site that is gone are verified
     * and pruned as the newest of them says that the site wished; that is looked for once an hour. Tasks must not be {@linkplain
     * #forgetTasks forgotten} before they are due again.
     *
     * @return what was submitted, and what could not be
     */
    public Due submitDue() {
        Upkeep.Submitted submitted = instance.upkeep().run();
        return new Due(
                submitted.tasks().stream()
                        .map(id -> new TaskHandle(instance.executor(), id))
                        .toList(),
                submitted.refused());
    }

    /**
     * A task that was submitted before.
     *
     * @param id its id
     * @return a handle on it, if there is such a task
     */
    public Optional<TaskHandle> task(Id id) {
        return instance.executor().find(id).map(found -> new TaskHandle(instance.executor(), id));
    }

    /**
     * Forgets tasks that have ended long ago, with their journals, events and idempotency keys. Nothing does so by itself;
     * those that need attention stay until they were seen to.
     *
     * @param age how long ago at least
     * @return how many were forgotten
     */
    public int forgetTasks(Duration age) {
        return instance.executor().forget(age);
    }

    /**
     * Some tasks.
     *
     * @param query which
     * @return the tasks, newest first, without their steps
     */
    public List<TaskInfo> tasks(TaskQuery query) {
        return instance.executor().list(query);
    }

    /**
     * What is known to exist.
     *
     * @return the inventory, for reading
     */
    public Inventory inventory() {
        return instance.inventory();
    }

    /**
     * Where secrets are kept.
     *
     * @return the secrets
     */
    public Secrets secrets() {
        return instance.secrets();
    }

    /** Stops running tasks and closes everything; tasks under way are gone on with when the store is opened again. */
    @Override
    public void close() {
        instance.close();
    }

    /**
     * Builds an instance. What is named here stands beside what is found on the class path, or alone with
     * {@link #onlyWhatIsNamed}. Not thread-safe.
     */
    public static final class Builder {
        private final List<Engine<?>> engines = new ArrayList<>();
        private final List<Backend> backends = new ArrayList<>();
        private final List<Application> applications = new ArrayList<>();
        private final List<TaskHandler<?>> handlers = new ArrayList<>();
        private final List<PlanExtension> extensions = new ArrayList<>();
        private final List<ImportFormat> formats = new ArrayList<>();
        private final List<TaskListener> listeners = new ArrayList<>();
        private Optional<Path> home = Optional.empty();
        private Optional<URI> storeUri = Optional.empty();
        private Optional<Store> store = Optional.empty();
        private Optional<Secrets> secrets = Optional.empty();
        private InstantSource clock = InstantSource.system();
        private int threads = 8;
        private boolean discover = true;

        private Builder() {}

        /**
         * The directory in which the store and the secrets are, unless others are named.
         *
         * @param directory the directory; made when it is missing
         * @return this builder
         */
        public Builder home(Path directory) {
            home = Optional.of(directory);
            return this;
        }

        /**
         * Another store, by its address; {@code memory:/} for one that is gone when the instance is closed.
         *
         * @param uri the address
         * @return this builder
         */
        public Builder store(URI uri) {
            storeUri = Optional.of(uri);
            return this;
        }

        /**
         * Another store; closed with the instance.
         *
         * @param opened the store
         * @return this builder
         */
        public Builder store(Store opened) {
            store = Optional.of(opened);
            return this;
        }

        /**
         * Another place for secrets.
         *
         * @param place the place
         * @return this builder
         */
        public Builder secrets(Secrets place) {
            secrets = Optional.of(place);
            return this;
        }

        /**
         * An engine.
         *
         * @param engine the engine
         * @return this builder
         */
        public Builder engine(Engine<?> engine) {
            engines.add(engine);
            return this;
        }

        /**
         * A backend.
         *
         * @param backend the backend
         * @return this builder
         */
        public Builder backend(Backend backend) {
            backends.add(backend);
            return this;
        }

        /**
         * An application.
         *
         * @param application the application
         * @return this builder
         */
        public Builder application(Application application) {
            applications.add(application);
            return this;
        }

        /**
         * A task handler.
         *
         * @param handler the handler
         * @return this builder
         */
        public Builder task(TaskHandler<?> handler) {
            handlers.add(handler);
            return this;
        }

        /**
         * Something that adds to plans.
         *
         * @param extension the extension
         * @return this builder
         */
        public Builder extension(PlanExtension extension) {
            extensions.add(extension);
            return this;
        }

        /**
         * A format of sites that come from elsewhere.
         *
         * @param format the format
         * @return this builder
         */
        public Builder importFormat(ImportFormat format) {
            formats.add(format);
            return this;
        }

        /**
         * Somebody to tell what happens in this process.
         *
         * @param listener the listener
         * @return this builder
         */
        public Builder listener(TaskListener listener) {
            listeners.add(listener);
            return this;
        }

        /**
         * Another clock.
         *
         * @param source where the time comes from
         * @return this builder
         */
        public Builder clock(InstantSource source) {
            clock = source;
            return this;
        }

        /**
         * How many tasks run at the same time; 8 unless said. With 0 this instance runs none, and only submits and reads.
         *
         * @param number the number
         * @return this builder
         * @throws InvalidValueException when it is negative
         */
        public Builder threads(int number) {
            if (number < 0) {
                throw new InvalidValueException("threads", Integer.toString(number), "0 or more");
            }
            threads = number;
            return this;
        }

        /**
         * Takes nothing from the class path but what core brings itself.
         *
         * @return this builder
         */
        public Builder onlyWhatIsNamed() {
            discover = false;
            return this;
        }

        /**
         * Opens the instance.
         *
         * @return the instance
         * @throws RefusedException when it cannot be opened; the message says why and what to do
         */
        public Aegir open() {
            return new Aegir(Instance.open(new Instance.Parts(
                    engines,
                    backends,
                    applications,
                    handlers,
                    extensions,
                    formats,
                    listeners,
                    home,
                    storeUri,
                    store,
                    secrets,
                    clock,
                    threads,
                    discover)));
        }
    }
}
