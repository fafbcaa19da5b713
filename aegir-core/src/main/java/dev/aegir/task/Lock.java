// SPDX-License-Identifier: Apache-2.0
package dev.aegir.task;

import dev.aegir.model.InvalidValueException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What a task needs to have to itself, or to share, while it runs. Locks are granted before a task is run, in one order
 * for all tasks, first come first served.
 *
 * @param kind {@code domain}, {@code site}, {@code codebase}, {@code server}, or a plugin's own
 * @param name which one
 * @param sharers how many tasks may hold it at the same time, as far as this one is concerned; 1 is to itself
 */
public record Lock(String kind, String name, int sharers) implements Comparable<Lock> {
    private static final List<String> ORDER = List.of("domain", "site", "codebase");

    /** Validates. */
    public Lock {
        if (!kind.matches("[a-z][a-z0-9-]{0,30}") || name.isEmpty() || name.length() > 255 || sharers < 1) {
            throw new InvalidValueException("lock", kind + ":" + name, "it needs a kind, a name and a positive number");
        }
    }

    /**
     * To itself.
     *
     * @param kind the kind
     * @param name which one
     * @return the lock
     */
    public static Lock exclusive(String kind, Object name) {
        return new Lock(kind, name.toString(), 1);
    }

    /**
     * Shared with others that share it.
     *
     * @param kind the kind
     * @param name which one
     * @return the lock
     */
    public static Lock shared(String kind, Object name) {
        return new Lock(kind, name.toString(), Integer.MAX_VALUE);
    }

    /**
     * Locks as they are taken.
     *
     * @param locks some locks
     * @return the locks in their order, each key once, with the fewest sharers that were asked for it
     */
    public static List<Lock> inOrder(Collection<Lock> locks) {
        Map<String, Lock> byKey = new HashMap<>();
        for (Lock lock : locks) {
            byKey.merge(lock.key(), lock, (one, other) -> one.sharers <= other.sharers ? one : other);
        }
        return byKey.values().stream().sorted().toList();
    }

    /**
     * What is locked, as one word.
     *
     * @return kind and name
     */
    public String key() {
        return kind + ":" + name;
    }

    /** The order in which locks are taken: names and sites first, servers last, others between. */
    @Override
    public int compareTo(Lock other) {
        int byKind = Integer.compare(rank(), other.rank());
        return byKind != 0 ? byKind : key().compareTo(other.key());
    }

    private int rank() {
        int known = ORDER.indexOf(kind);
        return known >= 0 ? known : kind.equals("server") ? ORDER.size() + 1 : ORDER.size();
    }
}
