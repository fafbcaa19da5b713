// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal;

import dev.aegir.model.Backup;
import dev.aegir.model.Codebase;
import dev.aegir.model.Database;
import dev.aegir.model.DomainName;
import dev.aegir.model.HostPath;
import dev.aegir.model.Id;
import dev.aegir.model.ImportRules;
import dev.aegir.model.Name;
import dev.aegir.model.Pool;
import dev.aegir.model.RefusedException;
import dev.aegir.model.Release;
import dev.aegir.model.Resource;
import dev.aegir.model.Server;
import dev.aegir.model.Service;
import dev.aegir.model.ServiceKind;
import dev.aegir.model.ServiceRef;
import dev.aegir.model.Settings;
import dev.aegir.model.Site;
import dev.aegir.model.Tree;
import dev.aegir.model.VirtualHost;
import dev.aegir.spi.Application;
import dev.aegir.spi.ApplicationRequest;
import dev.aegir.spi.CodeEngine;
import dev.aegir.spi.CodeRequest;
import dev.aegir.spi.Engine;
import dev.aegir.spi.EngineRequest;
import dev.aegir.spi.FileEngine;
import dev.aegir.spi.FileStore;
import dev.aegir.spi.ImportEngine;
import dev.aegir.spi.Planner;
import dev.aegir.spi.ServiceRequest;
import dev.aegir.task.Inventory;
import dev.aegir.task.Lock;
import dev.aegir.task.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Plans one task over the inventory, and notes what it locks. Used by one thread. */
final class InventoryPlanner implements Planner {
    private static final int TASKS_PER_SERVER = 8;

    /** The file engine of servers that declare none. */
    private static final Name COPIES = Name.of("rsync");

    /** The engine that takes archives apart, wherever they are. */
    private static final Name ARCHIVES = Name.of("archive");

    private final Inventory inventory;
    private final Registry registry;
    private final Map<String, Lock> locks = new TreeMap<>();

    InventoryPlanner(Inventory inventory, Registry registry) {
        this.inventory = inventory;
        this.registry = registry;
    }

    List<Lock> locks() {
        return locks.values().stream().sorted().toList();
    }

    @Override
    public Inventory inventory() {
        return inventory;
    }

    @Override
    public void lock(Lock lock) {
        locks.merge(lock.key(), lock, (a, b) -> a.sharers() <= b.sharers() ? a : b);
    }

    @Override
    public Server server(Name name) {
        lock(new Lock("server", name.value(), TASKS_PER_SERVER));
        return inventory
                .server(name)
                .orElseThrow(() -> missing(
                        "server",
                        name,
                        inventory.servers().stream().map(s -> s.name().value()).toList()));
    }

    @Override
    public Server serverAlone(Name name) {
        lock(Lock.exclusive("server", name));
        return server(name);
    }

    @Override
    public Codebase codebase(Name name) {
        lock(Lock.shared("codebase", name));
        return inventory
                .codebase(name)
                .orElseThrow(() -> missing(
                        "codebase",
                        name,
                        inventory.codebases().stream()
                                .map(c -> c.name().value())
                                .toList()));
    }

    @Override
    public Codebase codebaseAlone(Name name) {
        lock(Lock.exclusive("codebase", name));
        return codebase(name);
    }

    @Override
    public Site site(DomainName anyName) {
        Site site = inventory
                .site(anyName)
                .orElseThrow(() -> new RefusedException(
                        "There is no site " + anyName + "; install it first, or look at the inventory for its name."));
        lock(Lock.exclusive("site", site.id()));
        site.allNames().forEach(name -> lock(Lock.exclusive("domain", name)));
        return site;
    }

    @Override
    public void claim(Id site, List<DomainName> names) {
        lock(Lock.exclusive("site", site));
        for (DomainName name : names) {
            lock(Lock.exclusive("domain", name));
            Optional<Site> holder =
                    inventory.site(name).filter(other -> !other.id().equals(site));
            if (holder.isPresent()) {
                throw new RefusedException("The name " + name + " belongs to the site "
                        + holder.get().name() + " already.");
            }
            for (Server server : inventory.servers()) {
                String host = server.address().getHost();
                if (host != null && host.equalsIgnoreCase(name.value())) {
                    throw new RefusedException(
                            "The name " + name + " is the address of the server " + server.name() + ".");
                }
            }
        }
    }

