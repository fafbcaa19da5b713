// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal;

import dev.aegir.model.Id;
import dev.aegir.task.Lock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Who holds which lock and who waits. A task takes its locks one after the other in their order, so nobody waits in a
 * circle; for each lock only the first of those who wait is looked at, so nobody is overtaken for ever. Not thread-safe.
 */
final class InMemoryLocks {
    private static final Comparator<Claimant> FIRST_COME =
            Comparator.<Claimant>comparingInt(c -> -c.priority).thenComparingLong(c -> c.order);

    private final Map<String, Line> lines = new HashMap<>();
    private final Map<Id, Claimant> claimants = new HashMap<>();

    /** A task and how far it has got with its locks. */
    private static final class Claimant {
        final Id task;
        final int priority;
        final long order;
        final List<Lock> locks;
        int held;

        Claimant(Id task, int priority, long order, List<Lock> locks) {
            this.task = task;
            this.priority = priority;
            this.order = order;
            this.locks = locks;
        }

        Lock next() {
            return locks.get(held);
        }

        boolean complete() {
            return held == locks.size();
        }
    }

    /** One lock. */
    private static final class Line {
        final Map<Claimant, Lock> holders = new HashMap<>();
        final TreeSet<Claimant> waiting = new TreeSet<>(FIRST_COME);

        boolean admits(Lock lock) {
            int then = holders.size() + 1;
            return then == 1
                    || then <= lock.sharers() && holders.values().stream().allMatch(other -> then <= other.sharers());
        }
    }

    /**
     * What came of a change.
     *
     * @param complete tasks that have all their locks now
     * @param waiting tasks that wait for another lock than before
     */
    record Moved(List<Id> complete, List<Id> waiting) {}

    /** Asks for locks in place of whatever the task has, and for these in its old place in line. */
    Moved ask(Id task, int priority, long order, List<Lock> locks) {
        List<Lock> freed = leave(task);
        Claimant claimant = new Claimant(task, priority, order, locks);
        claimants.put(task, claimant);
        Set<Claimant> moved = new LinkedHashSet<>(Set.of(claimant));
        if (!claimant.complete()) {
            queueUp(claimant);
            grant(claimant.next().key(), moved);
        }
        freed.forEach(lock -> grant(lock.key(), moved));
        return result(moved);
    }

    /** Gives up everything a task holds and asks for. */
    Moved free(Id task) {
        Set<Claimant> moved = new LinkedHashSet<>();
        leave(task).forEach(lock -> grant(lock.key(), moved));
        return result(moved);
    }

    private List<Lock> leave(Id task) {
        Claimant claimant = claimants.remove(task);
        if (claimant == null) {
            return List.of();
        }
        for (Lock lock : claimant.locks) {
            Line line = lines.get(lock.key());
            if (line != null) {
                line.holders.remove(claimant);
                line.waiting.remove(claimant);
            }
        }
        return claimant.locks;
    }

    /** Whether a task has all its locks. */
    boolean holdsAll(Id task) {
        Claimant claimant = claimants.get(task);
        return claimant != null && claimant.complete();
    }

    /** What a task waits for, for people; nothing when it does not wait. */
    Optional<String> waitsFor(Id task) {
        Claimant claimant = claimants.get(task);
        if (claimant == null || claimant.complete()) {
            return Optional.empty();
        }
        String key = claimant.next().key();
        return Optional.of(
                key + ", held by " + holders(key).stream().map(Id::value).collect(Collectors.joining(", ")));
    }

    List<Id> holders(String key) {
        Line line = lines.get(key);
        return line == null
                ? List.of()
                : line.holders.keySet().stream().map(c -> c.task).sorted().toList();
    }

    private void queueUp(Claimant claimant) {
        lines.computeIfAbsent(claimant.next().key(), k -> new Line()).waiting.add(claimant);
    }

    private void grant(String key, Set<Claimant> moved) {
        Line line = lines.get(key);
        while (line != null
                && !line.waiting.isEmpty()
                && line.admits(line.waiting.first().next())) {
            Claimant first = line.waiting.pollFirst();
            line.holders.put(first, first.next());
            first.held++;
            moved.add(first);
            if (!first.complete()) {
                // Its next lock comes later in the order, so this never comes back to the same line.
                queueUp(first);
                grant(first.next().key(), moved);
            }
        }
        if (line != null && line.holders.isEmpty() && line.waiting.isEmpty()) {
            lines.remove(key);
        }
    }

    private static Moved result(Set<Claimant> moved) {
        List<Id> complete = new ArrayList<>();
        List<Id> waiting = new ArrayList<>();
        moved.forEach(claimant -> (claimant.complete() ? complete : waiting).add(claimant.task));
        return new Moved(complete, waiting);
    }
}
