// SPDX-License-Identifier: Apache-2.0
package dev.aegir.testkit;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aegir.host.Command;
import dev.aegir.host.CommandResult;
import dev.aegir.host.DriftPolicy;
import dev.aegir.host.FileChange;
import dev.aegir.host.FileTransaction;
import dev.aegir.host.Host;
import dev.aegir.host.Input;
import dev.aegir.host.RunningCommand;
import dev.aegir.model.HostPath;
import dev.aegir.model.Id;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.function.Executable;

/** A host while its contract is checked, with a directory of its own there, and short words for what the checks do often. */
final class HostUnderTest implements AutoCloseable {
    private final BackendContract contract;
    private final String name = Id.next().value().toLowerCase(Locale.ROOT);
    private final HostPath directory;
    private final List<Host> opened = new ArrayList<>();
    private final ExecutorService threads;
    private Host host;
    private String account = "";

    private HostUnderTest(BackendContract contract) throws InterruptedException {
        this.contract = contract;
        this.directory = contract.scratch().child("aegir-contract-" + name);
        this.host = another();
        this.threads = Executors.newCachedThreadPool(work -> {
            Thread thread = new Thread(work, "contract-" + name);
            thread.setDaemon(true);
            return thread;
        });
    }

    static HostUnderTest of(BackendContract contract) throws InterruptedException {
        HostUnderTest at = new HostUnderTest(contract);
        CommandResult made = at.host.run(Command.of("mkdir", "-m", "0777", at.directory.value()));
        assertTrue(
                made.succeeded(),
                "No directory can be made in scratch(), which is " + contract.scratch() + ": " + made.stderr());
        return at;
    }

    BackendContract contract() {
        return contract;
    }

    /** For what is a matter of moments on a calm machine. */
    Duration patience() {
        return contract.timeLimit().dividedBy(3);
    }

    /** The connection that is looked at. */
    Host host() {
        return host;
    }

    /** One more connection to the same host. */
    Host another() throws InterruptedException {
        Host more = contract.backend().connect(contract.server(), contract.secrets());
        synchronized (opened) {
            opened.add(more);
        }
        return more;
    }

    /** Closes the connection and makes another, as after a crash. */
    void connectAnew() throws InterruptedException {
        host.close();
        host = another();
    }

    /** The directory of this test. */
    HostPath directory() {
        return directory;
    }

    /** Something in it. */
    HostPath path(String child) {
        return directory.resolve(child);
    }

    /** A key nobody has used before. */
    String key(String what) {
        return "contract-" + name + "." + what;
    }

    /** A resource nobody has guarded before. */
    String resource() {
        return "contract:" + name;
    }

    String sh(String script, Object... arguments) throws InterruptedException {
        return host.run(script(script, arguments)).orThrow().stdout();
    }

    /** A command that is a fixed script, with arguments. */
    static Command script(String script, Object... arguments) {
        List<String> words = new ArrayList<>(List.of("sh", "-c", script, "sh"));
        Arrays.stream(arguments).map(Object::toString).forEach(words::add);
        return Command.of(words);
    }

    boolean exists(HostPath path) throws InterruptedException {
        return host.run(script("test -e \"$1\" || test -L \"$1\"", path)).succeeded();
    }

    String text(HostPath path) throws InterruptedException {
        return sh("cat -- \"$1\"", path);
    }

    void put(HostPath path, String text) throws InterruptedException {
        host.run(script("cat >\"$1\"", path), Input.text(text)).orThrow();
    }

    /** All there is in the directory of this test: kinds, modes and contents; what programs kept for the checks is left out. */
    String tree() throws InterruptedException {
        return sh(
                "cd -- \"$1\" && find . -mindepth 1 ! -name 'said.*' -printf '%y %m %p %l\\n' | LC_ALL=C sort"
                        + " && find . -type f ! -name 'said.*' | LC_ALL=C sort | while IFS= read -r file; do"
                        + " printf '== %s\\n' \"$file\"; cat -- \"$file\"; done",
                directory);
    }

    /** The account and group that commands run as, which own what they write. */
    String account() throws InterruptedException {
        if (account.isEmpty()) {
            account = sh("printf %s:%s \"$(id -un)\" \"$(id -gn)\"");
        }
        return account;
    }

    FileChange.Write write(String child, String content) throws InterruptedException {
        return new FileChange.Write(path(child), content, "0644", account(), Optional.empty());
    }

    static FileTransaction change(FileChange... files) {
        return change(DriftPolicy.OVERWRITE, files);
    }

    static FileTransaction change(DriftPolicy drift, FileChange... files) {
        return new FileTransaction(List.of(files), List.of(), List.of(), List.of(), List.of(), drift);
    }

    /** What came of a command whose streams were used. */
    static final class Streamed {
        private final int exit;
        private final byte[] out;
        private final byte[] err;

        private Streamed(int exit, byte[] out, byte[] err) {
            this.exit = exit;
            this.out = out;
            this.err = err;
        }

        int exit() {
            return exit;
        }

        byte[] out() {
            return out.clone();
        }

        byte[] err() {
            return err.clone();
        }

        String text() {
            return new String(out, StandardCharsets.UTF_8);
        }
    }

    /** Runs a command by its streams. */
    Streamed stream(Command command, byte[] input) throws Exception {
        try (RunningCommand running = host.start(command)) {
            Future<byte[]> out = background(() -> running.stdout().readAllBytes());
            Future<byte[]> err = background(() -> running.stderr().readAllBytes());
            try (OutputStream in = running.stdin()) {
                in.write(input);
            }
            byte[] said = out.get(patience().toMillis(), TimeUnit.MILLISECONDS);
            byte[] complained = err.get(patience().toMillis(), TimeUnit.MILLISECONDS);
            int exit = running.waitFor(patience())
                    .orElseThrow(() -> new AssertionError("\"" + command
                            + "\" has closed its outputs, but waitFor says that it still runs after " + patience()));
            return new Streamed(exit, said, complained);
        }
    }

    <T> Future<T> background(Callable<T> work) {
        return threads.submit(work);
    }

    /** What came of work in the background; its failure is ours. */
    <T> T result(Future<T> work) throws Exception {
        try {
            return work.get(60, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw e;
        }
    }

    /** Waits until something holds, and fails when it does not. */
    void eventually(String what, Callable<Boolean> holds) throws Exception {
        long begun = System.nanoTime();
        while (!holds.call()) {
            assertTrue(
                    System.nanoTime() - begun < patience().toNanos(),
                    () -> what + ": not so after " + patience().toMillis() / 1000.0 + " s");
            // What is waited for happens on another machine, which tells nobody.
            Thread.sleep(20);
        }
    }

    void eventuallyThere(HostPath path) throws Exception {
        eventually(path + " is there", () -> exists(path));
    }

    /** Whether a process still does something; one that is dead and not yet buried does not. */
    boolean runs(String pid) throws InterruptedException {
        return host.run(script(
                        "read -r line <\"/proc/$1/stat\" || exit 1; case ${line##*) } in Z*) exit 1 ;; esac", pid))
                .succeeded();
    }

    static <T extends Throwable> T refuses(Class<T> with, String what, Executable call) {
        return Assertions.assertThrows(with, call, what);
    }

    @Override
    public void close() {
        threads.shutdownNow();
        try (Host last = contract.backend().connect(contract.server(), contract.secrets())) {
            last.run(Command.of("rm", "-rf", "--", directory.value()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            synchronized (opened) {
                opened.forEach(Host::close);
            }
        }
    }
}