    @Override
    public List<Step> prepare(Server server) {
        List<Step> steps = new ArrayList<>();
        for (Service service : server.services()) {
            Engine<?> engine = registry.engine(service.kind(), service.engine());
            steps.addAll(Planners.steps(engine, () -> engine.prepare(new ServiceRequest(server, service))));
        }
        return steps;
    }

    @Override
    public <R extends Resource> List<Step> ensure(ServiceKind<R> kind, ServiceRef reference, R resource) {
        Engine<R> engine = registry.engine(kind, service(kind, reference).engine());
        EngineRequest<R> request = request(kind, reference, resource);
        return Planners.steps(engine, () -> engine.ensure(request));
    }

    @Override
    public <R extends Resource> List<Step> remove(ServiceKind<R> kind, ServiceRef reference, R resource) {
        Engine<R> engine = registry.engine(kind, service(kind, reference).engine());
        EngineRequest<R> request = request(kind, reference, resource);
        return Planners.steps(engine, () -> engine.remove(request));
    }

    @Override
    public List<Step> deploy(Server server, Codebase codebase) {
        EngineRequest<Release> request = codeRequest(server, codebase);
        CodeEngine engine = codeEngine(codebase);
        List<Step> steps = new ArrayList<>(Planners.steps(engine, () -> engine.ensure(request)));
        Application application = application(codebase.application());
        CodeRequest code = code(server, codebase);
        steps.addAll(Planners.steps(application, () -> application.deployed(code)));
        return steps;
    }

    @Override
    public List<Step> withdraw(Server server, Codebase codebase) {
        EngineRequest<Release> request = codeRequest(server, codebase);
        CodeEngine engine = codeEngine(codebase);
        Application application = application(codebase.application());
        CodeRequest code = code(server, codebase);
        List<Step> steps = new ArrayList<>(Planners.steps(application, () -> application.withdrawn(code)));
        steps.addAll(Planners.steps(engine, () -> engine.remove(request)));
        return steps;
    }

    private CodeRequest code(Server server, Codebase codebase) {
        return new CodeRequest(codebase, release(server, codebase), server);
    }

    @Override
    public Release release(Server server, Codebase codebase) {
        HostPath path =
                codeEngine(codebase).location(new ServiceRequest(server, codeService(server, codebase)), codebase);
        return new Release(codebase.id(), codebase.name(), codebase.source(), codebase.revision(), path);
    }

    @Override
    public <R extends Resource, E extends Engine<R>> E engine(
            ServiceKind<R> kind, ServiceRef reference, Class<E> ability) {
        Engine<R> engine = registry.engine(kind, service(kind, reference).engine());
        if (!ability.isInstance(engine)) {
            throw new RefusedException("The " + kind + " engine " + engine.name() + " of the service " + reference
                    + " (" + engine.getClass().getName() + ") is no " + ability.getSimpleName() + ".");
        }
        return ability.cast(engine);
    }

    @Override
    public <R extends Resource, E extends Engine<R>> Optional<E> able(
            ServiceKind<R> kind, ServiceRef reference, Class<E> ability) {
        Engine<R> engine = registry.engine(kind, service(kind, reference).engine());
        return ability.isInstance(engine) ? Optional.of(ability.cast(engine)) : Optional.empty();
    }

    @Override
    public <R extends Resource> EngineRequest<R> request(ServiceKind<R> kind, ServiceRef reference, R resource) {
        return new EngineRequest<>(resource, server(reference.server()), service(kind, reference));
    }

    @Override
    public ApplicationRequest application(Site site) {
        return new SiteResources(this, site).request();
    }

    @Override
    public Pool pool(Site site) {
        return new SiteResources(this, site).pool();
    }

