// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.file.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aegir.model.Id;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What was not sent is not said to be stored. */
@Timeout(60)
class UploadsTest {
    /** Has no memory for what it is given. */
    private static final class Small implements ObjectStore {
        @Override
        public void put(String name, byte[] content) {
            throw new OutOfMemoryError("played");
        }

        @Override
        public void put(String name, Path file, String sha256) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Optional<byte[]> get(String name, int limit) {
            throw new UnsupportedOperationException();
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
        public void delete(String name) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void close() {}
    }

    @Test
    void anErrorWhileSomethingIsSentIsAFailure() throws Exception {
        try (Small store = new Small();
                Uploads uploads = new Uploads(store, new Owned(Id.next()), new KeySet(), new Place.Limits(0, 4, 10))) {
            uploads.part(new byte[] {1, 2, 3});
            assertThatThrownBy(uploads::finish).rootCause().hasMessage("played");
            assertThat(uploads.sent()).isZero();
        }
    }
}
