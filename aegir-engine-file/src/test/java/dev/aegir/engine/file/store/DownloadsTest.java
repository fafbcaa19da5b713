// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.file.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aegir.model.Id;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Objects are asked for ahead, and no more of them than fit into a small heap. */
@Timeout(60)
class DownloadsTest {
    private static final int CONNECTIONS = 4;
    private static final int MOST = 3 * Entry.CHUNK;

    /** Gives zeros, and counts those that nobody is done with. */
    private static final class Zeros implements ObjectStore {
        private final AtomicLong lent = new AtomicLong();
        private final AtomicLong most = new AtomicLong();
        private final CountDownLatch together;

        Zeros(int together) {
            this.together = new CountDownLatch(together);
        }

        @Override
        public Optional<byte[]> get(String name, int limit) throws InterruptedException {
            long now = lent.addAndGet(limit);
            most.accumulateAndGet(now, Math::max);
            together.countDown();
            together.await();
            return Optional.of(new byte[limit]);
        }

        @Override
        public boolean get(String name, Path file, long limit) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void list(String prefix, Listener listener) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void put(String name, byte[] content) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void put(String name, Path file, String sha256) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void delete(String name) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void close() {}
    }

    /** Of files of these lengths, each after the other. */
    private static long most(int together, long... lengths) throws Exception {
        try (Zeros zeros = new Zeros(together);
                Spool spool = new Spool()) {
            List<Entry> files = new ArrayList<>();
            try (Draft.Writer draft = new Draft.Writer(spool.draft())) {
                for (long length : lengths) {
                    Entry file = new Entry('f', "f" + files.size(), "644", "1.000000000", Entry.UNSURE, length, "", "");
                    files.add(file);
                    draft.note(file, true);
                    for (long i = 0; i < file.chunks(); i++) {
                        draft.chunk(sum(file, i));
                    }
                }
                draft.end();
            }
            Place.Limits limits = new Place.Limits(0, CONNECTIONS, 10);
            try (Downloads downloads = new Downloads(zeros, new Owned(Id.next()), spool, limits)) {
                for (Entry file : files) {
                    for (long i = 0; i < file.chunks(); i++) {
                        int length = length(file, i);
                        assertThat(downloads.next(file, sum(file, i), length)).hasSize(length);
                        zeros.lent.addAndGet(-length);
                    }
                }
            }
            assertThat(zeros.lent).as("bytes nobody has used").hasValue(0);
            return zeros.most.get();
        }
    }

    private static int length(Entry file, long number) {
        return (int) Math.min(file.size() - number * Entry.CHUNK, Entry.CHUNK);
    }

    private static String sum(Entry file, long number) {
        return Sums.of(new byte[length(file, number)]);
    }

    @Test
    void smallOnesAreAskedForAsManyAsThereAreConnections() throws Exception {
        assertThat(most(CONNECTIONS, 1000, 0, 2000, 3000, 4000, 5000)).isGreaterThanOrEqualTo(10_000);
    }

    @Test
    void ofLargeOnesThereAreFewInMemory() throws Exception {
        long whole = Entry.CHUNK;
        assertThat(most(3, 3 * whole, 5 * whole)).isEqualTo(MOST);
    }

    @Test
    void whateverTheirLengthsThereAreNoMore() throws Exception {
        long whole = Entry.CHUNK;
        assertThat(most(1, whole - 1, 2 * whole + 5, whole - 1, whole, 100, 2 * whole - 1, 3, 4, whole, whole + 1))
                .isLessThanOrEqualTo(MOST);
    }
}
