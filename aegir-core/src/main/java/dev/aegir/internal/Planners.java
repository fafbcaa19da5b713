// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal;

import dev.aegir.model.AegirException;
import dev.aegir.model.RefusedException;
import dev.aegir.spi.Application;
import dev.aegir.spi.Engine;
import dev.aegir.task.Step;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Asks engines and applications. Whatever they get wrong is said of them, and not of the task that asks. */
public final class Planners {
    private Planners() {}

    /**
     * What an engine plans.
     *
     * @param engine the engine
     * @param call asks it
     * @return its steps
     */
    public static List<Step> steps(Engine<?> engine, Supplier<@Nullable List<Step>> call) {
        return steps("engine", engine, call);
    }

    /**
     * What an application plans.
     *
     * @param application the application
     * @param call asks it
     * @return its steps
     */
    public static List<Step> steps(Application application, Supplier<@Nullable List<Step>> call) {
        return steps("application", application, call);
    }

    /**
     * What an application says of itself.
     *
     * @param <T> what that is
     * @param application the application
     * @param what what it is asked for: the method's name
     * @param call asks it
     * @return what it says
     */
    public static <T> T said(Application application, String what, Supplier<@Nullable T> call) {
        @Nullable T said = called("application", application, call);
        if (said == null) {
            throw new RefusedException("The application "
                    + application.getClass().getName() + " returned nothing when it was asked for " + what
                    + "; it must say what its sites have, empty when they have none.");
        }
        return said;
    }

    /**
     * What an engine says.
     *
     * @param <T> what that is
     * @param engine the engine
     * @param what what it is asked for: the method's name
     * @param call asks it
     * @return what it says
     */
    public static <T> T said(Engine<?> engine, String what, Supplier<@Nullable T> call) {
        @Nullable T said = called("engine", engine, call);
        if (said == null) {
            throw new RefusedException("The engine " + engine.getClass().getName()
                    + " returned nothing when it was asked for " + what + "; it must say so with an empty value.");
        }
        return said;
    }

    private static List<Step> steps(String what, Object who, Supplier<@Nullable List<Step>> call) {
        @Nullable List<Step> steps = called(what, who, call);
        if (steps == null || steps.stream().anyMatch(Objects::isNull)) {
            throw new RefusedException("The " + what + " " + who.getClass().getName() + " returned "
                    + (steps == null ? "no steps" : "a step that is null")
                    + "; it must return a list, empty when there is nothing to do.");
        }
        return steps;
    }

    private static <T> @Nullable T called(String what, Object who, Supplier<@Nullable T> call) {
        try {
            return call.get();
        } catch (AegirException e) {
            throw e;
        } catch (RuntimeException | Error e) {
            RefusedException refused =
                    new RefusedException("The " + what + " " + who.getClass().getName() + " failed to plan: " + e);
            refused.initCause(e);
            throw refused;
        }
    }
}
