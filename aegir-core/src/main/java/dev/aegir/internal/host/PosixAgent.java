// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal.host;

import dev.aegir.host.Command;
import dev.aegir.host.CommandResult;
import dev.aegir.host.CommandTimeoutException;
import dev.aegir.host.Fence;
import dev.aegir.host.FencedException;
import dev.aegir.host.HostFiles;
import dev.aegir.host.HostRefusedException;
import dev.aegir.host.HostUnreachableException;
import dev.aegir.host.Input;
import dev.aegir.host.RunningCommand;
import dev.aegir.internal.host.AgentChannel.Answer;
import dev.aegir.model.HostPath;
import dev.aegir.model.Id;
import dev.aegir.model.Name;
import dev.aegir.spi.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** What {@link dev.aegir.spi.PosixHost} does, for one owner or for nobody in particular. Thread-safe. */
public final class PosixAgent {
    /** What a command that must be killed, and the way there and back, may take beyond its own timeout. */
    private static final Duration GRACE = Duration.ofSeconds(60);

    private static final int KILLED = 137;
    private static final int TIMED_OUT = 124;

    /** Notes which process it is, for the day its stream is closed, and becomes the program. */
    private static final String NOTED = "s=$1/streams n=$2; shift 2; { read -r l </proc/$$/stat; (umask 077; set -f;"
            + " [ -d \"$s\" ] || mkdir -p \"$s\"; set -- ${l##*) }; echo \"$$ ${20}\" >\"$s/$n\"); } 2>/dev/null;"
            + " unset s n l; exec \"$@\"";

    private static final String STARTED =
            "cd -- \"$1\" && shift && home=$(getent passwd \"$(id -un)\" | cut -d: -f6) && exec env -i"
                    + " PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
                    + " HOME=\"${home:-/}\" LANG=C.UTF-8 \"$@\"";

    private final Name server;
    private final Connection connection;
    private final List<String> privilege;
    private final AgentPool pool;
    private final Optional<Fence> fence;

    /**
     * Over a connection.
     *
     * @param server the server's name
     * @param connection the connection
     * @param state the state directory on the host
     * @param privilege words before every program
     */
    public PosixAgent(Name server, Connection connection, HostPath state, List<String> privilege) {
        this(
                server,
                connection,
                privilege,
                new AgentPool(server.value(), connection, privilege, state.value()),
                Optional.empty());
    }

    private PosixAgent(
            Name server, Connection connection, List<String> privilege, AgentPool pool, Optional<Fence> fence) {
        this.server = server;
        this.connection = connection;
        this.privilege = privilege;
        this.pool = pool;
        this.fence = fence;
    }

    /** Whose it is. */
    public Name server() {
        return server;
    }

    /** Requests so far. */
    public long requests() {
        return pool.requests();
    }

    /** The same for an owner. */
    public PosixAgent fenced(Fence owner) {
        return new PosixAgent(server, connection, privilege, pool, Optional.of(owner));
    }

    /** The files. */
    public HostFiles files() {
        return new AgentFiles(server.value(), pool, fence);
    }

    /** Runs a command. */
    public CommandResult run(Command command, Input input) throws InterruptedException {
        return result(command, "RUN", "", input);
    }

    /** Runs a command once for a key. */
    public CommandResult runOnce(String key, Command command, Input input) throws InterruptedException {
        AgentFiles.checkKey(key);
        return result(command, "ONCE", key, input);
    }

    private CommandResult result(Command command, String verb, String key, Input input) throws InterruptedException {
        String head = Wire.head(verb, key, fence, command.outputLimit());
        List<byte[]> request = List.of(Wire.lines(Wire.command(command)), input.content());
        long begun = System.nanoTime();
        AgentPool.Lane lane = key.isEmpty() ? AgentPool.Lane.SHORT : AgentPool.Lane.LONG;
        Duration patience = command.timeout().plus(GRACE);
        Answer answer = pool.talk(lane, channel -> pool.ask(channel, head, request, patience));
        switch (answer.status()) {
            case "OK" -> {}
            case "FENCED" ->
                throw new FencedException(
                        server.value(), fence.map(Fence::resource).orElse("?"));
            case "LOST" ->
                throw new HostUnreachableException(
                        server.value(),
                        "\"" + command
                                + "\" was begun there and is gone without an end: the host was restarted, or it was"
                                + " killed; look at what it has done, then try again");
            default -> throw new HostRefusedException(server.value(), answer.text(0));
        }
        String[] ended = answer.text(0).strip().split(" ");
        if (!ended[0].matches("[0-9]{1,3}")) {
            throw new HostRefusedException(server.value(), "how \"" + command + "\" ended could not be kept there");
        }
        int exit = Integer.parseInt(ended[0]);
        // A run that was found again says itself whether it took too long.
        boolean late = ended.length > 1
                || System.nanoTime() - begun >= command.timeout().toNanos();
        if (late && (exit == TIMED_OUT || exit == KILLED)) {
            throw new CommandTimeoutException(server.value(), command);
        }
        byte[] out = answer.sections().get(1);
        byte[] err = answer.sections().get(2);
        int limit = command.outputLimit();
        return new CommandResult(
                server.value(),
                command,
                exit,
                out.length > limit ? Arrays.copyOf(out, limit) : out,
                err.length > limit ? Arrays.copyOf(err, limit) : err,
                out.length > limit || err.length > limit);
    }

    /** Ends the run of a key. */
    public void stop(String key) throws InterruptedException {
        AgentFiles.checkKey(key);
        String head = Wire.head("END", key, fence, 0);
        Answer answer =
                pool.talk(AgentPool.Lane.SHORT, channel -> pool.ask(channel, head, List.of(), AgentPool.PATIENCE));
        if (answer.status().equals("FENCED")) {
            throw new FencedException(server.value(), fence.map(Fence::resource).orElse("?"));
        } else if (!answer.status().equals("OK")) {
            throw new HostRefusedException(server.value(), answer.text(0));
        }
    }

    /** Starts a command over a channel of its own. */
    public RunningCommand start(Command command) throws InterruptedException {
        if (fence.isPresent()) {
            // The stream itself passes no fence: this does, just before.
            run(Command.of("true"), Input.none()).orThrow();
        }
        String stream = Id.next().value();
        List<String> words = new ArrayList<>(privilege);
        words.addAll(List.of("sh", "-c", NOTED, "aegir-stream", pool.state(), stream));
        if (command.user().isPresent()) {
            words.addAll(List.of("runuser", "-u", command.user().get(), "--"));
        }
        words.addAll(List.of(
                "sh",
                "-c",
                STARTED,
                "aegir-start",
                command.directory().map(HostPath::value).orElse("/")));
        command.environment().forEach((name, value) -> words.add(name + "=" + value));
        words.addAll(command.words());
        return new AgentStream(connection.open(words), () -> end(stream));
    }

    /** Makes sure that the program of a stream has ended, if the host can be reached. */
    private void end(String stream) throws InterruptedException {
        String head = Wire.head("CLOSE", stream, Optional.empty(), 0);
        pool.talk(AgentPool.Lane.SHORT, channel -> pool.ask(channel, head, List.of(), AgentPool.PATIENCE));
    }

    /** Closes everything. */
    public void close() {
        pool.close();
        connection.close();
    }
}
