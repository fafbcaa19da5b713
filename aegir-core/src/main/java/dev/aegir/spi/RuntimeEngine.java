// SPDX-License-Identifier: Apache-2.0
package dev.aegir.spi;

import dev.aegir.host.Workbench;
import dev.aegir.model.HostPath;
import dev.aegir.model.Id;
import dev.aegir.model.Pool;
import dev.aegir.model.ServiceKind;
import dev.aegir.model.VirtualHost;
import dev.aegir.task.Step;
import java.util.List;

/**
 * Runs the code of applications. {@link #ensure} makes the account, the site's home with what is writable in it, and the
 * processes; {@link #remove} ends and removes all of them, after the owner's mark was read back.
 */
public interface RuntimeEngine extends Engine<Pool> {
    @Override
    default ServiceKind<Pool> kind() {
        return ServiceKind.RUNTIME;
    }

    /**
     * A site's own directory: the same for every service of a server, below {@code /srv/aegir/sites} unless the service has a setting of the name sites.
     *
     * @param request the server and the service
     * @param site the site's id
     * @return the directory
     */
    default HostPath home(ServiceRequest request, Id site) {
        return request.settings().path("sites", "/srv/aegir/sites").child(site.value());
    }

    /**
     * The first of the steps of {@link #ensure}: after them the site's own directory is there, with what its code may write. While
     * the others are done it may be filled already. All of them, unless an engine says otherwise.
     *
     * @param request the pool and where it is
     * @return the steps, one after the other; {@link #ensure} begins with equal ones
     */
    default List<Step> housing(EngineRequest<Pool> request) {
        return ensure(request);
    }

    /**
     * How a web server on the same server reaches the processes.
     *
     * @param request the pool and where it is
     * @return the handler
     */
    VirtualHost.Handler handler(EngineRequest<Pool> request);

    /**
     * Where the site's own commands run.
     *
     * @param request the pool and where it is
     * @return the workbench
     */
    Workbench workbench(EngineRequest<Pool> request);

    /**
     * Runs the pool's cron now, unless it is running already; then it waits for that run.
     *
     * @param request the pool, which has a cron
     * @return the steps, one after the other
     */
    List<Step> runCron(EngineRequest<Pool> request);

    /**
     * The processes no longer run, nor does cron, and their configuration is gone; the account and the site's files stay.
     *
     * @param request the pool and where it is
     * @return the steps, one after the other
     */
    List<Step> stop(EngineRequest<Pool> request);

    /**
     * Whether a pool whose setting {@code egress} is {@code off} reaches nothing by a network, neither its processes nor the commands
     * of its workbench. Files and sockets of the server's file system are left to it, so that its web server and its database are.
     *
     * @return whether it does
     */
    default boolean holdsBack() {
        return false;
    }
}
