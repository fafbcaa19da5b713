// SPDX-License-Identifier: Apache-2.0
package dev.aegir.examples.crash;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/**
 * Counts the points at which a program can die, and waits at one of them to be killed. Points are passed before and after
 * every write of the journal, and before and after everything that is done to a host. Safe for use by several threads.
 */
public final class CrashPoints {
    /** How kinds of step begin that only a site with a database has, or an application of some size. */
    static final String RICH = "rich ";

    /**
     * A point that was passed.
     *
     * @param kind the kind of step that was going on, or nothing
     * @param where what was about to be done or just done
     * @param time how often the program has been at such a point, this time included
     */
    record Point(String kind, String where, int time) {
        /** What a program that shall be killed there is told. */
        String deadly() {
            return time + " " + where;
        }

        /** What a program is told that goes on with what another began, and so comes to such a point at another time. */
        String deadlyAgain() {
            return "during " + kind + ": " + where;
        }
    }

    private final List<Point> passed = new ArrayList<>();
    private final Map<String, Integer> times = new HashMap<>();
    private final String deadly;
    private String kind = "";

    /** With the number of the deadly point, counted from 1; 0 for none. */
    public CrashPoints(int deadly) {
        this(Integer.toString(deadly));
    }

    /** With the deadly point: its number, or what {@link Point#deadly} or {@link Point#deadlyAgain} says of it. */
    public CrashPoints(String deadly) {
        this.deadly = deadly;
    }

    public synchronized int passed() {
        return passed.size();
    }

    synchronized List<Point> all() {
        return List.copyOf(passed);
    }

    /** From here on points are passed because of a step of this kind. */
    synchronized void during(String kindOfStep) {
        kind = kindOfStep;
    }

    void pass(String where) {
        if (isDeadly(where)) {
            System.out.println("AT " + where);
            System.out.flush();
            while (true) {
                LockSupport.park(this); // Until the SIGKILL that was asked for arrives.
            }
        }
    }

    private synchronized boolean isDeadly(String where) {
        Point point = new Point(kind, where, times.merge(where, 1, Integer::sum));
        passed.add(point);
        return deadly.equals(Integer.toString(passed.size()))
                || deadly.equals(point.deadly())
                || deadly.equals(point.deadlyAgain());
    }
}
