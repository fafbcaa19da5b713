// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal.host;

import dev.aegir.host.HostException;
import dev.aegir.host.RunningCommand;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.OptionalInt;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running program that is gone when it is closed. Closing its streams is not enough for that: one that neither reads nor
 * writes does not notice, and no connection is obliged to tell it.
 */
final class AgentStream implements RunningCommand {
    private static final Logger LOG = LoggerFactory.getLogger(AgentStream.class);
    private static final Duration AT_ONCE = Duration.ofMillis(1);

    private final RunningCommand running;
    private final End end;

    /** Ends the program on its host. */
    interface End {
        void make() throws InterruptedException;
    }

    AgentStream(RunningCommand running, End end) {
        this.running = running;
        this.end = end;
    }

    @Override
    public OutputStream stdin() {
        return running.stdin();
    }

    @Override
    public InputStream stdout() {
        return running.stdout();
    }

    @Override
    public InputStream stderr() {
        return running.stderr();
    }

    @Override
    public OptionalInt waitFor(Duration limit) throws InterruptedException {
        return running.waitFor(limit);
    }

    @Override
    public void close() {
        // Whoever closes because it was interrupted still wants the program to end.
        boolean interrupted = Thread.interrupted();
        try {
            boolean ended = ended();
            running.close();
            if (!ended) {
                end.make();
            }
        } catch (HostException e) {
            LOG.debug("Whether a program has ended cannot be told: its host is away", e);
        } catch (InterruptedException e) {
            interrupted = true;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private boolean ended() throws InterruptedException {
        try {
            return running.waitFor(AT_ONCE).isPresent();
        } catch (HostException e) {
            return false;
        }
    }
}
