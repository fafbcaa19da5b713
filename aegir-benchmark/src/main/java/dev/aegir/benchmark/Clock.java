// SPDX-License-Identifier: Apache-2.0
package dev.aegir.benchmark;

import dev.aegir.spi.TaskListener;
import dev.aegir.task.TaskEvent;
import java.util.ArrayList;
import java.util.List;

/** Knows when the steps of the last task began and ended. Safe for use by several threads. */
final class Clock implements TaskListener {
    private static final class Timed {
        private final String step;
        private final long from = System.nanoTime();
        private long to;

        private Timed(String step) {
            this.step = step;
        }
    }

    private final List<Timed> steps = new ArrayList<>();

    @Override
    public synchronized void happened(TaskEvent event) {
        if (event.kind() == TaskEvent.Kind.STEP_STARTED) {
            steps.add(new Timed(event.step()));
        } else if (event.kind() == TaskEvent.Kind.STEP_DONE) {
            steps.stream()
                    .filter(each -> each.to == 0 && each.step.equals(event.step()))
                    .forEach(each -> each.to = System.nanoTime());
        }
    }

    synchronized void reset() {
        steps.clear();
    }

    /** Milliseconds from the beginning of the step that follows one of this name until now; and says when each began, and how long it took. */
    synchronized double after(String step) {
        long now = System.nanoTime();
        int first = steps.size();
        while (first > 0 && !steps.get(first - 1).step.equals(step)) {
            first--;
        }
        long from = first < steps.size() ? steps.get(first).from : now;
        for (Timed each : steps.subList(first, steps.size())) {
            System.err.printf(
                    "%6d ms %6d ms  %s%n",
                    (each.from - from) / 1_000_000, each.to == 0 ? -1 : (each.to - each.from) / 1_000_000, each.step);
        }
        return (now - from) / 1e6;
    }
}
