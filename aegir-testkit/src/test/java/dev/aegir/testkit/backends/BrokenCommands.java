// SPDX-License-Identifier: Apache-2.0
package dev.aegir.testkit.backends;

import dev.aegir.host.Command;
import dev.aegir.host.CommandResult;
import dev.aegir.host.CommandTimeoutException;
import dev.aegir.host.Host;
import dev.aegir.host.Input;
import dev.aegir.host.RunningCommand;
import dev.aegir.testkit.Never;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;

/** Hosts that spoil commands. */
final class BrokenCommands {
    private BrokenCommands() {}

    private static Command words(Command command, List<String> words) {
        return new Command(
                words,
                command.user(),
                command.directory(),
                command.environment(),
                command.timeout(),
                command.outputLimit());
    }

    private static Command shell(Command command, String script, String... more) {
        List<String> words = new ArrayList<>(List.of("sh", "-c", script));
        words.addAll(List.of(more));
        words.addAll(command.words());
        return words(command, words);
    }

    /** As those do who glue words together for a remote shell. */
    static final class GluesWords extends Spoiled {
        GluesWords(Host good) {
            super(good);
        }

        @Override
        Command command(Command command) {
            String line =
                    command.words().stream().map(word -> "\"" + word + "\"").collect(Collectors.joining(" "));
            return words(command, List.of("sh", "-c", line));
        }
    }

    static final class LosesEmptyWords extends Spoiled {
        LosesEmptyWords(Host good) {
            super(good);
        }

        @Override
        Command command(Command command) {
            return words(
                    command,
                    command.words().stream().filter(word -> !word.isEmpty()).toList());
        }
    }

    static final class CutsLongWords extends Spoiled {
        CutsLongWords(Host good) {
            super(good);
        }

        @Override
        Command command(Command command) {
            return words(
                    command,
                    command.words().stream()
                            .map(word -> word.substring(0, Math.min(word.length(), 65_535)))
                            .toList());
        }
    }

    static final class TrimsWords extends Spoiled {
        TrimsWords(Host good) {
            super(good);
        }

        @Override
        Command command(Command command) {
            return words(
                    command, command.words().stream().map(String::stripTrailing).toList());
        }
    }

    static final class ReadsInAnotherCharset extends Spoiled {
        ReadsInAnotherCharset(Host good) {
            super(good);
        }

        @Override
        Input input(Input input) {
            return Input.text(new String(input.content(), StandardCharsets.UTF_8));
        }
    }

    static final class LeaksItsEnvironment extends Spoiled {
        LeaksItsEnvironment(Host good) {
            super(good);
        }

        @Override
        Command command(Command command) {
            return command.environment("SSH_CLIENT", "192.0.2.1");
        }
    }

    static final class IgnoresTheDirectory extends Spoiled {
        IgnoresTheDirectory(Host good) {
            super(good);
        }

        @Override
        Command command(Command command) {
            return new Command(
                    command.words(),
                    command.user(),
                    Optional.empty(),
                    command.environment(),
                    command.timeout(),
                    command.outputLimit());
        }
    }

    static final class IgnoresTheAccount extends Spoiled {
        IgnoresTheAccount(Host good) {
            super(good);
        }

        @Override
        Command command(Command command) {
            return new Command(
                    command.words(),
                    Optional.empty(),
                    command.directory(),
                    command.environment(),
                    command.timeout(),
                    command.outputLimit());
        }
    }

    static final class KnowsOneExitCode extends Spoiled {
        KnowsOneExitCode(Host good) {
            super(good);
        }

        @Override
        CommandResult result(CommandResult result, Command command) {
            int exit = Math.min(result.exit(), 1);
            return new CommandResult(
                    "here",
                    command,
                    exit,
                    result.stdoutBytes(),
                    result.stderr().getBytes(StandardCharsets.UTF_8),
                    result.truncated());
        }
    }

