// SPDX-License-Identifier: Apache-2.0
package dev.aegir.backend.ssh;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.concurrent.TimeUnit;
import net.schmizz.sshj.connection.channel.direct.Session;

/**
 * The input of a program that may take its time to read. sshj gives up when the other side has taken nothing for as long as
 * an answer may take, and whoever waits in it holds a lock without which a broken connection cannot be ended. So no more is
 * given to it than the other side takes at once.
 */
final class PatientInput extends OutputStream {
    /** As much as goes into a packet. */
    static final int PIECE = 32 * 1024;

    private static final long SHORTEST_WAIT_MICROS = 100;
    private static final long LONGEST_WAIT_MICROS = 20_000;

    private final Session.Command command;
    private final OutputStream out;

    PatientInput(Session.Command command) {
        this.command = command;
        this.out = command.getOutputStream();
    }

    @Override
    public void write(int one) throws IOException {
        write(new byte[] {(byte) one}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        int end = offset + length;
        for (int at = offset; at < end; ) {
            int piece = (int) Math.min(end - at, Math.min(PIECE, room()));
            out.write(bytes, at, piece);
            out.flush();
            at += piece;
        }
    }

    /** Waits until the other side takes something. */
    private long room() throws IOException {
        long micros = SHORTEST_WAIT_MICROS;
        for (long room = command.getRemoteWinSize(); ; room = command.getRemoteWinSize()) {
            if (!command.isOpen()) {
                throw new IOException("the channel is closed");
            } else if (room > 0) {
                return room;
            }
            try {
                // sshj tells nobody when there is room again.
                TimeUnit.MICROSECONDS.sleep(micros);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw (IOException) new InterruptedIOException("interrupted while a program read nothing").initCause(e);
            }
            micros = Math.min(LONGEST_WAIT_MICROS, micros * 2);
        }
    }

    /** Nothing is kept back. */
    @Override
    public void flush() {}

    /** A program that has ended by itself needs no end of its input. */
    @Override
    public void close() throws IOException {
        try {
            out.close();
        } catch (IOException e) {
            if (command.isOpen()) {
                throw e;
            }
        }
    }
}
