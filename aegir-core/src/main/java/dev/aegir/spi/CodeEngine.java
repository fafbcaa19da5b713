// SPDX-License-Identifier: Apache-2.0
package dev.aegir.spi;

import dev.aegir.model.Codebase;
import dev.aegir.model.HostPath;
import dev.aegir.model.Release;
import dev.aegir.model.ServiceKind;

/**
 * Brings code to servers. Whoever plans asks {@link #location} first and then {@link #ensure} for a {@link Release} there.
 *
 * <p>{@link #ensure} of a release without a revision resolves the source as it is now and
 * {@linkplain dev.aegir.task.StepContext#remember remembers} what it found as {@link Release#revisionFact}; a step that
 * finds this fact remembered already brings exactly that. So the steps for one server go first and those for the others
 * after them, side by side or not, and all servers get the same.
 */
public interface CodeEngine extends Engine<Release> {
    @Override
    default ServiceKind<Release> kind() {
        return ServiceKind.CODE;
    }

    /**
     * Where a codebase lies on a server, whether it was brought there yet or not: the top of its files, at or below which
     * its web root is. The same whenever it is asked for the same codebase and service.
     *
     * <p>Unless an engine knows better, that is the directory {@code tree} in a directory named by the codebase's id, in the
     * directory that the service's setting {@code code} names ({@code /srv/aegir/code}). What the engine notes about the
     * release lies beside {@code tree}, where no web server serves it.
     *
     * @param request the server and the service
     * @param codebase the codebase
     * @return the directory
     * @throws dev.aegir.model.InvalidValueException when the codebase's source does not say where, or not properly
     */
    default HostPath location(ServiceRequest request, Codebase codebase) {
        return request.settings()
                .path("code", "/srv/aegir/code")
                .child(codebase.id().value())
                .child("tree");
    }
}
