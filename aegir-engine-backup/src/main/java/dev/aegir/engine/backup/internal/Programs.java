// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.backup.internal;

import dev.aegir.host.Command;
import dev.aegir.host.CommandResult;
import dev.aegir.host.Host;
import dev.aegir.host.Input;
import dev.aegir.host.RunningCommand;
import dev.aegir.task.StepContext;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Scripts whose programs say one by one how they ended, run alone or one's output into another's input. Bytes are never kept,
 * whatever their number.
 */
public final class Programs {
    private static final String ENDED = "aegir-ended ";
    private static final String SAID = "aegir-said ";
    private static final int KEPT_LINES = 20;
    private static final int KEPT_OF_A_LINE = 1000;
    private static final int MOST_SAID = 25_000;
    private static final int MOST_COMPLAINTS = 16 << 20;

    /** A path has at most 4095 bytes, of which each may be escaped by four characters, and leads to another. */
    static final int LONGEST_LINE = 40_000;

    private Programs() {}

    /**
     * How they ended.
     *
     * @param exit the exit code of the script that was last in the chain
     * @param output what it printed, when that was not given away
     * @param ended the exit codes of the programs that said theirs
     * @param complaints the last of what else was said
     * @param said what a script said on purpose beside its output, byte by byte as ISO-8859-1
     */
    public record Ended(int exit, String output, Map<String, Integer> ended, String complaints, List<String> said) {
        /** Without anything said on purpose. */
        public Ended(int exit, String output, Map<String, Integer> ended, String complaints) {
            this(exit, output, ended, complaints, List.of());
        }

        /** Copies. */
        public Ended {
            ended = new TreeMap<>(ended);
            said = List.copyOf(said);
        }

        /** Whether a program ended well; one that said nothing was killed with its shell. */
        public boolean well(String program) {
            return ended.getOrDefault(program, -1) == 0;
        }

        /** For messages: what ended otherwise, and what was said. */
        public String why() {
            String bad = ended.entrySet().stream()
                    .filter(each -> each.getValue() != 0)
                    .map(each -> each.getKey() + " ended with " + each.getValue())
                    .collect(Collectors.joining(", "));
            String said = complaints.isBlank() ? "" : ": " + complaints.strip();
            return (bad.isEmpty() ? "it ended with " + exit : bad) + said;
        }
    }

    /** Runs a script that prints little. */
    public static Ended run(Host host, Command command) throws InterruptedException {
        return run(host, command, Input.none());
    }

    /** The same, of a script that reads something. */
    public static Ended run(Host host, Command command, Input input) throws InterruptedException {
        return ended(host.run(patient(command), input));
    }

    /** Runs a script and looks at every line it prints, byte by byte as ISO-8859-1, until one is enough. */
    public static Ended run(Host host, Command command, Predicate<String> lines) throws InterruptedException {
        return run(host, command, Input.none(), lines);
    }

    /** The same, of a script that reads little. */
    public static Ended run(Host host, Command command, Input input, Predicate<String> lines)
            throws InterruptedException {
        try (RunningCommand running = host.start(command)) {
            Complaints complaints = new Complaints();
            CompletableFuture<Void> said = complaints.of(running.stderr());
            give(input, running.stdin());
            AtomicBoolean enough = new AtomicBoolean();
            read(running.stdout(), line -> {
                enough.set(!lines.test(line));
                return !enough.get();
            });
            // Whoever has seen enough does not care how the rest would have ended; closing ends it.
            return enough.get() ? new Ended(-1, "", Map.of(), "it was stopped") : ended(running, said, complaints, "");
        }
    }

    /**
     * Runs a script that needs nobody who listens: it goes on when the connection or this program dies, and whoever runs the step
     * again waits for it, or ends it when it was of an earlier attempt.
     */
    public static Ended once(StepContext context, Host host, String what, Command command) throws InterruptedException {
        return once(context, host, what, command, Input.none());
    }

    /** The same, of a script that reads something. */
    public static Ended once(StepContext context, Host host, String what, Command command, Input input)
            throws InterruptedException {
        for (int attempt = 1; attempt < context.attempt(); attempt++) {
            host.stop(key(context, what, attempt));
        }
        return ended(host.runOnce(key(context, what, context.attempt()), patient(command), input));
    }

    private static Command patient(Command command) {
        return new Command(
                command.words(),
                command.user(),
                command.directory(),
                command.environment(),
                command.timeout(),
                MOST_COMPLAINTS);
    }

