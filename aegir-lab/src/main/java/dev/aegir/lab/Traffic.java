// SPDX-License-Identifier: Apache-2.0
package dev.aegir.lab;

/** One direction of a {@link SlowLink}, over all its connections: counts, holds back, and cuts at a limit. */
final class Traffic {
    private static final long NO_LIMIT = Long.MAX_VALUE;

    private final Runnable cut;
    private long bytes;
    private long allowance = NO_LIMIT;
    private boolean stalled;

    Traffic(Runnable cut) {
        this.cut = cut;
    }

    synchronized long bytes() {
        return bytes;
    }

    synchronized void limit(long more) {
        allowance = more;
    }

    synchronized void stall() {
        stalled = true;
    }

    synchronized void resume() {
        stalled = false;
        notifyAll();
    }

    /** Waits while the line is dead; then says how many of these bytes may pass. Fewer than asked for: cut after them. */
    synchronized int admit(int wanted) throws InterruptedException {
        while (stalled) {
            wait();
        }
        int admitted = (int) Math.min(wanted, allowance);
        bytes += admitted;
        if (allowance != NO_LIMIT) {
            allowance = admitted < wanted ? NO_LIMIT : allowance - admitted;
        }
        return admitted;
    }

    /** Called by whoever was admitted fewer bytes than it wanted, after it passed them on. */
    void exhausted() {
        cut.run();
    }
}
