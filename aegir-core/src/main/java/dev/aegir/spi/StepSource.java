// SPDX-License-Identifier: Apache-2.0
package dev.aegir.spi;

import dev.aegir.task.Step;
import java.util.Set;

/** Something that plans steps of its own making. */
public interface StepSource {
    /**
     * The classes of those steps. A step is stored under its class name and read back only when some source declares it,
     * so a class that was declared once is declared as long as a stored plan may have it.
     *
     * @return the classes, all of them records
     */
    default Set<Class<? extends Step>> steps() {
        return Set.of();
    }
}
