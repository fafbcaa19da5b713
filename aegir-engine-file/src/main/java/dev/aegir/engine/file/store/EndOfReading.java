// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.file.store;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import net.schmizz.sshj.transport.Reader;
import net.schmizz.sshj.transport.Transport;
import net.schmizz.sshj.transport.TransportException;

/**
 * Ends a connection whose reading thread has ended by an error, such as no memory. After an exception sshj itself tells all who wait;
 * after an error it tells nobody, and each would wait for as long as it may. For one connection.
 */
final class EndOfReading implements Thread.UncaughtExceptionHandler {
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    private final Transport transport;

    EndOfReading(Transport transport) {
        this.transport = transport;
    }

    /** To be called by the thread that reads. */
    void watch() {
        if (Thread.currentThread() instanceof Reader reader) {
            reader.setUncaughtExceptionHandler(this);
        }
    }

    @Override
    public void uncaughtException(Thread reader, Throwable error) {
        insist(() ->
                transport.die(new TransportException("what the server says cannot be read any more: " + error, error)));
    }

    /** Does it as soon as there is memory for it. */
    static void insist(Runnable telling) {
        while (true) {
            try {
                telling.run();
                return;
            } catch (OutOfMemoryError e) {
                // Others have it, and do not wait for this one.
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }
}
