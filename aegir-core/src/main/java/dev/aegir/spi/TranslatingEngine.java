// SPDX-License-Identifier: Apache-2.0
package dev.aegir.spi;

import dev.aegir.model.Database;
import dev.aegir.task.Step;
import java.util.List;
import java.util.Set;

/**
 * An engine that takes over databases which other engines keep: what they dump it loads, what they copy while people write to it, and
 * their sums mean here what they mean there, as far as both have that ability.
 */
public interface TranslatingEngine extends DatabaseEngine {
    /**
     * The engines whose databases it takes over, beside its own.
     *
     * @return their names
     */
    Set<String> understands();

    /**
     * Stops the plan, before anything is made, when the database has what this engine cannot take, and says what and where. What will be
     * otherwise here is told as a preview, and in the log of the task. Changes nothing.
     *
     * @param origin the database as it is, of one of the engines that this one {@link #understands}, and where it is
     * @param request the database as it shall be, which is not there yet
     * @return the steps, one after the other
     */
    List<Step> requireTranslatable(EngineRequest<Database> origin, EngineRequest<Database> request);
}
