// SPDX-License-Identifier: Apache-2.0
package dev.aegir.spi;

import dev.aegir.model.Codebase;
import dev.aegir.model.Database;
import dev.aegir.model.DomainName;
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
import dev.aegir.model.Site;
import dev.aegir.model.Tree;
import dev.aegir.model.VirtualHost;
import dev.aegir.task.Inventory;
import dev.aegir.task.Lock;
import dev.aegir.task.Step;
import java.util.List;
import java.util.Optional;

/**
 * What a task handler plans with: the inventory, the engines, and the locks the task will hold. Whatever is looked up here is
 * locked, so that it cannot change between planning and running. Reads only; touches no server.
 */
public interface Planner {
    /**
     * What is known to exist; what is read here is not locked.
     *
     * @return the inventory; it cannot be written here
     */
    Inventory inventory();

    /**
     * Takes a lock while the task runs.
     *
     * @param lock the lock
     */
    void lock(Lock lock);

    /**
     * A server, shared with other tasks.
     *
     * @param name its name
     * @return the server
     * @throws RefusedException when there is none; the message lists those there are
     */
    Server server(Name name);

    /**
     * A server, to this task itself.
     *
     * @param name its name
     * @return the server
     * @throws RefusedException when there is none; the message lists those there are
     */
    Server serverAlone(Name name);

    /**
     * A codebase, shared with other tasks that read it.
     *
     * @param name its name
     * @return the codebase
     * @throws RefusedException when there is none; the message lists those there are
     */
    Codebase codebase(Name name);

    /**
     * A codebase, to this task itself.
     *
     * @param name its name
     * @return the codebase
     * @throws RefusedException when there is none; the message lists those there are
     */
    Codebase codebaseAlone(Name name);

    /**
     * A site, to this task itself, with all its names.
     *
     * @param anyName its name or any other that leads to it
     * @return the site
     * @throws RefusedException when there is none
     */
    Site site(DomainName anyName);

    /**
     * Claims names for a site: to this task itself, and free or the site's own.
     *
     * @param site the site's id
     * @param names the names it shall have
     * @throws RefusedException when another site has one of them, or a server is reached under it
     */
    void claim(Id site, List<DomainName> names);

    /**
     * The steps that prepare every service of a server.
     *
     * @param server the server
     * @return the steps, one after the other
     */
    List<Step> prepare(Server server);

    /**
     * The steps that provide a resource through a service.
     *
     * @param <R> the resource's type
     * @param kind the service's kind
     * @param service the service
     * @param resource the resource
     * @return the steps, one after the other
     * @throws RefusedException when there is no such service, it is of another kind, or its engine is unknown
     */
    <R extends Resource> List<Step> ensure(ServiceKind<R> kind, ServiceRef service, R resource);

    /**
     * The steps that remove a resource from a service.
     *
     * @param <R> the resource's type
     * @param kind the service's kind
     * @param service the service
     * @param resource the resource
     * @return the steps, one after the other
     * @throws RefusedException when there is no such service, it is of another kind, or its engine is unknown
     */
    <R extends Resource> List<Step> remove(ServiceKind<R> kind, ServiceRef service, R resource);

    /**
     * The steps that bring a codebase to a server, and make sure that it is of its application.
     *
     * @param server the server
     * @param codebase the codebase
     * @return the steps, one after the other
     */
    List<Step> deploy(Server server, Codebase codebase);

    /**
     * The steps that remove a codebase from a server.
     *
     * @param server the server
     * @param codebase the codebase
     * @return the steps, one after the other
     */
    List<Step> withdraw(Server server, Codebase codebase);

    /**
     * A codebase as it lies, or will lie, on a server.
     *
     * @param server the server
     * @param codebase the codebase
     * @return the release
     */
    Release release(Server server, Codebase codebase);

    /**
     * An engine that can do more than ensure and remove.
     *
     * @param <R> what it provides
     * @param <E> the ability
     * @param kind the service's kind
     * @param service the service
     * @param ability the ability's interface, such as {@link DatabaseEngine}
     * @return the engine
     * @throws RefusedException when there is no such service, or its engine cannot do that
     */
    <R extends Resource, E extends Engine<R>> E engine(ServiceKind<R> kind, ServiceRef service, Class<E> ability);

    /**
     * An engine that may be able to do more than ensure and remove.
     *
     * @param <R> what it provides
     * @param <E> the ability
     * @param kind the service's kind
     * @param service the service
     * @param ability the ability's interface
     * @return the engine, if it can do that
     * @throws RefusedException when there is no such service, or its engine is unknown
     */
    <R extends Resource, E extends Engine<R>> Optional<E> able(
            ServiceKind<R> kind, ServiceRef service, Class<E> ability);

    /**
     * A resource and the service that shall provide it, as engines are asked.
     *
     * @param <R> what the service provides
     * @param kind the service's kind
     * @param service the service
     * @param resource the resource
     * @return the request
     * @throws RefusedException when there is no such service, or it is of another kind
     */
    <R extends Resource> EngineRequest<R> request(ServiceKind<R> kind, ServiceRef service, R resource);

    /**
     * A site as its application needs to know it.
     *
     * @param site the site
     * @return the site with its code, what runs it, and how it reaches its database
     * @throws RefusedException when it is not bound to a service that its application needs
     */
    ApplicationRequest application(Site site);

    /**
     * A site's processes, as its runtime service needs to know them.
     *
     * @param site the site
     * @return the pool; cron is part of it when the site is enabled and does not have its setting {@code cron} {@code off}
     * @throws RefusedException when the site is bound to no runtime, or to one of another server than its web service
     */
    Pool pool(Site site);

    /**
     * A site's database.
     *
     * @param site the site
     * @return the database
     * @throws RefusedException when the site is bound to no database service, or the addresses of its web server are needed
     *     and not known
     */
    Database database(Site site);

    /**
     * A site as its web service needs to know it.
     *
     * @param site the site
     * @return the virtual host, of a page that says so when the site is disabled or in maintenance
     */
    VirtualHost virtualHost(Site site);

    /**
     * What takes archives apart that were made elsewhere.
     *
     * @return the engine
     * @throws RefusedException when there is none
     */
    ImportEngine importer();

    /**
     * The formats that archives with sites of an application may have.
     *
     * @param application the application's name
     * @return the rules of each format, in the order of their names
     */
    List<ImportRules> importRules(Name application);

    /**
     * A service of a server.
     *
     * @param kind the kind it must have
     * @param reference which one
     * @return the service
     * @throws RefusedException when there is no such service, or it is of another kind
     */
    Service service(ServiceKind<?> kind, ServiceRef reference);

    /**
     * An application.
     *
     * @param name its name
     * @return the application
     * @throws RefusedException when there is none; the message lists those there are
     */
    Application application(Name name);

    /**
     * The steps that make files on one server equal to files on another, or elsewhere on the same one. Every server copies
     * files, by {@code rsync} unless it declares a service of that kind.
     *
     * @param from the source
     * @param to the target, with the same paths
     * @return the steps, one after the other; run again, they bring what has changed since
     * @throws RefusedException when the two servers declare different engines
     */
    List<Step> copy(Tree from, Tree to);
}
