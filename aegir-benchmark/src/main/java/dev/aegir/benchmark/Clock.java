// SPDX-License-Identifier: Apache-2.0
package dev.aegir.benchmark;

import dev.aegir.spi.TaskListener;
import dev.aegir.task.TaskEvent;
import java.util.ArrayList;
import java.util.List;

/** Knows when the steps of the last task began. Safe for use by several threads. */
final class Clock implements TaskListener {
    private record Begun(String step, long at) {}

    private final List<Begun> steps = new ArrayList<>();

    @Override
    public synchronized void happened(TaskEvent event) {
        if (event.kind() == TaskEvent.Kind.STEP_STARTED) {
            steps.add(new Begun(event.step(), System.nanoTime()));
        }
    }

    synchronized void reset() {
        steps.clear();
    }

    /** Says how long each step since the last reset took; of several at once each until the next began. */
    synchronized void tell() {
        long now = System.nanoTime();
        for (int i = 0; i < steps.size(); i++) {
            long next = i + 1 < steps.size() ? steps.get(i + 1).at() : now;
            System.err.println((next - steps.get(i).at()) / 1_000_000 + " ms: "
                    + steps.get(i).step());
        }
    }

    /** Milliseconds from the beginning of the step that follows one of this name until now; and says how long each took. */
    synchronized double after(String step) {
        long now = System.nanoTime();
        long from = now;
        for (int i = steps.size() - 1; i >= 0 && !steps.get(i).step().equals(step); i--) {
            long next = i + 1 < steps.size() ? steps.get(i + 1).at() : now;
            System.err.println((next - steps.get(i).at()) / 1_000_000 + " ms: "
                    + steps.get(i).step());
            from = steps.get(i).at();
        }
        return (now - from) / 1e6;
    }
}
