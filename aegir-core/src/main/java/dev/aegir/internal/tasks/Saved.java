// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal.tasks;

import dev.aegir.internal.Json;
import dev.aegir.task.Change;
import dev.aegir.task.Change.Kind;
import dev.aegir.task.StepContext;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** What the steps that save something in the inventory have in common. */
final class Saved {
    private static final String NOTHING = "";

    private Saved() {}

    static <T> List<Change> change(Optional<T> before, T after, String subject, String detail) {
        if (before.isEmpty()) {
            return List.of(new Change(Kind.CREATE, "inventory", subject, detail));
        }
        String old = Json.write(before.get());
        String now = Json.write(after);
        return old.equals(now)
                ? List.of()
                : List.of(new Change(Kind.CHANGE, "inventory", subject, "-" + old + "\n+" + now + "\n"));
    }

    /** Remembers what is there, or that nothing is, the first time it is asked. */
    static <T> void remember(StepContext context, String fact, Optional<T> present) {
        if (context.recall(fact, String.class).isEmpty()) {
            context.remember(fact, present.map(Json::write).orElse(NOTHING));
        }
    }

    /** Puts back what was remembered; does nothing when nothing was, because then nothing was saved either. */
    static <T> void restore(StepContext context, String fact, Class<T> type, Consumer<T> save, Runnable remove) {
        Optional<String> before = context.recall(fact, String.class);
        if (before.isEmpty()) {
            return;
        }
        if (before.get().equals(NOTHING)) {
            remove.run();
        } else {
            save.accept(Json.read(before.get(), type));
        }
    }
}