    private static Ended ended(CommandResult result) {
        Complaints complaints = new Complaints();
        // As the streams are read: byte by byte.
        new String(result.stderr().getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1)
                .lines()
                .forEach(complaints::add);
        return complaints.all(result.exit(), result.stdout());
    }

    /** Ends what {@link #once} began, so that it can be taken back. */
    public static void stop(StepContext context, Host host, String what) throws InterruptedException {
        begun(context, host, what).stop();
    }

    /**
     * What {@link #once} begins, has begun, or will have. Thread-safe.
     *
     * @param host where it runs
     * @param keys under which names, one for each attempt
     */
    public record Begun(Host host, List<String> keys) {
        /** Copies. */
        public Begun {
            keys = List.copyOf(keys);
        }

        /** Ends it, if it runs. */
        public void stop() throws InterruptedException {
            for (String key : keys) {
                host.stop(key);
            }
        }
    }

    /** For a thread that is not the step's. */
    public static Begun begun(StepContext context, Host host, String what) {
        return new Begun(
                host,
                IntStream.rangeClosed(1, context.attempt())
                        .mapToObj(attempt -> key(context, what, attempt))
                        .toList());
    }

    private static String key(StepContext context, String what, int attempt) {
        return context.key() + "." + what + "." + attempt;
    }

    /** Lets what one script prints be what another reads. */
    public static Ended pipe(Host from, Command source, Host to, Command target) throws InterruptedException {
        return pipe(from, source, Input.none(), to, target, Input.none());
    }

    /** The same, after each of them has read something else. */
    public static Ended pipe(Host from, Command source, Input before, Host to, Command target, Input first)
            throws InterruptedException {
        return pipe(from, source, to, target, first, out -> later(() -> give(before, out.stdin())));
    }

    /** The same, while the first of them reads what a third prints. */
    public static Ended pipe(Host first, Command feed, Host from, Command source, Host to, Command target)
            throws InterruptedException {
        try (RunningCommand feeding = first.start(feed)) {
            Complaints complaints = new Complaints();
            CompletableFuture<Void> said = complaints.of(feeding.stderr());
            close(feeding.stdin());
            Ended ended = pipe(
                    from,
                    source,
                    to,
                    target,
                    Input.none(),
                    out -> later(() -> pour(Input.none(), feeding.stdout(), out.stdin())));
            complaints.ended("feed", feeding.waitFor(Duration.ofMinutes(1)).orElse(124));
            said.join();
            Map<String, Integer> all = new TreeMap<>(ended.ended());
            all.putAll(complaints.exits());
            return new Ended(
                    ended.exit(),
                    ended.output(),
                    all,
                    (ended.complaints() + "\n" + complaints.text()).strip(),
                    ended.said());
        }
    }

    /** Gives the source what it is to read, and ends that. */
    private interface Feed {
        CompletableFuture<Void> into(RunningCommand source);
    }

    private static Ended pipe(Host from, Command source, Host to, Command target, Input first, Feed feed)
            throws InterruptedException {
        try (RunningCommand out = from.start(source);
                RunningCommand in = to.start(target)) {
            Complaints complaints = new Complaints();
            CompletableFuture<Void> sourceSaid = complaints.of(out.stderr());
            CompletableFuture<Void> targetSaid = complaints.of(in.stderr());
            StringBuilder output = new StringBuilder();
            CompletableFuture<Void> printed = later(() -> read(in.stdout(), line -> {
                if (output.length() < 64 * 1024) {
                    output.append(line).append('\n');
                }
                return true;
            }));
            CompletableFuture<Void> fed = feed.into(out);
            boolean whole = pour(first, out.stdout(), in.stdin());
            if (!whole) {
                // The target reads no more, and says why; the source would wait for it for ever.
                end(out);
            }
            OptionalInt sourceExit = whole ? out.waitFor(Scripts.LONG) : OptionalInt.of(1);
            printed.join();
            Ended ended = ended(in, targetSaid, complaints, output.toString());
            if (whole) {
                fed.join();
                sourceSaid.join();
            }
            complaints.ended("source", sourceExit.orElse(124));
            return complaints.all(ended.exit(), ended.output());
        }
    }

