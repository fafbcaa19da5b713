// SPDX-License-Identifier: Apache-2.0
package dev.aegir.spi;

import dev.aegir.host.HostRefusedException;
import dev.aegir.host.HostUnreachableException;
import dev.aegir.host.RunningCommand;
import java.util.List;

/**
 * The one thing a backend for POSIX machines has to bring: a way to start a program there with streams. A
 * {@link PosixHost} makes a whole {@link dev.aegir.host.Host} of it. Thread-safe; reconnects by itself.
 */
public interface Connection extends AutoCloseable {
    /**
     * Starts a program.
     *
     * @param words the program and its arguments, handed over exactly so whatever lies between
     * @return the running program
     * @throws HostUnreachableException when the host cannot be reached
     * @throws HostRefusedException when the host is not the one that was enrolled, or does not let us in
     * @throws InterruptedException when the thread is interrupted
     */
    RunningCommand open(List<String> words) throws InterruptedException;

    /** Closes the connection and everything started over it. */
    @Override
    void close();
}
