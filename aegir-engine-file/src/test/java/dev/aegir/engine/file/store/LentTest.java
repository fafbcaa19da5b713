// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.file.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest.BodyPublisher;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** What is sent to a bucket: several parts of 8 MiB are under way at once. */
class LentTest {
    /** Takes as much as it asks for. */
    private static final class Taker implements Flow.Subscriber<ByteBuffer> {
        private final AtomicReference<Flow.Subscription> subscription = new AtomicReference<>();
        private final List<ByteBuffer> taken = new ArrayList<>();
        private boolean complete;

        @Override
        public void onSubscribe(Flow.Subscription subscribed) {
            subscription.set(subscribed);
        }

        @Override
        public void onNext(ByteBuffer item) {
            taken.add(item);
        }

        @Override
        public void onError(Throwable throwable) {
            throw new IllegalStateException(throwable);
        }

        @Override
        public void onComplete() {
            complete = true;
        }

        void take(long count) {
            subscription.get().request(count);
        }
    }

    @Test
    void aBodyIsReadAsItIsSent() {
        byte[] content = new byte[8 << 20];
        try (Lent lent = new Lent(content)) {
            BodyPublisher body = lent.publisher();
            assertThat(body.contentLength()).isEqualTo(content.length);
            Taker taker = new Taker();
            body.subscribe(taker);
            taker.take(1);
            assertThat(taker.taken).hasSize(1);
            assertThat(taker.taken.get(0).remaining()).isLessThan(1 << 20);

            content[content.length - 1] = 7; // Seen, unless all of it was copied before it was asked for.
            taker.take(Long.MAX_VALUE);
            assertThat(taker.complete).isTrue();
            assertThat(taker.taken.stream().mapToLong(ByteBuffer::remaining).sum())
                    .isEqualTo(content.length);
            ByteBuffer last = taker.taken.get(taker.taken.size() - 1);
            assertThat(last.get(last.limit() - 1)).isEqualTo((byte) 7);
        }
    }

    @Test
    void whatWasGivenBackIsNotThereAnyMore() {
        Taker taker = new Taker();
        try (Lent lent = new Lent(new byte[1 << 20])) {
            lent.publisher().subscribe(taker);
            taker.take(1);
        }
        taker.take(Long.MAX_VALUE);
        assertThat(taker.taken.stream().mapToLong(ByteBuffer::remaining).sum()).isLessThan(1 << 20);
    }

    @Test
    void whatIsEmptyHasABodyToo() {
        try (Lent lent = new Lent(new byte[0])) {
            assertThat(lent.publisher().contentLength()).isZero();
        }
    }
}
