// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.file;

import dev.aegir.host.Host;
import dev.aegir.host.Secret;
import dev.aegir.lab.Lab;
import dev.aegir.lab.LabServer;
import dev.aegir.model.HostPath;
import dev.aegir.model.Id;
import dev.aegir.model.Name;
import dev.aegir.model.SecretRef;
import dev.aegir.model.Server;
import dev.aegir.model.Service;
import dev.aegir.model.ServiceKind;
import dev.aegir.model.Tree;
import dev.aegir.spi.Backend;
import dev.aegir.spi.EngineRequest;
import dev.aegir.spi.Secrets;
import dev.aegir.task.Step;
import java.nio.file.Files;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;

/** Servers of the lab, reached over SSH, and trees on them. */
final class FileServers implements AutoCloseable {
    static final Id OWNER = Id.of("01JF1KES000000000000000001");

    private final Lab lab = Lab.open();
    private final Map<String, LabServer> machines = new HashMap<>();
    private final Map<Name, Host> hosts = new HashMap<>();
    private final Map<Name, Server> servers = new HashMap<>();

    private FileServers() {}

    static FileServers open(String... names) throws Exception {
        FileServers all = new FileServers();
        Backend ssh = ServiceLoader.load(Backend.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(backend -> backend.scheme().equals("ssh"))
                .findFirst()
                .orElseThrow();
        String key = Files.readString(all.lab.privateKey());
        for (LabServer machine : all.lab.servers(names)) {
            Server server = Server.at(machine.name(), machine.address())
                    .hostKey(machine.hostKey())
                    .credential(SecretRef.of("ssh/lab"));
            all.machines.put(machine.name(), machine);
            all.servers.put(server.name(), server);
            all.hosts.put(server.name(), ssh.connect(server, new OneSecret(key)));
        }
        return all;
    }

    LabServer machine(String name) {
        return Optional.ofNullable(machines.get(name)).orElseThrow();
    }

    Map<Name, Host> hosts() {
        return hosts;
    }

    /** Waits until some of a file has come to the files of bert, and not yet all. */
    static void awaitSomeOf(LabServer machine, String name) {
        machine.exec(
                        "timeout",
                        "60",
                        "sh",
                        "-c",
                        "until find /srv/bert -name \".$1.*\" -size +100k | grep -q .; do sleep 0.05; done",
                        "sh",
                        name)
                .orThrow();
    }

    static Tree tree(LabServer machine, String account) {
        return new Tree(
                OWNER,
                "docs.example.net",
                Name.of(machine.name()),
                HostPath.of("/srv/" + account),
                List.of("files"),
                Optional.of(account));
    }

    EngineRequest<Tree> request(Tree tree, String... settings) {
        Service service = Service.of(ServiceKind.FILE, "rsync").with("timeout", "20");
        for (int i = 0; i < settings.length; i += 2) {
            service = service.with(settings[i], settings[i + 1]);
        }
        return new EngineRequest<>(tree, servers.get(tree.server()), service);
    }

    List<Step> copy(Tree from, Tree to) {
        return new RsyncEngine().copy(request(from), request(to));
    }

    Map<String, String> copied(Tree from, Tree to) throws Exception {
        return run(copy(from, to)).results;
    }

    RunContext run(List<Step> steps) throws Exception {
        RunContext context = new RunContext(hosts);
        for (Step step : steps) {
            step.run(context);
        }
        return context;
    }

    @Override
    public void close() {
        hosts.values().forEach(Host::close);
        lab.close();
    }

    private record OneSecret(String key) implements Secrets {
        @Override
        public Optional<Secret> find(SecretRef reference) {
            return Optional.of(Secret.of(key));
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
