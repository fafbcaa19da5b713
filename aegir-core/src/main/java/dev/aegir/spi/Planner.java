// SPDX-License-Identifier: Apache-2.0
package dev.aegir.spi;

import dev.aegir.model.Codebase;
import dev.aegir.model.DomainName;
import dev.aegir.model.Id;
import dev.aegir.model.Name;
import dev.aegir.model.RefusedException;
import dev.aegir.model.Release;
import dev.aegir.model.Resource;
import dev.aegir.model.Server;
import dev.aegir.model.Service;
import dev.aegir.model.ServiceKind;
import dev.aegir.model.ServiceRef;
import dev.aegir.model.Site;
import dev.aegir.model.VirtualHost;
import dev.aegir.task.Inventory;
import dev.aegir.task.Lock;
import dev.aegir.task.Step;
import java.util.List;

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
     * The steps that bring a codebase to a server.
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
     * A site as its web service needs to know it.
     *
     * @param site the site
     * @return the virtual host, of the disabled page when the site is disabled
     */
    VirtualHost virtualHost(Site site);

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
}
