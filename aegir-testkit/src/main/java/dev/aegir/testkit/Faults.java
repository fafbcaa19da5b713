// SPDX-License-Identifier: Apache-2.0
package dev.aegir.testkit;

import dev.aegir.host.HostUnreachableException;
import dev.aegir.testkit.Fault.Kind;
import java.util.Optional;

/** Counts what happens and strikes once. Thread-safe. */
final class Faults {
    private Optional<Fault> armed = Optional.empty();
    private int count;
    private boolean struck;

    synchronized void arm(Fault fault) {
        armed = Optional.of(fault);
        count = 0;
        struck = false;
    }

    synchronized void disarm() {
        armed = Optional.empty();
    }

    synchronized boolean struck() {
        return struck;
    }

    boolean failsCommand() {
        return strikes(Kind.COMMAND);
    }

    boolean failsWrite() {
        return strikes(Kind.WRITE);
    }

    /** A call was done; its answer is on the way. */
    void answering(String server) {
        if (strikes(Kind.ANSWER)) {
            throw new HostUnreachableException(
                    server, "the connection broke before the answer arrived; what was asked for may have happened");
        }
    }

    /** Something has changed for good. */
    void effect(String what) {
        if (strikes(Kind.CRASH)) {
            throw new HostCrash(what);
        }
    }

    private synchronized boolean strikes(Kind kind) {
        if (struck || armed.isEmpty() || armed.get().kind() != kind) {
            return false;
        }
        struck = ++count == armed.get().number();
        return struck;
    }
}
