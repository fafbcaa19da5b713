// SPDX-License-Identifier: Apache-2.0
package dev.aegir.lab;

import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.model.ExposedPort;
import com.github.dockerjava.api.model.Ports;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Debian server of the lab. It is seen from outside by {@link #address()} and {@link #http()}, as the program under test
 * sees it, and from inside by {@link #exec}, {@link #file} and {@link #fingerprint}, as the test does. It keeps its address
 * and its host key for as long as it exists, whether it runs or not.
 *
 * <p>Thread-safe; but two tests that change one server get in each other's way.
 */
public final class LabServer {
    private static final Logger LOG = LoggerFactory.getLogger(LabServer.class);
    private static final int ATTEMPTS = 5;
    private static final List<Integer> USUAL_PORTS = List.of(22, 80, 443);

    private final Checkout checkout;
    private final DockerEngine engine;
    private final LabKey key;
    private final String name;
    private final ServerSpec spec;
    private final String container;
    private volatile Map<Integer, Integer> ports = Map.of();

    LabServer(Checkout checkout, DockerEngine engine, LabKey key, String name, ServerSpec spec) {
        this.checkout = checkout;
        this.engine = engine;
        this.key = key;
        this.name = name;
        this.spec = spec;
        this.container = "aegir-lab-" + checkout.group() + "-" + name;
    }

    /** Finds the running server, or makes a fresh one. One that does not run is not trusted: nobody knows why. */
    void ensureUp() {
        ports = LabLock.during(checkout.cache(), name, () -> {
            String made =
                    Checkout.hash((checkout.image() + spec + key.publicLine()).getBytes(StandardCharsets.UTF_8), 12);
            Optional<InspectContainerResponse> found = engine.find(container);
            boolean usable = found.isPresent()
                    && Boolean.TRUE.equals(found.get().getState().getRunning())
                    && made.equals(
                            Objects.requireNonNullElse(found.get().getConfig().getLabels(), Map.of())
                                    .get("dev.aegir.lab.spec"));
            if (!usable || !comesUpAgain(found.get())) {
                create(made);
                awaitUp();
            }
            return publishedPorts();
        });
    }

    private boolean comesUpAgain(InspectContainerResponse found) {
        if (Boolean.TRUE.equals(found.getState().getPaused())) {
            engine.unpause(container);
        }
        try {
            awaitUp();
            return true;
        } catch (LabException e) {
            LOG.warn("Lab server {} runs, but is of no use any more: making a fresh one", name, e);
            return false;
        }
    }

    private void create(String made) {
        Map<String, String> labels =
                Map.of("dev.aegir.lab", checkout.lab(), "dev.aegir.lab.server", name, "dev.aegir.lab.spec", made);
        String network = "aegir-lab-" + checkout.group();
        LabLock.during(checkout.cache(), "lab", () -> {
            engine.ensureNetwork(network, Map.of("dev.aegir.lab", checkout.lab()));
            return network;
        });
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            engine.remove(container);
            Map<Integer, Integer> published = new LinkedHashMap<>();
            USUAL_PORTS.forEach(port -> published.put(port, LoopbackPorts.free()));
            spec.ports().forEach(port -> published.put(port, LoopbackPorts.free()));
            engine.create(container, name, checkout.image(), network, labels, spec.fileSystems(), published);
            if (engine.start(container)) {
                return;
            }
        }
        throw new LabException("Lab server " + name + " cannot be started: " + ATTEMPTS
                + " times another program took one of its ports");
    }

    private void awaitUp() {
        script(List.of("state.sh", "up.sh"), key.publicLine());
    }

    private Map<Integer, Integer> publishedPorts() {
        InspectContainerResponse container = engine.find(this.container)
                .orElseThrow(() -> new LabException("Lab server " + name + " was removed while it was starting"));
        Map<Integer, Integer> published = new LinkedHashMap<>();
        for (Map.Entry<ExposedPort, Ports.Binding[]> binding :
                container.getNetworkSettings().getPorts().getBindings().entrySet()) {
            if (binding.getValue() != null && binding.getValue().length > 0) {
                published.put(binding.getKey().getPort(), Integer.valueOf(binding.getValue()[0].getHostPortSpec()));
            }
        }
        return Map.copyOf(published);
    }

    ServerSpec spec() {
        return spec;
    }

    /**
     * The server's name, by which the other servers of the lab reach it.
     *
     * @return its host name
     */
    public String name() {
        return name;
    }

    /**
     * Where root logs in.
     *
     * @return such as {@code ssh://root@127.0.0.1:20022}
     */
    public URI address() {
        return address("root");
    }

    /**
     * Where an account logs in.
     *
     * @param account {@code root}, or {@code deploy} who may become root by sudo without a password
     * @return such as {@code ssh://deploy@127.0.0.1:20022}
     */
    public URI address(String account) {
        return URI.create("ssh://" + account + "@127.0.0.1:" + sshPort());
    }

    /**
     * The port on loopback that leads to its OpenSSH server.
     *
     * @return the port
     */
    public int sshPort() {
        return port(22);
    }

    /**
     * The port on loopback that leads to a port of the server.
     *
     * @param inside 22, 80, 443, or one published by its spec
     * @return the port on 127.0.0.1
     */
    public int port(int inside) {
        Integer outside = ports.get(inside);
        if (outside == null) {
            throw new IllegalArgumentException("Port " + inside + " of lab server " + name
                    + " is not published; ask for it with lab.server(\"" + name + "\", spec -> spec.publish(" + inside
                    + "))");
        }
        return outside;
    }

    /**
     * Where its web server answers.
     *
     * @return such as {@code http://127.0.0.1:20080}
     */
    public URI http() {
        return URI.create("http://127.0.0.1:" + port(80));
    }

    /**
     * Where its web server answers with TLS, once one is set up.
     *
     * @return such as {@code https://127.0.0.1:20443}
     */
    public URI https() {
        return URI.create("https://127.0.0.1:" + port(443));
    }

    /**
     * The fingerprint of its ed25519 host key, read from inside.
     *
     * @return such as {@code SHA256:pDXm...}
     */
    public String hostKey() {
        return exec("ssh-keygen", "-l", "-f", "/etc/ssh/ssh_host_ed25519_key.pub")
                .orThrow()
                .stdout()
                .split(" ")[1];
    }

    /**
     * Runs a command in the server as root, not over SSH, and waits for its end.
     *
     * @param words the command and its arguments
     * @return how it ended; a non-zero exit code is a result
     */
    public ExecResult exec(String... words) {
        return engine.exec(name, container, List.of(words), new byte[0]);
    }

    /**
     * Runs a command as {@link #exec} does, with something on its standard input.
     *
     * @param input what it reads
     * @param words the command and its arguments
     * @return how it ended
     */
    public ExecResult execWithInput(String input, String... words) {
        return execWithBytes(input.getBytes(StandardCharsets.UTF_8), words);
    }

    ExecResult execWithBytes(byte[] input, String... words) {
        return engine.exec(name, container, List.of(words), input);
    }

    /**
     * The content of a file.
     *
     * @param path its absolute path
     * @return the content, as UTF-8
     * @throws LabException when there is no such file
     */
    public String file(String path) {
        return exec("cat", "--", path).orThrow().stdout();
    }

    /**
     * Whether there is something at a path; a link counts, wherever it leads.
     *
     * @param path an absolute path
     * @return whether something is there
     */
    public boolean exists(String path) {
        return exec("sh", "-c", "[ -e \"$1\" ] || [ -L \"$1\" ]", "sh", path).succeeded();
    }

    /**
     * What there is below some directories, to compare a server before and after.
     *
     * @param trees absolute paths; one that does not exist is empty
     * @return the fingerprint of them all
     */
    public Fingerprint fingerprint(String... trees) {
        return Fingerprint.parse(script(List.of("fingerprint.sh"), trees).stdout());
    }

    /**
     * Makes its nginx load its configuration, and waits until nobody answers any more who knows only the one before.
     *
     * @throws LabException when nginx does not run, or goes on with the configuration that it had
     */
    public void reloadNginx() {
        // The master starts its new workers, and tells the old ones to end some time later.
        exec("sh", "-ec", """
                old=$(pgrep -P "$(cat /run/nginx.pid)")
                nginx -s reload
                for i in $(seq 600); do
                    left=
                    for pid in $old; do [ ! -e "/proc/$pid" ] || left=$pid; done
                    [ -n "$left" ] || exit 0
                    sleep 0.1
                done
                tail -n 5 /var/log/nginx/error.log >&2
                exit 1
                """).orThrow();
    }

    /**
     * Mounts a file system on a directory, until the next reset, whose files can share what is in them: XFS in a file.
     *
     * @param directory where; made if it is missing
     * @param bytes its size, at least 300 MiB
     * @return whether it is there; not when this machine has no loop devices, or no XFS
     */
    public boolean mountSharing(String directory, long bytes) {
        ExecResult mounted = exec("sh", "-ec", """
                [ -e /dev/loop-control ] || mknod /dev/loop-control c 10 237
                for i in 0 1 2 3 4 5 6 7 8 9; do [ -e /dev/loop$i ] || mknod /dev/loop$i b 7 $i; done
                mkdir -p "$1"
                disk=/var/tmp/$(printf %s "$1" | tr / -).xfs
                rm -f "$disk"
                truncate -s "$2" "$disk"
                mkfs.xfs -q "$disk"
                mount -o loop "$disk" "$1"
                """, "sh", directory, String.valueOf(bytes));
        if (!mounted.succeeded()) {
            LOG.warn("Lab server {} has no file system for {}: {}", name, directory, mounted.stderr());
        }
        return mounted.succeeded();
    }

    /**
     * Takes the server back to what it was when it was fresh, and starts it when it does not run. Ends every process and
     * unit that was started since, except SSH connections; restores {@code /etc}, {@code /home}, {@code /root},
     * {@code /srv}, {@code /opt}, {@code /usr/local} and {@code /var}; empties {@code /tmp}; restarts the services whose
     * configuration or processes changed.
     */
    public void reset() {
        InspectContainerResponse found = engine.find(container)
                .orElseThrow(() -> new LabException("Lab server " + name + " does not exist any more"));
        if (Boolean.TRUE.equals(found.getState().getPaused())) {
            engine.unpause(container);
        } else if (!Boolean.TRUE.equals(found.getState().getRunning())) {
            start();
        }
        script(List.of("state.sh", "reset.sh"), spec.fileSystems().keySet().toArray(String[]::new));
    }

    /** Ends it at once, as a power cut does. What was written to its disks stays; {@link #start} starts it again. */
    public void kill() {
        engine.kill(container);
    }

    /** Shuts it down in order; {@link #start} starts it again. */
    public void stop() {
        engine.stop(container);
    }

    /** Starts it after {@link #kill} or {@link #stop}, and waits until it is up. It has the same address as before. */
    public void start() {
        if (!engine.start(container)) {
            throw new LabException(
                    "Lab server " + name + " cannot be started again: another program took one of its ports");
        }
        awaitUp();
    }

    /** Freezes it: connections stay open, and nothing is answered, until {@link #unpause}. */
    public void pause() {
        engine.pause(container);
    }

    /** Lets it go on after {@link #pause}. */
    public void unpause() {
        engine.unpause(container);
    }

    /** Removes it. The next who asks the lab for it gets a fresh one, with another address and another host key. */
    public void remove() {
        engine.remove(container);
    }

    /**
     * Lets root of this server log in as root on another one, by the other's name: with a key of its own, and the other's
     * host key known. A reset of either takes it back.
     *
     * @param other the server to reach
     */
    public void mayReach(LabServer other) {
        exec("sh", "-c", "[ -s /root/.ssh/id_ed25519 ] || ssh-keygen -q -t ed25519 -N '' -f /root/.ssh/id_ed25519")
                .orThrow();
        other.execWithInput(file("/root/.ssh/id_ed25519.pub"), "sh", "-c", "cat >>/root/.ssh/authorized_keys")
                .orThrow();
        String hostKeys = other.file("/etc/ssh/ssh_host_ed25519_key.pub");
        execWithInput(other.name + " " + hostKeys, "sh", "-c", "cat >>/etc/ssh/ssh_known_hosts")
                .orThrow();
    }

    @Override
    public String toString() {
        return "lab server " + name;
    }

    /** Runs one script made of these files of the lab's, as root. */
    private ExecResult script(List<String> files, String... arguments) {
        String text = files.stream().map(LabServer::resource).collect(Collectors.joining());
        List<String> command = new ArrayList<>(List.of("bash", "-c", text, "lab"));
        command.addAll(List.of(arguments));
        ExecResult result = engine.exec(name, container, command, new byte[0]);
        if (!result.succeeded()) {
            throw new LabException("Lab server " + name + ": " + files.get(files.size() - 1) + " ended with exit code "
                    + result.exit() + "\n" + result.stderr());
        }
        return result;
    }

    private static String resource(String file) {
        try (InputStream in = LabServer.class.getResourceAsStream(file)) {
            if (in == null) {
                throw new IllegalStateException("the lab's jar has no " + file);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
