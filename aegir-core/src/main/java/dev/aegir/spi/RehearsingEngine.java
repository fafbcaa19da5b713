// SPDX-License-Identifier: Apache-2.0
package dev.aegir.spi;

import dev.aegir.model.VirtualHost;
import dev.aegir.task.Step;
import java.util.List;

/** A web engine that can serve a site where nobody but its own server asks, so that it is known to answer before anybody does. */
public interface RehearsingEngine extends Engine<VirtualHost> {
    /**
     * The site answers on its server as it will, under its own name; what the public gets stays as it is. Stops the plan when it
     * does not answer, or with an error. It goes on answering there, for tests, until {@link #open}.
     *
     * <p>Only the last step asks. Those before it need no more than the site's code, and may come long before it: while what the site
     * writes is brought, beside other steps, or while it is still served as it was.
     *
     * @param request the virtual host and where it will be
     * @param path the path that is asked for
     * @return the steps, one after the other
     */
    List<Step> rehearse(EngineRequest<VirtualHost> request, String path);

    /**
     * What {@link #ensure} does; and nothing is left of a rehearsal, whether there was one or not.
     *
     * @param request the virtual host and where it is
     * @return the steps, one after the other
     */
    List<Step> open(EngineRequest<VirtualHost> request);
}
