// SPDX-License-Identifier: Apache-2.0
package dev.aegir.spi;

import dev.aegir.model.Resource;
import dev.aegir.model.ServiceKind;
import dev.aegir.task.Step;
import java.util.List;

/**
 * Runs services of one kind with one piece of software. It plans and never acts: everything it wants done is in the steps it
 * returns. Stateless; used by many threads.
 *
 * @param <R> what it provides
 */
public interface Engine<R extends Resource> extends StepSource {
    /**
     * The kind of service it runs.
     *
     * @return the kind
     */
    ServiceKind<R> kind();

    /**
     * Its name among the engines of that kind.
     *
     * @return the name, such as {@code nginx}
     */
    String name();

    /**
     * The software itself, before any resource: what must be on the server once.
     *
     * @param request the server and the service
     * @return the steps, one after the other
     */
    default List<Step> prepare(ServiceRequest request) {
        return List.of();
    }

    /**
     * The resource exists exactly so, whether it is new, different, or already right.
     *
     * @param request the resource and where it shall be
     * @return the steps, one after the other
     */
    List<Step> ensure(EngineRequest<R> request);

    /**
     * The resource does not exist, whether it did or not.
     *
     * @param request the resource and where it shall not be
     * @return the steps, one after the other
     */
    List<Step> remove(EngineRequest<R> request);
}
