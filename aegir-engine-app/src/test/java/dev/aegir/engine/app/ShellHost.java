// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.app;

import dev.aegir.host.Command;
import dev.aegir.host.CommandResult;
import dev.aegir.host.Fence;
import dev.aegir.host.Host;
import dev.aegir.host.HostFiles;
import dev.aegir.host.HostUnreachableException;
import dev.aegir.host.Input;
import dev.aegir.host.RunningCommand;
import dev.aegir.model.Name;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A host for tests of programs that run on it: commands only, real ones, started by whatever starts programs there. Counts
 * round trips.
 */
final class ShellHost implements Host {
    /** Starts a program and waits for its end. */
    interface Launcher {
        /** Exit code, standard output, standard error. */
        record Ended(int exit, byte[] stdout, byte[] stderr) {}

        Ended run(List<String> words, byte[] input) throws InterruptedException;
    }

    private final Name server;
    private final Launcher launcher;
    private final Map<String, CommandResult> once = new HashMap<>();
    private final List<Command> commands = new ArrayList<>();
    private String path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    private boolean cut;

    ShellHost(String server, Launcher launcher) {
        this.server = Name.of(server);
        this.launcher = launcher;
    }

    /** Programs in this directory come before the system's. */
    ShellHost first(String directory) {
        path = directory + ":" + path;
        return this;
    }

    /** The next job that runs once is done, but the connection breaks before it answers. */
    void cutNext() {
        cut = true;
    }

    List<Command> commands() {
        return commands;
    }

    @Override
    public Name server() {
        return server;
    }

    @Override
    public CommandResult run(Command command, Input input) throws InterruptedException {
        if (command.user().isPresent() || command.directory().isPresent()) {
            throw new UnsupportedOperationException(
                    "the code engines choose their accounts and directories themselves");
        }
        commands.add(command);
        List<String> words = new ArrayList<>(List.of("env", "-i", "PATH=" + path, "HOME=/root", "LANG=C.UTF-8"));
        command.environment().forEach((name, value) -> words.add(name + "=" + value));
        words.addAll(command.words());
        Launcher.Ended ended = launcher.run(words, input.content());
        return new CommandResult(server.value(), command, ended.exit(), ended.stdout(), ended.stderr(), false);
    }

    @Override
    public void stop(String key) {
        // Runs here end before anybody can stop them.
    }

    @Override
    public CommandResult runOnce(String key, Command command, Input input) throws InterruptedException {
        CommandResult known = once.get(key);
        if (known != null) {
            commands.add(command);
            return known;
        }
        CommandResult result = run(command, input);
        if (result.exit() == 137) {
            throw new HostUnreachableException(server.value(), "the job was killed");
        }
        once.put(key, result);
        if (cut) {
            cut = false;
            throw new HostUnreachableException(server.value(), "the connection broke");
        }
        return result;
    }

    @Override
    public RunningCommand start(Command command) {
        throw new UnsupportedOperationException("the code engines start nothing");
    }

    @Override
    public HostFiles files() {
        throw new UnsupportedOperationException("the code engines use no transactions");
    }

    @Override
    public Host fenced(Fence fence) {
        return this;
    }

    @Override
    public void close() {}
}
