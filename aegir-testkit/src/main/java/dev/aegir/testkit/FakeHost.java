// SPDX-License-Identifier: Apache-2.0
package dev.aegir.testkit;

import dev.aegir.host.Command;
import dev.aegir.host.CommandResult;
import dev.aegir.host.Fence;
import dev.aegir.host.FencedException;
import dev.aegir.host.Host;
import dev.aegir.host.HostFiles;
import dev.aegir.host.Input;
import dev.aegir.host.RunningCommand;
import dev.aegir.model.HostPath;
import dev.aegir.model.InvalidValueException;
import dev.aegir.model.Name;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * A host in memory that keeps every promise of {@link Host} and {@link HostFiles}: transactions are all or nothing, drift
 * and ownership are noticed, links are followed, fences hold, and {@code runOnce} runs once. Commands are answered by
 * {@linkplain #program programs} that the test brings, and recorded. It can be made to {@linkplain #inject fail} at any
 * command or write, to lose an answer, or to crash half-way. Thread-safe.
 */
public final class FakeHost implements Host {
    private final Object lock = new Object();
    private final Name server;
    private final Faults faults;
    private final FakeTree tree = new FakeTree();
    private final Map<String, String> facts = new TreeMap<>();
    private final Map<String, Long> fences = new TreeMap<>();
    private final Map<String, Job> jobs = new ConcurrentHashMap<>();
    private final List<Execution> executions = new ArrayList<>();
    private final Programs programs = new Programs();
    private final FakeFiles files;

    /** A command that runs once; whoever asks for it meanwhile waits for its lock. */
    private static final class Job {
        private Optional<CommandResult> result = Optional.empty();
    }

    private FakeHost(Name server, Faults faults) {
        this.server = server;
        this.faults = faults;
        files = new FakeFiles(this, tree, faults, lock);
    }

    /**
     * An empty host that knows no program.
     *
     * @param server the server's name
     * @return the host
     */
    public static FakeHost named(String server) {
        return new FakeHost(Name.of(server), new Faults());
    }

    /**
     * Another empty host; what is {@linkplain #inject injected} into one of the two is counted and happens on either.
     *
     * @param other the other server's name
     * @return the host
     */
    public FakeHost beside(String other) {
        return new FakeHost(Name.of(other), faults);
    }

    /**
     * Installs a program. Of those that could answer a command the one installed last does; a command that none answers
     * ends with 127, as for a program that is not there.
     *
     * @param program what it does when it is called
     * @param words how commands for it begin, such as {@code caddy reload}
     * @return this host
     */
    public FakeHost program(Function<Call, Answer> program, String... words) {
        programs.add(List.of(words), program);
        return this;
    }

    /**
     * Says what happens to commands that no program answers.
     *
     * @param program what to do
     * @return this host
     */
    public FakeHost otherwise(Function<Call, Answer> program) {
        programs.otherwise(program);
        return this;
    }

    /**
     * Puts a file there (0644, root), with the directories above it.
     *
     * @param path which file
     * @param text its text
     * @return this host
     */
    public FakeHost file(String path, String text) {
        return file(path, text, "0644", "root:root");
    }

    /**
     * Puts a file there, with the directories above it.
     *
     * @param path which file
     * @param text its text
     * @param mode its permissions, such as {@code 0600}
     * @param account the account and group it belongs to, such as {@code root:root}
     * @return this host
     */
    public FakeHost file(String path, String text, String mode, String account) {
        return put(path, Node.Regular.of(text, mode, account));
    }

    /**
     * Makes a directory (0755, root), with those above it, unless it is there.
     *
     * @param path which directory
     * @return this host
     */
    public FakeHost directory(String path) {
        synchronized (lock) {
            return tree.follow(HostPath.of(path)).filter(tree::isDirectory).isPresent()
                    ? this
                    : put(path, Node.Directory.PLAIN);
        }
    }

    /**
     * Makes a symbolic link.
     *
     * @param path where
     * @param target where it leads
     * @return this host
     */
    public FakeHost link(String path, String target) {
        return put(path, new Node.Link(target));
    }

    /**
     * Deletes a file, link or directory with everything in it, whether it is there or not.
     *
     * @param path which
     * @return this host
     */
    public FakeHost without(String path) {
        synchronized (lock) {
            tree.place(HostPath.of(path)).ifPresent(real -> {
                tree.copy().keySet().stream()
                        .filter(each -> each.equals(real) || each.startsWith(real + "/"))
                        .forEach(tree::remove);
            });
            return this;
        }
    }

    /**
     * What a file says.
     *
     * @param path which file; links are followed
     * @return its text, or nothing when there is no such file
     */
    public Optional<String> text(String path) {
        synchronized (lock) {
            return tree.follow(HostPath.of(path))
                    .flatMap(tree::at)
                    .map(node -> node instanceof Node.Regular file ? file.text() : "");
        }
    }

    /**
     * Says something that a program now holds beyond its files: a database it has, a configuration it has loaded. Facts are
     * part of every {@linkplain #snapshot snapshot}.
     *
     * @param name its name
     * @param value its value; empty to forget it
     * @return this host
     */
    public FakeHost fact(String name, String value) {
        synchronized (lock) {
            if (value.isEmpty()) {
                facts.remove(name);
            } else {
                facts.put(name, value);
            }
            return this;
        }
    }

    /**
     * What a program holds.
     *
     * @param name the fact's name
     * @return its value; empty when there is none
     */
    public String fact(String name) {
        synchronized (lock) {
            return facts.getOrDefault(name, "");
        }
    }

    /**
     * This host as it is now, to compare it with what it becomes.
     *
     * @return the snapshot
     */
    public HostSnapshot snapshot() {
        synchronized (lock) {
            return new HostSnapshot(tree.copy(), facts);
        }
    }

    /**
     * Every command that ran, in order.
     *
     * @return a copy
     */
    public List<Execution> executions() {
        synchronized (lock) {
            return List.copyOf(executions);
        }
    }

    /**
     * Lets something go wrong, once; in place of what was to go wrong before.
     *
     * @param fault what, and when
     * @return this host
     */
    public FakeHost inject(Fault fault) {
        faults.arm(fault);
        return this;
    }

    /**
     * Whether the fault that was injected last has happened.
     *
     * @return whether it has
     */
    public boolean struck() {
        return faults.struck();
    }

    /**
     * Lets nothing more go wrong.
     *
     * @return this host
     */
    public FakeHost heal() {
        faults.disarm();
        return this;
    }

    Faults faults() {
        return faults;
    }

    @Override
    public Name server() {
        return server;
    }

    @Override
    public CommandResult run(Command command, Input input) throws InterruptedException {
        return run(Optional.empty(), command, input);
    }

    @Override
    public CommandResult runOnce(String key, Command command, Input input) throws InterruptedException {
        return runOnce(Optional.empty(), key, command, input);
    }

    @Override
    public void stop(String key) throws InterruptedException {
        stop(Optional.empty(), key);
    }

    @Override
    public RunningCommand start(Command command) throws InterruptedException {
        return start(Optional.empty(), command);
    }

    @Override
    public HostFiles files() {
        return files;
    }

    @Override
    public Host fenced(Fence fence) {
        return new FencedHost(this, fence, () -> false);
    }

    /** Does nothing: there is nothing to let go of. */
    @Override
    public void close() {}

    CommandResult run(Optional<Fence> fence, Command command, Input input) throws InterruptedException {
        begin(fence);
        CommandResult result = execute(command, input, Execution.Use.RUN, Set.of());
        faults.effect("\"" + command + "\" was run");
        faults.answering(server.value());
        return result;
    }

    CommandResult runOnce(Optional<Fence> fence, String key, Command command, Input input) throws InterruptedException {
        begin(fence);
        checkKey(key);
        Job job = jobs.computeIfAbsent(key, absent -> new Job());
        synchronized (job) {
            if (job.result.isEmpty()) {
                job.result = Optional.of(execute(command, input, Execution.Use.RUN, Set.of()));
                faults.effect("\"" + command + "\" was run once");
            }
            faults.answering(server.value());
            return job.result.get();
        }
    }

    /** Commands here end before anybody can stop them; what is left of it is who may ask, and for what. */
    void stop(Optional<Fence> fence, String key) throws InterruptedException {
        begin(fence);
        checkKey(key);
    }

    RunningCommand start(Optional<Fence> fence, Command command) throws InterruptedException {
        begin(fence);
        return new FakeProcess(input -> {
            CommandResult result = execute(command, input, Execution.Use.RUN, Set.of(), Integer.MAX_VALUE);
            faults.effect("\"" + command + "\" was run");
            return result;
        });
    }

    /** Every call to the host begins here. */
    void begin(Optional<Fence> fence) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException("interrupted before a call to " + server);
        }
        synchronized (lock) {
            if (fence.isPresent()) {
                String resource = fence.get().resource();
                long token = fence.get().token();
                if (token < fences.getOrDefault(resource, 0L)) {
                    throw new FencedException(server.value(), resource);
                }
                fences.put(resource, token);
            }
            files.recover();
        }
    }

    CommandResult execute(Command command, Input input, Execution.Use use, Set<String> paths) {
        return execute(command, input, use, paths, command.outputLimit());
    }

    private CommandResult execute(Command command, Input input, Execution.Use use, Set<String> paths, int limit) {
        HostSnapshot seen = snapshot();
        Answer answer = faults.failsCommand()
                ? Answer.failed(1, "the test lets this command fail")
                : programs.of(command).apply(new Call(this, command, input));
        synchronized (lock) {
            executions.add(new Execution(command, input, use, answer.exit(), seen, paths));
        }
        byte[] stdout = answer.stdout().getBytes(StandardCharsets.UTF_8);
        byte[] stderr = answer.stderr().getBytes(StandardCharsets.UTF_8);
        return new CommandResult(
                server.value(),
                command,
                answer.exit(),
                Arrays.copyOf(stdout, Math.min(stdout.length, limit)),
                Arrays.copyOf(stderr, Math.min(stderr.length, limit)),
                stdout.length > limit || stderr.length > limit);
    }

    static void checkKey(String key) {
        if (!key.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,99}")) {
            throw new InvalidValueException("key", key, "letters, digits and . _ - only");
        }
    }

    private FakeHost put(String path, Node node) {
        synchronized (lock) {
            String real = tree.place(HostPath.of(path)).orElseThrow();
            tree.putWithParents(real, node);
            return this;
        }
    }

    @Override
    public String toString() {
        return "fake host " + server;
    }
}
