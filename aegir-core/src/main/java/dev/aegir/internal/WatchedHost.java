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
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A host that notes whether anything may have reached it. A step that failed because its host was not there has nothing to
 * take back, and must not need the host for that.
 */
final class WatchedHost implements Host {
    private final Host host;
    private final AtomicBoolean touched;

    WatchedHost(Host host, AtomicBoolean touched) {
        this.host = host;
        this.touched = touched;
    }

    /** A call that may reach the host. */
    interface Call<T> {
        T call() throws InterruptedException;
    }

    /** Makes a call, and notes that the host may have been reached unless it surely was not. */
    static <T> T watch(AtomicBoolean touched, Call<T> call) throws InterruptedException {
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
                touched.set(true);
            }
        }
    }

    Host unwatched() {
        return host;
    }

    @Override
    public Name server() {
        return host.server();
    }

    @Override
    public CommandResult run(Command command, Input input) throws InterruptedException {
        return watch(touched, () -> host.run(command, input));
    }

    @Override
    public CommandResult runOnce(String key, Command command, Input input) throws InterruptedException {
        return watch(touched, () -> host.runOnce(key, command, input));
    }

    @Override
    public void stop(String key) throws InterruptedException {
        host.stop(key);
    }

    @Override
    public RunningCommand start(Command command) throws InterruptedException {
        return watch(touched, () -> host.start(command));
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
                return watch(touched, () -> files.apply(key, transaction));
            }

            @Override
            public boolean revert(String key, FileTransaction transaction) throws InterruptedException {
                return watch(touched, () -> files.revert(key, transaction));
            }
        };
    }

    @Override
    public Host fenced(Fence fence) {
        return new WatchedHost(host.fenced(fence), touched);
    }

    @Override
    public void close() {
        // The connection belongs to everybody; steps only borrow it.
    }
}
