// SPDX-License-Identifier: Apache-2.0
package dev.aegir.examples.crash;

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

/** A backend whose hosts have a crash point before and after everything that is done to them. */
record CrashingBackend(Backend backend, CrashPoints points) implements Backend {
    @Override
    public String scheme() {
        return backend.scheme();
    }

    @Override
    public Host connect(Server server, Secrets secrets) throws InterruptedException {
        return new CrashingHost(backend.connect(server, secrets), points);
    }

    private interface Call<T> {
        T call() throws InterruptedException;
    }

    private record CrashingHost(Host host, CrashPoints points) implements Host {
        private <T> T around(String what, Call<T> call) throws InterruptedException {
            points.pass("before " + what);
            T result = call.call();
            points.pass("after " + what);
            return result;
        }

        @Override
        public Name server() {
            return host.server();
        }

        @Override
        public CommandResult run(Command command, Input input) throws InterruptedException {
            return around("running " + command.words().get(0), () -> host.run(command, input));
        }

        @Override
        public CommandResult runOnce(String key, Command command, Input input) throws InterruptedException {
            return around("running once " + command.words().get(0), () -> host.runOnce(key, command, input));
        }

        @Override
        public void stop(String key) throws InterruptedException {
            host.stop(key);
        }

        @Override
        public RunningCommand start(Command command) throws InterruptedException {
            return around("starting " + command.words().get(0), () -> host.start(command));
        }

        @Override
        public HostFiles files() {
            return new CrashingFiles(host.files(), this);
        }

        @Override
        public Host fenced(Fence fence) {
            return new CrashingHost(host.fenced(fence), points);
        }

        @Override
        public void close() {
            host.close();
        }
    }

    private record CrashingFiles(HostFiles files, CrashingHost host) implements HostFiles {
        @Override
        public Optional<byte[]> read(HostPath path, int limit) throws InterruptedException {
            return files.read(path, limit);
        }

        @Override
        public List<String> list(HostPath directory) throws InterruptedException {
            return files.list(directory);
        }

        @Override
        public List<FileState> compare(List<FileChange> wanted) throws InterruptedException {
            return files.compare(wanted);
        }

        @Override
        public Applied apply(String key, FileTransaction transaction) throws InterruptedException {
            return host.around("applying files", () -> files.apply(key, transaction));
        }

        @Override
        public boolean revert(String key, FileTransaction transaction) throws InterruptedException {
            return host.around("reverting files", () -> files.revert(key, transaction));
        }
    }
}