    static final class SaysNothingOfWhatItCut extends Spoiled {
        SaysNothingOfWhatItCut(Host good) {
            super(good);
        }

        @Override
        CommandResult result(CommandResult result, Command command) {
            return new CommandResult(
                    "here",
                    command,
                    result.exit(),
                    result.stdoutBytes(),
                    result.stderr().getBytes(StandardCharsets.UTF_8),
                    false);
        }
    }

    /** What it does not want it does not read either, so that the program is killed by a broken pipe. */
    static final class StopsReading extends Spoiled {
        StopsReading(Host good) {
            super(good);
        }

        @Override
        Command command(Command command) {
            return command.outputLimit() > 1000
                    ? command
                    : shell(command, "{ { \"$@\"; echo $? >&3; } 2>&1 | head -c 1001; } 3>/dev/null", "-");
        }
    }

    static final class MixesTheOutputs extends Spoiled {
        MixesTheOutputs(Host good) {
            super(good);
        }

        @Override
        Command command(Command command) {
            return shell(command, "exec \"$@\" 2>&1", "-");
        }
    }

    /** What the command started is in a process group of its own. */
    static final class KillsTheFirstProcessOnly extends Spoiled {
        KillsTheFirstProcessOnly(Host good) {
            super(good);
        }

        @Override
        Command command(Command command) {
            return shell(command, "setsid \"$@\" & wait $!", "-");
        }

        @Override
        public CommandResult run(Command command, Input input) throws InterruptedException {
            try {
                return super.run(command, input);
            } catch (CommandTimeoutException e) {
                Never.begins();
                throw e;
            }
        }
    }

    static final class TimeoutIsAResult extends Spoiled {
        TimeoutIsAResult(Host good) {
            super(good);
        }

        @Override
        public CommandResult run(Command command, Input input) throws InterruptedException {
            try {
                return super.run(command, input);
            } catch (CommandTimeoutException e) {
                return new CommandResult("here", command, 124, new byte[0], new byte[0], false);
            }
        }
    }

    /** The common pool may have a single thread. */
    private static void inAThread(Runnable work) {
        Thread thread = new Thread(work, "broken-host");
        thread.setDaemon(true);
        thread.start();
    }

    static final class CannotBeInterrupted extends Spoiled {
        CannotBeInterrupted(Host good) {
            super(good);
        }

        @Override
        public CommandResult run(Command command, Input input) throws InterruptedException {
            Future<CommandResult> result = CompletableFuture.supplyAsync(
                    () -> {
                        try {
                            return good.run(command, input);
                        } catch (InterruptedException e) {
                            throw new IllegalStateException(e);
                        }
                    },
                    BrokenCommands::inAThread);
            while (true) {
                try {
                    return result.get();
                } catch (InterruptedException e) {
                    Never.begins();
                } catch (ExecutionException e) {
                    throw new IllegalStateException(e);
                }
            }
        }
    }

    /** Two threads that ask at the same time may get each other's answers. */
    static final class MixesThreads extends Spoiled {
        private final AtomicBoolean held = new AtomicBoolean();
        private final CountDownLatch another = new CountDownLatch(1);
        private volatile Command next = Command.of("true");

        MixesThreads(Host good) {
            super(good);
        }

        @Override
        public CommandResult run(Command command, Input input) throws InterruptedException {
            next = command;
            // Whoever comes first with an input is held until another thread has come between.
            if (input.content().length > 0) {
                if (held.compareAndSet(false, true)) {
                    another.await();
                } else {
                    another.countDown();
                }
            }
            return good.run(next, input);
        }
    }

    static final class PutsSecretsOnTheCommandLine extends Spoiled {
        PutsSecretsOnTheCommandLine(Host good) {
            super(good);
        }

        @Override
        public CommandResult run(Command command, Input input) throws InterruptedException {
            if (!input.toString().equals("(secret)")) {
                return super.run(command, input);
            }
            String secret = new String(input.content(), StandardCharsets.UTF_8);
            return good.run(
                    shell(command, "secret=$1; shift; printf %s \"$secret\" | \"$@\"", "-", secret), Input.none());
        }
    }

