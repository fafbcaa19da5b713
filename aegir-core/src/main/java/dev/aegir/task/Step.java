// SPDX-License-Identifier: Apache-2.0
package dev.aegir.task;

import java.util.List;

/**
 * One unit of change in a plan. A record: its components are its whole input and are written to the journal as JSON
 * (secrets as {@link dev.aegir.model.SecretRef}), so that another process can go on after a crash.
 *
 * <p>A step says how things shall be rather than what to do: run twice, it is true once.
 */
public interface Step {
    /**
     * What it is, for people and programs, such as {@code nginx: publish docs.example.net on web1}; unique in its plan and
     * the same whenever the same thing is planned.
     *
     * @return the name
     */
    String name();

    /**
     * What running it now would change. Only reads. A step that later steps depend on may describe what it will do
     * instead, as long as it says the same when asked again in the same world.
     *
     * @param context where to look
     * @return the changes; empty when everything is as it should be
     * @throws Exception when it cannot be told
     */
    List<Change> preview(StepContext context) throws Exception;

    /**
     * Makes it so. What {@link #undo} will need is {@linkplain StepContext#remember remembered} before anything changes.
     *
     * @param context where to do it
     * @throws NotYetException to be run again later, without holding a thread meanwhile
     * @throws Exception when it cannot be done; {@link #undo} is then asked, also of this step
     */
    void run(StepContext context) throws Exception;

    /**
     * Takes it back. Copes with having been done, half done, or never done, and with being asked twice.
     *
     * @param context where to undo it
     * @throws NotYetException to be asked again later, without holding a thread meanwhile
     * @throws Exception when it cannot be taken back; the task then needs attention, at once or, if it {@linkplain
     *     dev.aegir.model.AegirException#mayPass may pass}, after it was asked for a while
     */
    default void undo(StepContext context) throws Exception {}

    /**
     * Asked only after a crash while {@link #run} was under way: what now?
     *
     * @param context where to look
     * @return what the executor shall do
     * @throws Exception when it cannot be told; a person is then asked, unless it is for a host that is unreachable, which is
     *     waited for first
     */
    default Doubt inDoubt(StepContext context) throws Exception {
        return Doubt.RUN_AGAIN;
    }
}
