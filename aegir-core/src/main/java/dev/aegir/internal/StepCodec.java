// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal;

import dev.aegir.internal.tasks.Bounded;
import dev.aegir.internal.tasks.Half;
import dev.aegir.internal.tasks.InPass;
import dev.aegir.internal.tasks.OnCopy;
import dev.aegir.internal.tasks.Renamed;
import dev.aegir.internal.tasks.Unseen;
import dev.aegir.model.DomainName;
import dev.aegir.model.RefusedException;
import dev.aegir.task.Step;
import java.time.Duration;

/** Steps as they are stored: the name of their class and their components as JSON. */
public final class StepCodec {
    private static final String RENAMED = Renamed.class.getName();
    private static final String HALF = Half.class.getName();
    private static final String UNSEEN = Unseen.class.getName();
    private static final String ON_COPY = OnCopy.class.getName();
    private static final String BOUNDED = Bounded.class.getName();
    private static final String IN_PASS = InPass.class.getName();

    private final Registry registry;

    /**
     * Over the steps of a registry.
     *
     * @param registry the registry
     */
    public StepCodec(Registry registry) {
        this.registry = registry;
    }

    /**
     * A stored step.
     *
     * @param type the name of its class
     * @param json its components
     */
    public record Stored(String type, String json) {
        /** Makes it. */
        public Stored {}
    }

    /** A step under another name. */
    private record Other(String name, String type, String json) {}

    /** A part of a step. */
    private record Part(String name, String type, String json, boolean doing) {}

    /** A step that has a bound. */
    private record Limited(String type, String json, DomainName site, Duration bound, int number, boolean stoppable) {}

    /** A step of a pass. */
    private record Passed(String type, String json, DomainName site, int pass, int row, int lane, Duration above) {}

    /**
     * Stores a step.
     *
     * @param step the step
     * @return its stored form
     * @throws RefusedException when no step source declares its class, or it would not come back as it is
     */
    public Stored encode(Step step) {
        if (step instanceof Renamed renamed) {
            Stored inner = encode(renamed.step());
            return new Stored(RENAMED, Json.write(new Other(renamed.name(), inner.type(), inner.json())));
        }
        if (step instanceof Half half) {
            Stored inner = encode(half.step());
            return new Stored(HALF, Json.write(new Part(half.name(), inner.type(), inner.json(), half.doing())));
        }
        if (step instanceof Unseen unseen) {
            return new Stored(UNSEEN, Json.write(encode(unseen.step())));
        }
        if (step instanceof OnCopy copied) {
            return new Stored(ON_COPY, Json.write(encode(copied.step())));
        }
        if (step instanceof Bounded bounded) {
            Stored inner = encode(bounded.step());
            return new Stored(
                    BOUNDED,
                    Json.write(new Limited(
                            inner.type(),
                            inner.json(),
                            bounded.site(),
                            bounded.bound(),
                            bounded.number(),
                            bounded.stoppable())));
        }
        if (step instanceof InPass each) {
            Stored inner = encode(each.step());
            return new Stored(
                    IN_PASS,
                    Json.write(new Passed(
                            inner.type(),
                            inner.json(),
                            each.site(),
                            each.pass(),
                            each.row(),
                            each.lane(),
                            each.above())));
        }
        String type = step.getClass().getName();
        if (registry.step(type).isEmpty()) {
            throw new RefusedException(
                    "The step \"" + step.name() + "\" is of " + type
                            + ", which nothing declares; the engine, handler or extension that plans it returns it from steps().");
        }
        String json;
        try {
            json = Json.write(step);
        } catch (IllegalArgumentException e) {
            throw new RefusedException("The step \"" + step.name() + "\" cannot be stored: " + e.getMessage());
        }
        if (!Json.write(decode(type, json)).equals(json)) {
            throw new RefusedException("The step \"" + step.name() + "\" (" + type
                    + ") is not the same after it was stored and read: its components must say all that it is.");
        }
        return new Stored(type, json);
    }

    /**
     * Reads a stored step.
     *
     * @param type the name of its class
     * @param json its components
     * @return the step
     * @throws RefusedException when its class is not declared any more, or has other components now
     */
    public Step decode(String type, String json) {
        if (type.equals(RENAMED)) {
            Other other = Json.read(json, Other.class);
            return new Renamed(other.name(), decode(other.type(), other.json()));
        }
        if (type.equals(HALF)) {
            Part part = Json.read(json, Part.class);
            return new Half(part.name(), decode(part.type(), part.json()), part.doing());
        }
        if (type.equals(UNSEEN)) {
            Stored inner = Json.read(json, Stored.class);
            return new Unseen(decode(inner.type(), inner.json()));
        }
        if (type.equals(ON_COPY)) {
            Stored inner = Json.read(json, Stored.class);
            return new OnCopy(decode(inner.type(), inner.json()));
        }
        if (type.equals(BOUNDED)) {
            Limited limited = Json.read(json, Limited.class);
            return new Bounded(
                    decode(limited.type(), limited.json()),
                    limited.site(),
                    limited.bound(),
                    limited.number(),
                    limited.stoppable());
        }
        if (type.equals(IN_PASS)) {
            Passed passed = Json.read(json, Passed.class);
            return new InPass(
                    decode(passed.type(), passed.json()),
                    passed.site(),
                    passed.pass(),
                    passed.row(),
                    passed.lane(),
                    passed.above());
        }
        Class<? extends Step> known = registry.step(type)
                .orElseThrow(() -> new RefusedException("The stored step " + type
                        + " is not known any more; put the artifact that brought it back on the class path."));
        try {
            return Json.read(json, known);
        } catch (IllegalArgumentException e) {
            throw new RefusedException("The stored step " + type + " cannot be read: " + e.getMessage());
        }
    }
}
