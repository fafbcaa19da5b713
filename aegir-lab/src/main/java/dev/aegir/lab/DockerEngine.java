// SPDX-License-Identifier: Apache-2.0
package dev.aegir.lab;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.command.ExecStartCmd;
import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.exception.ConflictException;
import com.github.dockerjava.api.exception.InternalServerErrorException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.exception.NotModifiedException;
import com.github.dockerjava.api.model.AccessMode;
import com.github.dockerjava.api.model.Bind;
import com.github.dockerjava.api.model.Capability;
import com.github.dockerjava.api.model.ExposedPort;
import com.github.dockerjava.api.model.Frame;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.Network;
import com.github.dockerjava.api.model.Ports;
import com.github.dockerjava.api.model.StreamType;
import com.github.dockerjava.api.model.Volume;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.dockerclient.DockerClientProviderStrategy;
import org.testcontainers.dockerclient.TransportConfig;

/**
 * The Docker engine of this machine, as the lab uses it. Testcontainers finds it and brings the client; its own
 * containers are not used, because a server of the lab outlives the program that started it. Thread-safe.
 */
final class DockerEngine implements AutoCloseable {
    private static final String NEWEST_API = "1.44";
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private final DockerClient client;

    private DockerEngine(DockerClient client) {
        this.client = client;
    }

    /** Connects to the engine, or says how to get one. */
    static DockerEngine connect() {
        TransportConfig transport;
        try {
            transport = DockerClientFactory.instance().getTransportConfig();
        } catch (IllegalStateException e) {
            throw new LabException("No Docker engine answers. Run bin/lab prepare (as root, it also installs one).", e);
        }
        URI host = transport.getDockerHost();
        if (!List.of("unix", "npipe").contains(host.getScheme())
                && !List.of("localhost", "127.0.0.1").contains(host.getHost())) {
            throw new LabException(
                    "The Docker engine " + host + " is on another machine, and the lab's servers are reached"
                            + " by ports on loopback. Unset DOCKER_HOST to use the engine of this one.");
        }
        return new DockerEngine(newestClient(transport));
    }

    /**
     * Testcontainers speaks its newest version of the API, or else its oldest, which knows nothing of cgroup name spaces.
     * An engine between the two is spoken to in its own version.
     */
    private static DockerClient newestClient(TransportConfig transport) {
        DockerClient client = DockerClientProviderStrategy.getClientForConfig(transport);
        String version =
                Optional.ofNullable(client.versionCmd().exec().getApiVersion()).orElse(NEWEST_API);
        boolean older = version.startsWith("1.")
                && Integer.parseInt(version.substring(2)) < Integer.parseInt(NEWEST_API.substring(2));
        if (!older || System.getProperty("api.version") != null) {
            return client;
        }
        System.setProperty("api.version", version);
        try {
            return DockerClientProviderStrategy.getClientForConfig(transport);
        } finally {
            System.clearProperty("api.version");
            closeQuietly(client);
        }
    }

    private static void closeQuietly(DockerClient client) {
        try {
            client.close();
        } catch (IOException e) {
            throw new LabException("Closing the connection to the Docker engine failed", e);
        }
    }

    boolean hasImage(String tag) {
        try {
            client.inspectImageCmd(tag).exec();
            return true;
        } catch (NotFoundException e) {
            return false;
        }
    }

    /**
     * A bridge network whose members reach each other by name, and nothing outside. Made when it is missing; the caller
     * holds a lock, since Docker would make a second one of the same name.
     */
    void ensureNetwork(String name, Map<String, String> labels) {
        if (!networkExists(name)) {
            client.createNetworkCmd()
                    .withName(name)
                    .withDriver("bridge")
                    .withOptions(Map.of("com.docker.network.bridge.enable_ip_masquerade", "false"))
                    .withLabels(labels)
                    .exec();
        }
    }

    private boolean networkExists(String name) {
        return client.listNetworksCmd().withNameFilter(name).exec().stream()
                .map(Network::getName)
                .anyMatch(name::equals);
    }

    Optional<InspectContainerResponse> find(String name) {
        try {
            return Optional.of(client.inspectContainerCmd(name).exec());
        } catch (NotFoundException e) {
            return Optional.empty();
        }
    }

