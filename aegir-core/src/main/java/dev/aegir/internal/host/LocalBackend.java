// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal.host;

import dev.aegir.host.Host;
import dev.aegir.host.HostRefusedException;
import dev.aegir.host.RunningCommand;
import dev.aegir.model.HostPath;
import dev.aegir.model.InvalidValueException;
import dev.aegir.model.Server;
import dev.aegir.spi.Backend;
import dev.aegir.spi.Connection;
import dev.aegir.spi.PosixHost;
import dev.aegir.spi.Secrets;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The machine this program runs on: addresses {@code local:}.
 *
 * <p>Parameters: {@code local:?state=/dir} names the state directory, which otherwise is {@code /var/lib/aegir} where this
 * program may write there and {@code ~/.local/state/aegir} where not; {@code local:?sudo=yes} works through sudo.
 */
public final class LocalBackend implements Backend {
    /** For ServiceLoader. */
    public LocalBackend() {}

    @Override
    public String scheme() {
        return "local";
    }

    @Override
    public Host connect(Server server, Secrets secrets) {
        Map<String, String> parameters = parameters(server);
        boolean sudo = "yes".equals(parameters.get("sudo"));
        String state = parameters.containsKey("state") ? parameters.get("state") : state(sudo);
        return PosixHost.over(
                server.name(),
                new Processes(server.name().value()),
                HostPath.of(state),
                sudo ? List.of("sudo", "-n", "--") : List.of());
    }

    private static Map<String, String> parameters(Server server) {
        // A server's address has something after its scheme, whoever writes "local:".
        String text = server.address().getSchemeSpecificPart().replaceFirst("^/(?=$|\\?)", "");
        Map<String, String> parameters = new HashMap<>();
        if (!text.isEmpty() && !text.startsWith("?")) {
            throw new InvalidValueException(
                    "address", server.address().toString(), "write local: or local:?state=/dir");
        }
        for (String pair : text.isEmpty() ? new String[0] : text.substring(1).split("&")) {
            String[] parts = pair.split("=", 2);
            if (parts.length != 2 || !Set.of("state", "sudo").contains(parts[0])) {
                throw new InvalidValueException(
                        "address", server.address().toString(), "the parameters are state=/dir and sudo=yes");
            }
            parameters.put(parts[0], parts[1]);
        }
        return parameters;
    }

    private static String state(boolean sudo) {
        boolean writable = Files.isWritable(Path.of("/var/lib/aegir"))
                || !Files.exists(Path.of("/var/lib/aegir")) && Files.isWritable(Path.of("/var/lib"));
        return sudo || writable
                ? "/var/lib/aegir"
                : Path.of(System.getProperty("user.home"), ".local", "state", "aegir")
                        .toAbsolutePath()
                        .normalize()
                        .toString();
    }

    /** Starts programs as children of this one. */
    private record Processes(String server, Set<Process> running) implements Connection {
        Processes(String server) {
            this(server, ConcurrentHashMap.newKeySet());
        }

        @Override
        public RunningCommand open(List<String> words) {
            try {
                Process process = new ProcessBuilder(words).start();
                running.add(process);
                Future<?> unused = process.onExit().thenAccept(running::remove);
                return new Child(server, process);
            } catch (IOException e) {
                throw new HostRefusedException(server, "\"" + words.get(0) + "\" cannot be started", e);
            }
        }

        @Override
        public void close() {
            running.forEach(Process::destroy);
        }
    }

    private record Child(String server, Process process) implements RunningCommand {
        private static final Logger LOG = LoggerFactory.getLogger(LocalBackend.class);
        private static final int GRACE_MILLIS = 200;

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
            try {
                process.getOutputStream().close();
            } catch (IOException e) {
                LOG.debug("A program on {} ended before it had read all", server, e);
            } finally {
                // The end of its input is its end; what does not listen is helped along.
                process.toHandle()
                        .onExit()
                        .orTimeout(GRACE_MILLIS, TimeUnit.MILLISECONDS)
                        .exceptionally(late -> {
                            process.destroy();
                            return process.toHandle();
                        });
            }
        }
    }
}
