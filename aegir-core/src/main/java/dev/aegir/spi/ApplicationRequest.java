// SPDX-License-Identifier: Apache-2.0
package dev.aegir.spi;

import dev.aegir.host.Workbench;
import dev.aegir.model.Codebase;
import dev.aegir.model.DatabaseAccess;
import dev.aegir.model.HostPath;
import dev.aegir.model.RefusedException;
import dev.aegir.model.Release;
import dev.aegir.model.Server;
import dev.aegir.model.Site;
import dev.aegir.model.VirtualHost;
import java.util.Optional;

/**
 * A site, for its application.
 *
 * @param site the site
 * @param codebase the codebase it runs
 * @param release the codebase as it lies on the server
 * @param server the server of its web service
 * @param runtime what runs its code; absent when the site's application {@linkplain Application#needs needs} nothing of the kind
 * @param database how it reaches its database; absent when it needs none
 */
public record ApplicationRequest(
        Site site,
        Codebase codebase,
        Release release,
        Server server,
        Optional<Processes> runtime,
        Optional<DatabaseAccess> database) {
    /**
     * What runs a site's code.
     *
     * @param workbench where its own commands run
     * @param handler how its web server reaches it
     */
    public record Processes(Workbench workbench, VirtualHost.Handler handler) {
        /** Makes it. */
        public Processes {}
    }

    /** Makes it. */
    public ApplicationRequest {}

    /**
     * Where the site's own commands run.
     *
     * @return the workbench
     * @throws RefusedException when the site has none
     */
    public Workbench workbench() {
        return runtime.orElseThrow(() -> new RefusedException("The site " + site.name()
                        + " is bound to no runtime; bind it with runtime(\"server/service\")."))
                .workbench();
    }

    /**
     * The site's own directory.
     *
     * @return the directory
     * @throws RefusedException when the site has none
     */
    public HostPath home() {
        return workbench().home();
    }

    /**
     * The directory that is served.
     *
     * @return the codebase's web root in the release
     */
    public HostPath root() {
        return release.path().resolve(codebase.webRoot());
    }
}
