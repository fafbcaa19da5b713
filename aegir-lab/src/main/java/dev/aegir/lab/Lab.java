// SPDX-License-Identifier: Apache-2.0
package dev.aegir.lab;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.UnaryOperator;

/**
 * Real Debian servers with systemd and OpenSSH on this machine, for integration tests, examples and benchmarks.
 *
 * <pre>{@code
 * try (Lab lab = Lab.open()) {
 *     LabServer web1 = lab.server("web1");
 *     web1.reset();
 *     ... web1.address(), web1.hostKey(), lab.privateKey() ...
 * }
 * }</pre>
 *
 * <p>{@code bin/lab prepare} makes a machine ready for it. A server is started when it is first asked for, and keeps
 * running when the lab is closed: whoever asks next for the same name in the same checkout, in this program or in
 * another, gets the same server. {@code bin/lab down} ends them all. Two tests that use one server must not run at the
 * same time.
 *
 * <p>Servers reach each other by name; they reach nothing else. Thread-safe.
 */
public final class Lab implements AutoCloseable {
    private final Checkout checkout;
    private final DockerEngine engine;
    private final LabKey key;
    private final Map<String, LabServer> servers = new ConcurrentHashMap<>();
    private final Queue<SlowLink> links = new ConcurrentLinkedQueue<>();

    private Lab(Checkout checkout, DockerEngine engine, LabKey key) {
        this.checkout = checkout;
        this.engine = engine;
        this.key = key;
    }

    /**
     * Opens the lab of this checkout; starts nothing.
     *
     * @return the open lab
     * @throws LabException when Docker or the server image is missing, naming the command that brings them
     */
    public static Lab open() {
        Checkout checkout = Checkout.current();
        DockerEngine engine = DockerEngine.connect();
        try {
            if (!engine.hasImage(checkout.image())) {
                throw new LabException(
                        "The lab's server image " + checkout.image() + " is not built. Run bin/lab prepare.");
            }
            LabKey key = LabLock.during(checkout.cache(), "lab", () -> LabKey.in(checkout.cache()));
            return new Lab(checkout, engine, key);
        } catch (RuntimeException e) {
            engine.close();
            throw e;
        }
    }

    /**
     * A server, started when it does not run yet.
     *
     * @param name its name, by which the other servers of the lab reach it: lower-case letters, digits and hyphens
     * @return the running server
     * @throws LabException when it does not come up, saying what failed in it
     */
    public LabServer server(String name) {
        return server(name, spec -> spec);
    }

    /**
     * A server with something extra.
     *
     * @param name its name
     * @param spec what to add to the usual
     * @return the running server
     * @throws LabException when it does not come up
     */
    public LabServer server(String name, UnaryOperator<ServerSpec> spec) {
        if (!name.matches("[a-z][a-z0-9-]{0,40}")) {
            throw new IllegalArgumentException(
                    "A lab server's name has lower-case letters, digits and hyphens: '" + name + "'");
        }
        ServerSpec wanted = spec.apply(ServerSpec.usual());
        LabServer server = servers.computeIfAbsent(name, n -> new LabServer(checkout, engine, key, n, wanted));
        if (!server.spec().equals(wanted)) {
            throw new IllegalStateException("Lab server " + name + " was asked for in this program as " + server.spec()
                    + ", and now as " + wanted + ". Give one of the two another name.");
        }
        server.ensureUp();
        return server;
    }

    /**
     * Several usual servers, started at the same time.
     *
     * @param names their names
     * @return them, in the same order
     * @throws LabException when one does not come up
     */
    public List<LabServer> servers(String... names) {
        List<CompletableFuture<LabServer>> starting = Arrays.stream(names)
                .map(name -> CompletableFuture.supplyAsync(() -> server(name), task -> new Thread(task).start()))
                .toList();
        try {
            return starting.stream().map(CompletableFuture::join).toList();
        } catch (CompletionException e) {
            if (e.getCause() instanceof LabException cause) {
                throw cause;
            }
            throw e;
        }
    }

    /**
     * The private key that every server accepts, for {@code root} and for {@code deploy} (who may become root by sudo).
     *
     * @return a file in OpenSSH's format, ed25519, without a passphrase, readable by its owner only
     */
    public Path privateKey() {
        return key.privateKey();
    }

    /**
     * Makes a port of this machine look far away.
     *
     * @param port the port on loopback, such as {@link LabServer#sshPort()}
     * @param roundTrip how much longer an exchange takes over the link
     * @return the link, closed with the lab at the latest
     */
    public SlowLink relay(int port, Duration roundTrip) {
        SlowLink link = SlowLink.to(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), roundTrip);
        links.add(link);
        return link;
    }

    /** Closes the links. The servers stay, and are found again by the next who asks for them. */
    @Override
    public void close() {
        links.forEach(SlowLink::close);
        engine.close();
    }
}