    /**
     * Lets what one script prints be what another reads after something else, and looks at every line that the other prints, byte by
     * byte as ISO-8859-1.
     */
    public static Ended sift(Host from, Command source, Host to, Command target, Input first, Predicate<String> lines)
            throws InterruptedException {
        try (RunningCommand out = from.start(source);
                RunningCommand in = to.start(target)) {
            Complaints complaints = new Complaints();
            CompletableFuture<Void> sourceSaid = complaints.of(out.stderr());
            CompletableFuture<Void> targetSaid = complaints.of(in.stderr());
            close(out.stdin());
            AtomicBoolean whole = new AtomicBoolean();
            CompletableFuture<Void> poured = later(() -> {
                whole.set(pour(first, out.stdout(), in.stdin()));
                if (!whole.get()) {
                    end(out);
                }
            });
            read(in.stdout(), lines);
            Ended ended = ended(in, targetSaid, complaints, "");
            poured.join();
            OptionalInt exit = whole.get() ? out.waitFor(Scripts.LONG) : OptionalInt.of(1);
            if (whole.get()) {
                sourceSaid.join();
            }
            complaints.ended("source", exit.orElse(124));
            return complaints.all(ended.exit(), "");
        }
    }

    private static Ended ended(
            RunningCommand running, CompletableFuture<Void> said, Complaints complaints, String output)
            throws InterruptedException {
        int exit = running.waitFor(Duration.ofHours(1)).orElse(124);
        said.join();
        return complaints.all(exit, output);
    }

    private static void end(RunningCommand running) {
        running.close();
    }

    private static boolean pour(Input first, InputStream from, OutputStream to) {
        try (to) {
            to.write(first.content());
            byte[] buffer = new byte[256 * 1024];
            for (int read = from.read(buffer); read >= 0; read = from.read(buffer)) {
                to.write(buffer, 0, read);
            }
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static void close(OutputStream stream) {
        give(Input.none(), stream);
    }

    private static void give(Input input, OutputStream stream) {
        try (stream) {
            stream.write(input.content());
        } catch (IOException e) {
            // It had ended, or its host is gone: waiting for it says so.
        }
    }

    /**
     * Reads lines that end with a line feed, of each no more than a limit that no honest line reaches; whether none of them was
     * enough.
     */
    private static boolean read(InputStream stream, Predicate<String> lines) {
        try (stream) {
            ByteArrayOutputStream line = new ByteArrayOutputStream();
            byte[] buffer = new byte[64 * 1024];
            for (int read = stream.read(buffer); read >= 0; read = stream.read(buffer)) {
                int from = 0;
                for (int at = 0; at < read; at++) {
                    if (buffer[at] == '\n') {
                        add(line, buffer, from, at);
                        if (!lines.test(line.toString(StandardCharsets.ISO_8859_1))) {
                            return false;
                        }
                        line.reset();
                        from = at + 1;
                    }
                }
                add(line, buffer, from, read);
            }
            return line.size() == 0 || lines.test(line.toString(StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            // It was ended, or its host is gone: waiting for it says so.
            return false;
        }
    }

    private static void add(ByteArrayOutputStream line, byte[] buffer, int from, int to) {
        line.write(buffer, from, Math.min(to - from, LONGEST_LINE - line.size()));
    }

    /** On a thread of its own; whoever waits for it hears of what goes wrong there. */
    private static CompletableFuture<Void> later(Runnable reading) {
        return CompletableFuture.runAsync(reading, task -> {
            Thread reader = new Thread(task, "aegir-backup");
            reader.setDaemon(true);
            reader.start();
        });
    }

    /** What is said on standard error: how programs ended, and the last lines of everything else. */
    private static final class Complaints {
        private final Map<String, Integer> exits = new TreeMap<>();
        private final Deque<String> last = new ArrayDeque<>();
        private final List<String> said = new ArrayList<>();

        CompletableFuture<Void> of(InputStream stream) {
            return later(() -> read(stream, this::add));
        }

        private synchronized boolean add(String line) {
            if (line.isEmpty()) {
                return true;
            }
            String[] words =
                    line.startsWith(ENDED) ? line.substring(ENDED.length()).split(" ", -1) : new String[0];
            if (words.length == 2 && words[1].matches("[0-9]{1,3}")) {
                exits.put(words[0], Integer.parseInt(words[1]));
                return true;
            }
            if (line.startsWith(SAID) && said.size() < MOST_SAID) {
                said.add(line.substring(SAID.length()));
                return true;
            }
            if (last.size() == KEPT_LINES) {
                last.removeFirst();
            }
            last.addLast(line.length() > KEPT_OF_A_LINE ? line.substring(0, KEPT_OF_A_LINE) : line);
            return true;
        }

        synchronized void ended(String program, int exit) {
            exits.put(program, exit);
        }

        synchronized Ended all(int exit, String output) {
            return new Ended(exit, output, exits, text(), said);
        }

        synchronized Map<String, Integer> exits() {
            return new TreeMap<>(exits);
        }

        synchronized String text() {
            return new String(String.join("\n", last).getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
        }
    }
}