    @Override
    public Database database(Site site) {
        return new SiteResources(this, site).database();
    }

    @Override
    public VirtualHost virtualHost(Site site) {
        return new SiteResources(this, site).virtualHost();
    }

    @Override
    public Service service(ServiceKind<?> kind, ServiceRef reference) {
        Server server = server(reference.server());
        Service service = server.service(reference.service())
                .orElseThrow(() -> missing(
                        "service " + reference.server() + "/",
                        reference.service(),
                        server.services().stream().map(s -> s.name().value()).toList()));
        if (!service.kind().equals(kind.name())) {
            throw new RefusedException(
                    "The service " + reference + " is of the kind " + service.kind() + ", not " + kind + ".");
        }
        return service;
    }

    @Override
    public ImportEngine importer() {
        Engine<Backup> engine = registry.engine(ServiceKind.BACKUP, ARCHIVES);
        if (engine instanceof ImportEngine importing) {
            return importing;
        }
        throw new RefusedException("The backup engine " + ARCHIVES + " ("
                + engine.getClass().getName() + ") takes no archives apart; it must implement ImportEngine.");
    }

    @Override
    public List<ImportRules> importRules(Name application) {
        return registry.importRules(application);
    }

    @Override
    public Application application(Name name) {
        return registry.application(name);
    }

    private CodeEngine codeEngine(Codebase codebase) {
        Engine<Release> engine =
                registry.engine(ServiceKind.CODE, codebase.source().engine());
        if (engine instanceof CodeEngine code) {
            return code;
        }
        throw new RefusedException("The code engine " + engine.name() + " ("
                + engine.getClass().getName() + ") does not say where its releases lie; it must implement CodeEngine.");
    }

    private EngineRequest<Release> codeRequest(Server server, Codebase codebase) {
        return new EngineRequest<>(release(server, codebase), server, codeService(server, codebase));
    }

    /** Every server takes code; one that declares a service of this kind and engine gives it settings. */
    private static Service codeService(Server server, Codebase codebase) {
        Name kind = ServiceKind.CODE.name();
        Name engine = codebase.source().engine();
        return server.services().stream()
                .filter(service ->
                        service.kind().equals(kind) && service.engine().equals(engine))
                .findFirst()
                .orElseGet(() -> new Service(kind, kind, engine, Settings.none()));
    }

    @Override
    public List<Step> copy(Tree from, Tree to) {
        EngineRequest<Tree> source = fileRequest(from);
        EngineRequest<Tree> target = fileRequest(to);
        Name name = source.service().engine();
        if (!name.equals(target.service().engine())) {
            throw new RefusedException(
                    "The server " + from.server() + " copies files by " + name + " and " + to.server() + " by "
                            + target.service().engine() + "; both must offer a file service of the same engine.");
        }
        Engine<Tree> engine = registry.engine(ServiceKind.FILE, name);
        if (engine instanceof FileEngine files) {
            return Planners.steps(engine, () -> files.copy(source, target));
        }
        throw new RefusedException("The file engine " + name + " ("
                + engine.getClass().getName() + ") copies no files; it must implement FileEngine.");
    }

    private EngineRequest<Tree> fileRequest(Tree tree) {
        Server server = server(tree.server());
        Name kind = ServiceKind.FILE.name();
        Service service = server.services().stream()
                .filter(offered -> offered.kind().equals(kind)
                        // What keeps files elsewhere copies none to this server.
                        && !(registry.engine(kind, offered.engine()) instanceof FileStore))
                .findFirst()
                .orElseGet(() -> new Service(kind, kind, COPIES, Settings.none()));
        return new EngineRequest<>(tree, server, service);
    }

    private static RefusedException missing(String what, Name name, List<String> have) {
        String known = have.stream().limit(20).collect(Collectors.joining(", "));
        return new RefusedException("There is no " + what + (what.endsWith("/") ? "" : " ") + name + "; there is "
                + (known.isEmpty() ? "none yet" : known)
                + (have.size() > 20 ? " and " + (have.size() - 20) + " more." : "."));
    }
}
