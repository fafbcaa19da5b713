// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal;

import dev.aegir.host.Applied;
import dev.aegir.host.Command;
import dev.aegir.host.CommandResult;
import dev.aegir.host.Fence;
import dev.aegir.host.FileChange;
import dev.aegir.host.FileState;
import dev.aegir.host.FileTransaction;
import dev.aegir.host.Host;
import dev.aegir.host.HostFiles;
import dev.aegir.host.HostRefusedException;
import dev.aegir.host.HostUnreachableException;
import dev.aegir.host.Input;
import dev.aegir.host.RunningCommand;
import dev.aegir.model.HostPath;
import dev.aegir.model.Name;
import java.util.List;
import java.util.Optional;

/**
 * A host that notes whether anything may have reached it. A step that failed because its host was not there has nothing to
 * take back, and must not need the host for that.
 */
final class WatchedHost implements Host {
    private final Host host;
    private final StepScope scope;

    WatchedHost(Host host, StepScope scope) {
        this.host = host;
        this.scope = scope;
    }

    /** A call that may reach the host. */
    interface Call<T> {
        T call() throws InterruptedException;
    }

    /** Makes a call, and notes that the host may have been reached unless it surely was not. */
    private <T> T watch(Call<T> call) throws InterruptedException {
        scope.check();
        boolean surelyNot = false;
        try {
            return call.call();
        } catch (HostUnreachableException e) {
            surelyNot = e.nothingSent();
            throw e;
        } catch (HostRefusedException e) {
            surelyNot = true;
            throw e;
        } finally {
            if (!surelyNot) {
                scope.touch();
            }
        }
    }

    @Override
    public Name server() {
        return host.server();
    }

    @Override
    public CommandResult run(Command command, Input input) throws InterruptedException {
        return watch(() -> host.run(command, input));
    }

    @Override
    public CommandResult runOnce(String key, Command command, Input input) throws InterruptedException {
        return watch(() -> host.runOnce(key, command, input));
    }

    @Override
    public void stop(String key) throws InterruptedException {
        host.stop(key);
    }

    @Override
    public RunningCommand start(Command command) throws InterruptedException {
        return watch(() -> host.start(command));
    }

    @Override
    public HostFiles files() {
        HostFiles files = host.files();
        return new HostFiles() {
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
                return watch(() -> files.apply(key, transaction));
            }

            @Override
            public boolean revert(String key, FileTransaction transaction) throws InterruptedException {
                return watch(() -> files.revert(key, transaction));
            }
        };
    }

    @Override
    public Host fenced(Fence fence) {
        return new WatchedHost(host.fenced(fence), scope);
    }

    @Override
    public void close() {
        // The connection belongs to everybody; steps only borrow it.
    }
}
