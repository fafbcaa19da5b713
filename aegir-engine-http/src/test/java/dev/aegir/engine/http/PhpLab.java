// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.http;

import dev.aegir.Aegir;
import dev.aegir.host.Secret;
import dev.aegir.lab.Lab;
import dev.aegir.lab.LabServer;
import dev.aegir.model.DomainName;
import dev.aegir.model.HostPath;
import dev.aegir.model.Id;
import dev.aegir.model.Pool;
import dev.aegir.model.SecretRef;
import dev.aegir.model.Server;
import dev.aegir.model.Service;
import dev.aegir.model.Settings;
import dev.aegir.model.VirtualHost;
import dev.aegir.spi.EngineRequest;
import dev.aegir.spi.Secrets;
import dev.aegir.spi.ServiceRequest;
import dev.aegir.task.EnrolServer;
import dev.aegir.task.RunSteps;
import dev.aegir.task.Step;
import dev.aegir.task.TaskInfo;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A real server with nginx and php-fpm, and tasks that do there what the engines plan. */
final class PhpLab implements AutoCloseable {
    static final PhpFpmEngine PHP = new PhpFpmEngine();
    private static final NginxEngine NGINX = new NginxEngine();
    private static final SecretRef KEY = SecretRef.of("ssh/lab");
    private static final String CODE = "/srv/aegir/code/app/tree";

    private final Lab lab = Lab.open();
    private final LabServer machine = lab.server("php");
    private final Path directory;
    private final Server server;
    private Optional<Aegir> aegir = Optional.empty();

    PhpLab(Path directory) {
        this.directory = directory;
        this.server =
                Server.at("web1", machine.address()).hostKey(machine.hostKey()).credential(KEY);
    }

    LabServer machine() {
        return machine;
    }

    /** A fresh server with nginx and some code that says what it is. */
    void reset() throws InterruptedException {
        aegir.ifPresent(Aegir::close);
        machine.reset();
        connect();
        code("index.php", "<?php echo 'site ', getenv('APP_NAME'), ' on ', PHP_MAJOR_VERSION, '.', PHP_MINOR_VERSION;");
        run(NGINX.prepare(new ServiceRequest(server, Samples.NGINX))).orThrow();
    }

    private void connect() throws InterruptedException {
        Aegir opened = Aegir.builder()
                .home(directory)
                .store(URI.create("memory:/"))
                .secrets(new OneSecret(key()))
                .open();
        aegir = Optional.of(opened);
        opened.run(new EnrolServer(server)).orThrow();
    }

    private Secret key() {
        try {
            return Secret.of(Files.readString(lab.privateKey()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The machine's own restart, as by a loss of power. */
    void reboot() throws InterruptedException {
        aegir.ifPresent(Aegir::close);
        machine.kill();
        machine.start();
        connect();
    }

    TaskInfo run(List<? extends Step> steps) throws InterruptedException {
        return aegir.orElseThrow().run(task(steps));
    }

    /** What steps would change. */
    List<String> preview(List<? extends Step> steps) throws InterruptedException {
        return aegir.orElseThrow().preview(task(steps)).steps().stream()
                .flatMap(step -> step.changes().stream())
                .map(Object::toString)
                .toList();
    }

    private static RunSteps task(List<? extends Step> steps) {
        return RunSteps.of("test", List.of(), steps.toArray(Step[]::new));
    }

    Server server() {
        return server;
    }

    List<Step> preparing(Service service) {
        return PHP.prepare(new ServiceRequest(server.offering(service), service));
    }

    TaskInfo prepare(Service service) throws InterruptedException {
        return run(preparing(service));
    }

    EngineRequest<Pool> request(Pool pool, Service service) {
        return PhpSamples.request(pool, server, service);
    }

    TaskInfo ensure(Pool pool) throws InterruptedException {
        return run(PHP.ensure(request(pool, PhpSamples.PHP)));
    }

    /** The pool and its site, of which the name is given. */
    void publish(Pool pool, String name) throws InterruptedException {
        publish(pool, name, PhpSamples.PHP);
    }

    void publish(Pool pool, String name, Service service) throws InterruptedException {
        List<Step> steps = new ArrayList<>(PHP.ensure(request(pool, service)));
        steps.addAll(NGINX.ensure(Samples.request(virtualHost(pool, name, service))));
        run(steps).orThrow();
    }

    private VirtualHost virtualHost(Pool pool, String name, Service service) {
        return new VirtualHost(
                pool.owner(),
                DomainName.of(name),
                List.of(),
                List.of(),
                List.of(),
                HostPath.of(CODE),
                HostPath.of(CODE),
                PHP.handler(request(pool, service)),
                true,
                List.of(new VirtualHost.Mount("/uploads", pool.home().child("files"))));
    }

    /** A site's pool, which knows its name. */
    static Pool pool(Id id, String name, String... cron) {
        Pool pool = new Pool(
                id,
                name,
                id.account(),
                HostPath.of("/srv/aegir/sites/" + id),
                HostPath.of(CODE),
                List.of("files", "private/deep"),
                Map.of("APP_NAME", name),
                Settings.none(),
                Optional.empty());
        return cron.length == 0 ? pool : PhpSamples.running(pool, cron);
    }

    /** A file of the code that all sites here share. */
    void code(String file, String text) {
        machine.exec("mkdir", "-p", CODE).orThrow();
        machine.execWithInput(text, "tee", CODE + "/" + file).orThrow();
    }

    Http get(String name, String path) throws IOException {
        return Http.get(machine.http(), name, path);
    }

    String exec(String... words) {
        return machine.exec(words).orThrow().stdout().strip();
    }

    /** Whether a shell's command succeeds. */
    boolean holds(String command) {
        return machine.exec("sh", "-c", command).exit() == 0;
    }

    @Override
    public void close() {
        aegir.ifPresent(Aegir::close);
        lab.close();
    }

    /** Knows the lab's key. */
    private record OneSecret(Secret key) implements Secrets {
        @Override
        public Optional<Secret> find(SecretRef reference) {
            return KEY.equals(reference) ? Optional.of(key) : Optional.empty();
        }

        @Override
        public void keep(SecretRef reference, Secret secret) {
            throw new UnsupportedOperationException("nothing is kept here");
        }

        @Override
        public void forget(SecretRef reference) {
            throw new UnsupportedOperationException("nothing is kept here");
        }
    }
}
