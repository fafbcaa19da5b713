// SPDX-License-Identifier: Apache-2.0
package dev.aegir.host;

import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.OptionalInt;

/**
 * A command whose streams are read and written while it runs. Whoever starts one reads both output streams, at the same
 * time, and closes it; closing kills what still runs. The streams may be used by one thread each.
 */
public interface RunningCommand extends AutoCloseable {
    /**
     * Its standard input; closing it is the end of input.
     *
     * @return the stream
     */
    OutputStream stdin();

    /**
     * Its standard output.
     *
     * @return the stream
     */
    InputStream stdout();

    /**
     * Its standard error.
     *
     * @return the stream
     */
    InputStream stderr();

    /**
     * Waits until it ends.
     *
     * @param limit how long to wait
     * @return its exit code (128 and more for a signal), or nothing when the limit was reached
     * @throws InterruptedException when the thread is interrupted
     * @throws HostUnreachableException when the connection broke before it ended
     */
    OptionalInt waitFor(Duration limit) throws InterruptedException;

    /** Ends it if it still runs, and lets go of its streams. */
    @Override
    void close();
}
