// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.file.store;

import java.io.IOException;
import java.io.InputStream;
import net.schmizz.sshj.common.SSHException;
import net.schmizz.sshj.connection.channel.direct.SessionFactory;
import net.schmizz.sshj.sftp.SFTPEngine;

/** Requests of SFTP, of which none is waited for when the thread that reads answers has ended, whatever has ended it. */
final class SftpRequests extends SFTPEngine {
    private static final int BLOCK = 8192;

    SftpRequests(SessionFactory sessions, EndOfReading end) throws SSHException {
        super(sessions);
        byte[] rest = new byte[BLOCK];
        InputStream answers = getSubsystem().getInputStream();
        Runnable reading = reader;
        reader.setUncaughtExceptionHandler((thread, error) -> {
            end.uncaughtException(thread, error);
            EndOfReading.insist(() -> {
                passOver(answers, rest);
                // Once more, by the thread that ends: it finds that there is nothing to read, and tells all who wait
                // for an answer.
                reading.run();
            });
        });
    }

    /** Of what has come nobody knows any more where an answer begins. */
    private static void passOver(InputStream answers, byte[] rest) {
        try {
            while (answers.read(rest) >= 0) {
                // Nobody needs it.
            }
        } catch (IOException e) {
            // That was all: the connection was ended before.
            return;
        }
    }
}
