// SPDX-License-Identifier: Apache-2.0
package dev.aegir.testkit;

import dev.aegir.host.Command;
import dev.aegir.host.CommandResult;
import dev.aegir.host.Fence;
import dev.aegir.host.Host;
import dev.aegir.host.HostFiles;
import dev.aegir.host.HostUnreachableException;
import dev.aegir.host.Input;
import dev.aegir.host.RunningCommand;
import dev.aegir.model.Name;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.OptionalInt;

/** A host that is lost once: before a command, or while one writes. */
final class BreakingHost implements Host {
    private final Host host;
    private int calls;
    private int deadly;
    private int after;

    BreakingHost(Host host) {
        this.host = host;
    }

    /**
     * It breaks.
     *
     * @param call at which call from now on, from 1; 0 for never
     * @param bytes after how many bytes that it has written; negative for before it begins
     */
    void breakAt(int call, int bytes) {
        calls = 0;
        deadly = call;
        after = bytes;
    }

    /** Whether it broke since that was asked for. */
    boolean broke() {
        return deadly > 0 && calls >= deadly;
    }

    private boolean dies() {
        calls++;
        if (calls == deadly && after < 0) {
            throw new HostUnreachableException(server().value(), "this test has broken the connection");
        }
        return calls == deadly;
    }

    @Override
    public Name server() {
        return host.server();
    }

    @Override
    public CommandResult run(Command command, Input input) throws InterruptedException {
        if (dies()) {
            host.run(command, input);
            throw new HostUnreachableException(server().value(), "this test has broken the connection afterwards");
        }
        return host.run(command, input);
    }

    @Override
    public CommandResult runOnce(String key, Command command, Input input) throws InterruptedException {
        dies();
        return host.runOnce(key, command, input);
    }

    @Override
    public void stop(String key) throws InterruptedException {
        host.stop(key);
    }

    @Override
    public RunningCommand start(Command command) throws InterruptedException {
        return dies() ? new Cut(host.start(command), after) : host.start(command);
    }

    @Override
    public HostFiles files() {
        return host.files();
    }

    @Override
    public Host fenced(Fence fence) {
        return this;
    }

    @Override
    public void close() {
        host.close();
    }

    /** Its output is cut, and it is gone then. */
    private record Cut(RunningCommand command, int after) implements RunningCommand {
        @Override
        public OutputStream stdin() {
            return command.stdin();
        }

        @Override
        public InputStream stdout() {
            return new FilterInputStream(command.stdout()) {
                private int left = after;

                @Override
                public int read() throws IOException {
                    byte[] one = new byte[1];
                    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
                }

                @Override
                public int read(byte[] bytes, int from, int length) throws IOException {
                    if (left == 0) {
                        command.close();
                        throw new IOException("this test has cut the stream");
                    }
                    int read = super.read(bytes, from, Math.min(length, left));
                    left -= Math.max(read, 0);
                    return read;
                }
            };
        }

        @Override
        public InputStream stderr() {
            return command.stderr();
        }

        @Override
        public OptionalInt waitFor(Duration limit) throws InterruptedException {
            return command.waitFor(limit);
        }

        @Override
        public void close() {
            command.close();
        }
    }
}
