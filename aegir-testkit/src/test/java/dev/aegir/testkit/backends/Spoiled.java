// SPDX-License-Identifier: Apache-2.0
package dev.aegir.testkit.backends;

import dev.aegir.host.Applied;
import dev.aegir.host.Command;
import dev.aegir.host.CommandResult;
import dev.aegir.host.Fence;
import dev.aegir.host.FileChange;
import dev.aegir.host.FileState;
import dev.aegir.host.FileTransaction;
import dev.aegir.host.Host;
import dev.aegir.host.HostFiles;
import dev.aegir.host.Input;
import dev.aegir.host.RunningCommand;
import dev.aegir.model.HostPath;
import dev.aegir.model.Name;
import dev.aegir.model.Server;
import dev.aegir.spi.Backend;
import dev.aegir.spi.Secrets;
import java.util.List;
import java.util.Optional;

/** A good host, of which subclasses spoil one thing. */
class Spoiled implements Host {
    final Host good;

    Spoiled(Host good) {
        this.good = good;
    }

    /** Spoils a host; called for every connection. */
    interface Spoiler {
        Host spoil(Host good);
    }

    /** The good backend with spoiled hosts. */
    record Hosts(Backend good, Spoiler spoiler) implements Backend {
        @Override
        public String scheme() {
            return good.scheme();
        }

        @Override
        public Host connect(Server server, Secrets secrets) throws InterruptedException {
            return spoiler.spoil(good.connect(server, secrets));
        }
    }

    /** Every command is changed before it is handed on, whichever way it runs. */
    Command command(Command command) {
        return command;
    }

    Input input(Input input) {
        return input;
    }

    CommandResult result(CommandResult result, Command command) {
        return result;
    }

    FileTransaction transaction(FileTransaction transaction) {
        return transaction;
    }

    @Override
    public Name server() {
        return good.server();
    }

    @Override
    public CommandResult run(Command command, Input input) throws InterruptedException {
        return result(good.run(command(command), input(input)), command);
    }

    @Override
    public CommandResult runOnce(String key, Command command, Input input) throws InterruptedException {
        return result(good.runOnce(key, command(command), input(input)), command);
    }

    @Override
    public void stop(String key) throws InterruptedException {
        good.stop(key);
    }

    @Override
    public RunningCommand start(Command command) throws InterruptedException {
        return good.start(command(command));
    }

    @Override
    public HostFiles files() {
        return new Files(good.files());
    }

    @Override
    public Host fenced(Fence fence) {
        return good.fenced(fence);
    }

    @Override
    public void close() {
        good.close();
    }

    /** The same for files. */
    class Files implements HostFiles {
        final HostFiles files;

        Files(HostFiles files) {
            this.files = files;
        }

        @Override
        public Optional<byte[]> read(HostPath path, int limit) throws InterruptedException {
            return files.read(path, limit);
        }

        @Override
        public List<String> list(HostPath directory) throws InterruptedException {
            return files.list(directory);
        }

        @Override
        public List<FileState> compare(List<FileChange> changes) throws InterruptedException {
            return files.compare(changes);
        }

        @Override
        public Applied apply(String key, FileTransaction transaction) throws InterruptedException {
            return files.apply(key, transaction(transaction));
        }

        @Override
        public boolean revert(String key, FileTransaction transaction) throws InterruptedException {
            return files.revert(key, transaction(transaction));
        }
    }
}