    static final class PutsSecretsInTheEnvironment extends Spoiled {
        PutsSecretsInTheEnvironment(Host good) {
            super(good);
        }

        @Override
        public CommandResult runOnce(String key, Command command, Input input) throws InterruptedException {
            if (!input.toString().equals("(secret)")) {
                return super.runOnce(key, command, input);
            }
            Command told = shell(command, "printf %s \"$INPUT\" | \"$@\"", "-")
                    .environment("INPUT", new String(input.content(), StandardCharsets.UTF_8));
            return good.runOnce(key, told, Input.none());
        }
    }

    /** Tells what it was given when something goes wrong. */
    static final class ComplainsWithTheInput extends Spoiled {
        ComplainsWithTheInput(Host good) {
            super(good);
        }

        @Override
        public CommandResult run(Command command, Input input) throws InterruptedException {
            CommandResult result = super.run(command, input);
            return result.succeeded()
                    ? result
                    : new CommandResult(
                            "here", command, result.exit(), result.stdoutBytes(), input.content(), result.truncated());
        }
    }

    /** Streams that are spoiled. */
    abstract static class SpoiledStreams extends Spoiled {
        SpoiledStreams(Host good) {
            super(good);
        }

        abstract RunningCommand spoil(RunningCommand running);

        @Override
        public RunningCommand start(Command command) throws InterruptedException {
            return spoil(good.start(command));
        }
    }

    static final class LeavesProgramsRunning extends SpoiledStreams {
        LeavesProgramsRunning(Host good) {
            super(good);
        }

        @Override
        public RunningCommand start(Command command) throws InterruptedException {
            Never.ends();
            // Nobody who looks for what the shell has started finds the program.
            String away = "exec 3<&0; (setsid \"$@\" <&3 3<&- &); exec sleep 600 <&- >&- 2>&- 3<&-";
            return spoil(good.start(shell(command, away, "-")));
        }

        @Override
        RunningCommand spoil(RunningCommand running) {
            return new Streams(running, running.stdout(), running.stdin(), Never::begins);
        }
    }

    static final class HoldsOutputBackUntilTheEnd extends SpoiledStreams {
        HoldsOutputBackUntilTheEnd(Host good) {
            super(good);
        }

        @Override
        RunningCommand spoil(RunningCommand running) {
            InputStream late = new InputStream() {
                private Optional<InputStream> all = Optional.empty();

                @Override
                public int read() throws IOException {
                    if (all.isEmpty()) {
                        all = Optional.of(
                                new ByteArrayInputStream(running.stdout().readAllBytes()));
                    }
                    return all.get().read();
                }
            };
            Never.begins();
            return new Streams(running, late, running.stdin(), () -> {});
        }
    }

    static final class LosesTheEndOfInput extends SpoiledStreams {
        LosesTheEndOfInput(Host good) {
            super(good);
        }

        @Override
        RunningCommand spoil(RunningCommand running) {
            OutputStream shorter = new OutputStream() {
                private int written;

                @Override
                public void write(int b) throws IOException {
                    if (written++ < 1 << 20) {
                        running.stdin().write(b);
                    }
                }

                @Override
                public void close() throws IOException {
                    running.stdin().close();
                }
            };
            return new Streams(running, running.stdout(), shorter, () -> {});
        }
    }

    private record Streams(RunningCommand good, InputStream stdout, OutputStream stdin, Runnable closed)
            implements RunningCommand {
        @Override
        public InputStream stderr() {
            return good.stderr();
        }

        @Override
        public OptionalInt waitFor(Duration limit) throws InterruptedException {
            return good.waitFor(limit);
        }

        @Override
        public void close() {
            closed.run();
            try {
                good.stdin().close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } finally {
                good.close();
            }
        }
    }
}
