// SPDX-License-Identifier: Apache-2.0
package dev.aegir.testkit.backends;

import dev.aegir.host.Host;
import dev.aegir.host.HostRefusedException;
import dev.aegir.host.RunningCommand;
import dev.aegir.model.HostPath;
import dev.aegir.model.Server;
import dev.aegir.spi.Backend;
import dev.aegir.spi.Connection;
import dev.aegir.spi.PosixHost;
import dev.aegir.spi.Secrets;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;

/** The least that a backend for POSIX machines is: a way to start programs, here on this machine as an account without rights. */
public final class SmallBackend implements Backend {
    private static final List<String> AS_NOBODY = List.of("runuser", "-u", "nobody", "--", "env", "HOME=/nonexistent");

    @Override
    public String scheme() {
        return "small";
    }

    @Override
    public Host connect(Server server, Secrets secrets) {
        String state = server.address().getSchemeSpecificPart().replace("?state=", "") + "-small";
        return PosixHost.over(server.name(), new Programs(server.name().value()), HostPath.of(state));
    }

    private record Programs(String server) implements Connection {
        @Override
        public RunningCommand open(List<String> words) {
            List<String> all = new ArrayList<>(Machine.weAreRoot() ? AS_NOBODY : List.of());
            all.addAll(words);
            try {
                return new Program(new ProcessBuilder(all).start());
            } catch (IOException e) {
                throw new HostRefusedException(server, "no program can be started", e);
            }
        }

        @Override
        public void close() {}
    }

    private record Program(Process process) implements RunningCommand {
        @Override
        public OutputStream stdin() {
            return process.getOutputStream();
        }

        @Override
        public InputStream stdout() {
            return process.getInputStream();
        }

        @Override
        public InputStream stderr() {
            return process.getErrorStream();
        }

        @Override
        public OptionalInt waitFor(Duration limit) throws InterruptedException {
            return process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)
                    ? OptionalInt.of(process.exitValue())
                    : OptionalInt.empty();
        }

        @Override
        public void close() {
            process.destroy();
        }
    }
}
