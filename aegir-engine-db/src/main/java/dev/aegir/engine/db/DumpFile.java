// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import dev.aegir.host.Command;
import dev.aegir.host.Host;
import dev.aegir.host.RunningCommand;
import dev.aegir.model.HostPath;
import dev.aegir.model.RefusedException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;

/**
 * A dump on a server, of which large rows can be left out: what reads stops before each of them, until it is known whether they are
 * to be read as well. For one thread; closing it ends what reads there.
 */
final class DumpFile extends InputStream {
    private static final String PIECE = "tail -c +\"$2\" -- \"$1\" | head -c \"$3\"";

    private final Host host;
    private final HostPath path;
    private final NavigableMap<Long, Long> blocks;
    private Optional<Piece> piece = Optional.empty();
    private long at;

    /**
     * What is being read.
     *
     * @param running what reads
     * @param complaints what it complains of
     * @param end where it ends; of the last nobody knows
     */
    private record Piece(RunningCommand running, CompletableFuture<String> complaints, long end) {
        boolean last() {
            return end == Long.MAX_VALUE;
        }
    }

    DumpFile(Host host, HostPath path, NavigableMap<Long, Long> blocks) {
        this.host = host;
        this.path = path;
        this.blocks = blocks;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int from, int length) throws IOException {
        while (true) {
            Piece now = piece.isPresent() ? piece.get() : begun();
            piece = Optional.of(now);
            int read = now.running().stdout().read(bytes, from, length);
            if (read >= 0) {
                at += read;
                return read;
            }
            ended(now);
            if (now.last()) {
                return -1;
            }
            if (at < now.end()) {
                throw new IOException("the dump is shorter than it was");
            }
            close();
        }
    }

    /** Goes on behind rows that nobody has begun to read. */
    void leaveOut(long bytes) throws IOException {
        if (piece.isPresent()) {
            if (piece.get().running().stdout().read() >= 0) {
                throw new IOException("what is left out was begun");
            }
            ended(piece.get());
            close();
        }
        at += bytes;
    }

    private Piece begun() throws IOException {
        Long next = blocks.higherKey(at);
        Command command = at == 0 && next == null
                ? Command.of("cat", "--", path.value())
                : next == null
                        ? Command.of("tail", "-c", "+" + (at + 1), "--", path.value())
                        : Command.of(
                                "sh",
                                "-c",
                                PIECE,
                                "aegir-piece",
                                path.value(),
                                String.valueOf(at + 1),
                                String.valueOf(next - at));
        try {
            RunningCommand running = host.start(command);
            return new Piece(running, Streams.text(running.stderr()), next == null ? Long.MAX_VALUE : next);
        } catch (InterruptedException e) {
            throw new InterruptedIOException();
        }
    }

    private void ended(Piece over) throws IOException {
        try {
            OptionalInt exit = over.running().waitFor(Duration.ofMinutes(1));
            if (exit.isEmpty() || exit.getAsInt() != 0) {
                throw new RefusedException("the dump " + path + " could not be read: "
                        + over.complaints().join().strip());
            }
        } catch (InterruptedException e) {
            throw new InterruptedIOException();
        }
    }

    @Override
    public void close() {
        piece.ifPresent(open -> open.running().close());
        piece = Optional.empty();
    }
}
