// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.file.store;

import java.io.InputStream;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;

/**
 * Bytes that Java's client of HTTP sends, and that it has only until this is closed: it keeps what it has sent last with every
 * connection, and its own publisher of bytes copies all of them first. Safe for use by several threads.
 */
final class Lent implements AutoCloseable {
    private static final byte[] NOTHING = {};
    private volatile byte[] bytes;

    Lent(byte[] bytes) {
        this.bytes = bytes;
    }

    /** A body of all of them, once for each time it is asked. */
    BodyPublisher publisher() {
        return bytes.length == 0
                ? BodyPublishers.noBody()
                : BodyPublishers.fromPublisher(BodyPublishers.ofInputStream(Reading::new), bytes.length);
    }

    @Override
    public void close() {
        bytes = NOTHING;
    }

    private final class Reading extends InputStream {
        private int at;

        @Override
        public int read() {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] into, int start, int most) {
            byte[] from = bytes;
            int count = Math.min(most, from.length - at);
            if (count <= 0) {
                return most == 0 ? 0 : -1;
            }
            System.arraycopy(from, at, into, start, count);
            at += count;
            return count;
        }
    }
}
