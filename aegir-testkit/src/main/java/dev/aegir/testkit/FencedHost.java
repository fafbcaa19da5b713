// SPDX-License-Identifier: Apache-2.0
package dev.aegir.testkit;

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
import dev.aegir.model.RefusedException;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** A fake host for one owner, as long as its lease lasts. */
final class FencedHost implements Host {
    private final FakeHost host;
    private final Fence fence;
    private final BooleanSupplier ended;

    FencedHost(FakeHost host, Fence fence, BooleanSupplier ended) {
        this.host = host;
        this.fence = fence;
        this.ended = ended;
    }

    @Override
    public Name server() {
        return host.server();
    }

    @Override
    public CommandResult run(Command command, Input input) throws InterruptedException {
        return host.run(fence(), command, input);
    }

    @Override
    public CommandResult runOnce(String key, Command command, Input input) throws InterruptedException {
        return host.runOnce(fence(), key, command, input);
    }

    @Override
    public void stop(String key) throws InterruptedException {
        host.stop(fence(), key);
    }

    @Override
    public RunningCommand start(Command command) throws InterruptedException {
        return host.start(fence(), command);
    }

    @Override
    public HostFiles files() {
        return new Files();
    }

    @Override
    public Host fenced(Fence other) {
        return new FencedHost(host, other, ended);
    }

    @Override
    public void close() {}

    private Optional<Fence> fence() {
        if (ended.getAsBoolean()) {
            throw new RefusedException(server() + " was lent to a call of a step that has ended. Ask the context for it"
                    + " in every call; do not keep it, and do not go on in a thread of your own.");
        }
        return Optional.of(fence);
    }

    /** Changes carry the fence; looking needs none. */
    private final class Files implements HostFiles {
        @Override
        public Optional<byte[]> read(HostPath path, int limit) throws InterruptedException {
            fence();
            return host.files().read(path, limit);
        }

        @Override
        public List<String> list(HostPath directory) throws InterruptedException {
            fence();
            return host.files().list(directory);
        }

        @Override
        public List<FileState> compare(List<FileChange> files) throws InterruptedException {
            fence();
            return host.files().compare(files);
        }

        @Override
        public Applied apply(String key, FileTransaction transaction) throws InterruptedException {
            host.begin(fence());
            return host.files().apply(key, transaction);
        }

        @Override
        public boolean revert(String key, FileTransaction transaction) throws InterruptedException {
            host.begin(fence());
            return host.files().revert(key, transaction);
        }
    }
}
