// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal;

import dev.aegir.host.Applied;
import dev.aegir.host.Command;
import dev.aegir.host.CommandResult;
import dev.aegir.host.Fence;
import dev.aegir.host.FencedException;
import dev.aegir.host.FileChange;
import dev.aegir.host.FileState;
import dev.aegir.host.FileTransaction;
import dev.aegir.host.Host;
import dev.aegir.host.HostFiles;
import dev.aegir.host.HostUnreachableException;
import dev.aegir.host.Input;
import dev.aegir.host.RunningCommand;
import dev.aegir.model.HostPath;
import dev.aegir.model.Name;
import dev.aegir.model.Server;
import dev.aegir.spi.Backend;
import dev.aegir.spi.Secrets;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Function;

/** Machines at {@code fake:} addresses that have nothing but a memory of what they were asked. */
public final class Machines implements Backend {
    /** What was asked of them, "web1: true" for a command, by everybody. */
    final List<String> asked = new CopyOnWriteArrayList<>();

    /** Machines that are away. */
    final Set<String> away = ConcurrentHashMap.newKeySet();

    /** What the machines say they have. */
    volatile String facts = "software.nginx=1.22\nclock=1767225600\nbad line\nx=\u001b[2Jy\n=z\n";

    /** What a command that fails says; empty for none. */
    volatile String broken = "";

    /** What other commands say. */
    volatile Function<Command, String> says = command -> "";

    /** Is told of what is asked of them before it is done. */
    volatile Consumer<String> heard = what -> {};
    /** What is done before a command that has this word is answered. */
    volatile String slow = "";

    volatile Slowness slowness = () -> {};

    /** Something that takes long. */
    interface Slowness {
        void pass() throws InterruptedException;
    }

    private final Map<String, Long> tokens = new ConcurrentHashMap<>();
    final List<String> fences = new CopyOnWriteArrayList<>();

    @Override
    public String scheme() {
        return "fake";
    }

    @Override
    public Host connect(Server server, Secrets secrets) {
        check(server.name());
        return new Machine(server.name(), Optional.empty());
    }

    private void check(Name server) {
        if (away.contains(server.value())) {
            throw new HostUnreachableException(
                    server.value(), "connection refused; is it running?", new IOException("refused"), true);
        }
    }

    private final class Machine implements Host {
        private final Name name;
        private final Optional<Fence> fence;

        Machine(Name name, Optional<Fence> fence) {
            this.name = name;
            this.fence = fence;
        }

        private void ask(String what) {
            check(name);
            fence.ifPresent(own -> {
                fences.add(own.resource());
                long highest = tokens.merge(name + " " + own.resource(), own.token(), Math::max);
                if (own.token() < highest) {
                    throw new FencedException(name.value(), own.resource());
                }
            });
            heard.accept(name + ": " + what);
            asked.add(name + ": " + what);
        }

        @Override
        public Name server() {
            return name;
        }

        @Override
        public CommandResult run(Command command, Input input) throws InterruptedException {
            ask(command.toString());
            if (command.words().contains(slow)) {
                slowness.pass();
            }
            boolean looks = command.words().equals(List.of("sh", "-s"));
            return new CommandResult(
                    name.value(),
                    command,
                    command.words().get(0).equals("false")
                                    || !broken.isEmpty() && command.words().contains(broken)
                            ? 1
                            : 0,
                    (looks ? facts : says.apply(command)).getBytes(StandardCharsets.UTF_8),
                    new byte[0],
                    false);
        }

        @Override
        public void stop(String key) {
            // Commands here end before anybody can stop them.
        }

        @Override
        public CommandResult runOnce(String key, Command command, Input input) throws InterruptedException {
            return run(command, input);
        }

        @Override
        public RunningCommand start(Command command) {
            throw new UnsupportedOperationException("nothing is streamed here");
        }

        @Override
        public HostFiles files() {
            return new Files();
        }

        @Override
        public Host fenced(Fence own) {
            return new Machine(name, Optional.of(own));
        }

        @Override
        public void close() {
            // There is nothing to let go of.
        }

        private final class Files implements HostFiles {
            @Override
            public Optional<byte[]> read(HostPath path, int limit) {
                return Optional.empty();
            }

            @Override
            public List<String> list(HostPath directory) {
                return List.of();
            }

            @Override
            public List<FileState> compare(List<FileChange> files) {
                check(name);
                return List.of();
            }

            @Override
            public Applied apply(String key, FileTransaction transaction) {
                List<HostPath> paths = new ArrayList<>();
                transaction.files().forEach(file -> paths.add(file.path()));
                ask("apply " + paths);
                return new Applied(paths, List.of(), "");
            }

            @Override
            public boolean revert(String key, FileTransaction transaction) {
                ask("revert");
                return true;
            }
        }
    }
}
