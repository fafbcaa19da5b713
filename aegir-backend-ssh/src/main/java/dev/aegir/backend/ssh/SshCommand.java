// SPDX-License-Identifier: Apache-2.0
package dev.aegir.backend.ssh;

import dev.aegir.host.HostUnreachableException;
import dev.aegir.host.RunningCommand;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import net.schmizz.sshj.connection.ConnectionException;
import net.schmizz.sshj.connection.channel.direct.Session;

/** A program at the other end of a channel. */
record SshCommand(
        String server,
        Session session,
        Session.Command command,
        OutputStream stdin,
        InputStream stdout,
        InputStream stderr,
        Waiting waiting)
        implements RunningCommand {
    private static final int SIGNALLED = 137;

    static SshCommand of(String server, Session session, Session.Command command, Waiting waiting) {
        OutputStream stdin = new BufferedOutputStream(new PatientInput(command), PatientInput.PIECE);
        return new SshCommand(
                server, session, command, stdin, command.getInputStream(), command.getErrorStream(), waiting);
    }

    @Override
    public OptionalInt waitFor(Duration limit) throws InterruptedException {
        if (limit.toMillis() <= 0 && command.isOpen()) {
            return OptionalInt.empty();
        }
        try {
            // No time at all is forever there.
            command.join(Math.max(1, limit.toMillis()), TimeUnit.MILLISECONDS);
        } catch (ConnectionException e) {
            if (e.getCause() instanceof InterruptedException interrupt) {
                throw interrupt;
            }
            if (command.isOpen()) {
                return OptionalInt.empty();
            }
            throw new HostUnreachableException(server, "the connection broke while a program ran", e);
        }
        if (command.getExitStatus() != null) {
            return OptionalInt.of(command.getExitStatus());
        }
        if (command.getExitSignal() != null) {
            return OptionalInt.of(SIGNALLED);
        }
        throw new HostUnreachableException(
                server,
                "the connection broke while a program ran",
                new IOException("the channel ended without an exit"));
    }

    /** Returns at once: the server says that a channel is closed when the program has ended, and some do not end soon. */
    @Override
    public void close() {
        waiting.close(session);
    }
}