    /**
     * Creates a container in which systemd works, without starting it and without making it privileged.
     *
     * @param ports container ports by the port of loopback they are published on
     */
    void create(
            String container,
            String hostName,
            String image,
            String network,
            Map<String, String> labels,
            Map<String, Long> fileSystems,
            Map<Integer, Integer> ports) {
        Map<String, String> memory = new HashMap<>(Map.of("/run", "", "/run/lock", "", "/tmp", ""));
        fileSystems.forEach((directory, bytes) -> memory.put(directory, "size=" + bytes + ",mode=755"));
        Ports bindings = new Ports();
        ports.forEach((inside, outside) ->
                bindings.bind(ExposedPort.tcp(inside), Ports.Binding.bindIpAndPort("127.0.0.1", outside)));
        HostConfig host = HostConfig.newHostConfig()
                // Names elsewhere are for nobody here; without this, asking for one takes 20 s.
                .withDnsOptions(List.of("timeout:1", "attempts:1"))
                .withCapAdd(Capability.SYS_ADMIN)
                // Files as disks: for file systems that this machine has not.
                .withDeviceCgroupRules(List.of("b 7:* rmw", "c 10:237 rmw"))
                .withSecurityOpts(List.of("apparmor=unconfined", "seccomp=unconfined"))
                .withCgroupnsMode("host")
                .withBinds(new Bind("/sys/fs/cgroup", new Volume("/sys/fs/cgroup"), AccessMode.rw))
                .withTmpFs(memory)
                .withNetworkMode(network)
                .withPortBindings(bindings);
        client.createContainerCmd(image)
                .withName(container)
                .withHostName(hostName)
                .withAliases(hostName)
                .withLabels(labels)
                .withExposedPorts(ports.keySet().stream().map(ExposedPort::tcp).toList())
                .withHostConfig(host)
                .exec();
    }

    /**
     * Starts a container that is created or stopped.
     *
     * @return false when one of its ports is taken by another program
     */
    boolean start(String container) {
        try {
            client.startContainerCmd(container).exec();
            return true;
        } catch (NotModifiedException e) {
            return true;
        } catch (InternalServerErrorException e) {
            String message = String.valueOf(e.getMessage());
            if (message.contains("port is already allocated") || message.contains("address already in use")) {
                return false;
            }
            throw e;
        }
    }

    /** Ends all its processes at once, as a power cut does. */
    void kill(String container) {
        try {
            client.killContainerCmd(container).exec();
        } catch (ConflictException e) {
            return; // it does not run
        }
        client.waitContainerCmd(container).start().awaitStatusCode();
        // Who waits may be told before its ports are let go of. Looking at it waits until all is done.
        Optional<InspectContainerResponse> unused = find(container);
    }

    /** Shuts it down as an administrator would. */
    void stop(String container) {
        try {
            client.stopContainerCmd(container).withTimeout(30).exec();
        } catch (NotModifiedException e) {
            return; // it does not run
        }
    }

    void pause(String container) {
        client.pauseContainerCmd(container).exec();
    }

    void unpause(String container) {
        client.unpauseContainerCmd(container).exec();
    }

    void remove(String container) {
        try {
            client.removeContainerCmd(container)
                    .withForce(true)
                    .withRemoveVolumes(true)
                    .exec();
        } catch (NotFoundException e) {
            return; // it is gone
        }
    }

    /** Runs a command as root in a container, and waits for its end and for its output. */
    ExecResult exec(String server, String container, List<String> command, byte[] input) {
        List<String> words = new ArrayList<>(command);
        if (input.length > 0) {
            // The client cannot close the input alone, so the command's input ends after its length.
            words.addAll(0, List.of("sh", "-c", "n=$1; shift; head -c \"$n\" | \"$@\"", "sh", "" + input.length));
        }
        String id;
        try {
            id = client.execCreateCmd(container)
                    .withCmd(words.toArray(String[]::new))
                    .withAttachStdin(input.length > 0)
                    .withAttachStdout(true)
                    .withAttachStderr(true)
                    .exec()
                    .getId();
        } catch (ConflictException | NotFoundException e) {
            throw new LabException(
                    "Cannot run " + command.get(0) + " on lab server " + server
                            + ", which is stopped, paused or removed",
                    e);
        }
        Output output = new Output();
        ExecStartCmd start = client.execStartCmd(id);
        if (input.length > 0) {
            start = start.withStdIn(new ByteArrayInputStream(input));
        }
        try {
            if (!start.exec(output).awaitCompletion(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                throw new LabException(command.get(0) + " on lab server " + server + " did not end within " + PATIENCE);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LabException("Interrupted while running " + command.get(0) + " on lab server " + server, e);
        }
        Long exit = client.inspectExecCmd(id).exec().getExitCodeLong();
        if (exit == null) {
            throw new LabException("Docker does not say how " + command.get(0) + " on lab server " + server + " ended");
        }
        return new ExecResult(server, command, exit.intValue(), output.stdout(), output.stderr());
    }

    @Override
    public void close() {
        closeQuietly(client);
    }

    /** What a command prints, copied as it comes in: the client uses one buffer for all frames. */
    private static final class Output extends ResultCallback.Adapter<Frame> {
        private final ByteArrayOutputStream stdout = new ByteArrayOutputStream();
        private final ByteArrayOutputStream stderr = new ByteArrayOutputStream();

        @Override
        public void onNext(Frame frame) {
            (frame.getStreamType() == StreamType.STDERR ? stderr : stdout).writeBytes(frame.getPayload());
        }

        String stdout() {
            return stdout.toString(StandardCharsets.UTF_8);
        }

        String stderr() {
            return stderr.toString(StandardCharsets.UTF_8);
        }
    }
}
