// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.file.store;

import java.io.IOException;
import java.io.OutputStream;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/** The body of an answer goes into a stream, as far as it is not too long; whoever sends it may send anything. */
final class Body implements BodySubscriber<Boolean> {
    private final OutputStream out;
    private final long limit;
    private final CompletableFuture<Boolean> whole = new CompletableFuture<>();
    private long length;
    private Flow.@Nullable Subscription subscription;

    Body(OutputStream out, long limit) {
        this.out = out;
        this.limit = limit;
    }

    /** Whether it was whole; otherwise it was too long, and what is in the stream is its beginning. */
    @Override
    public CompletionStage<Boolean> getBody() {
        return whole;
    }

    @Override
    public void onSubscribe(Flow.Subscription begun) {
        subscription = begun;
        begun.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
        try {
            for (ByteBuffer buffer : buffers) {
                length += buffer.remaining();
                if (length > limit) {
                    end();
                    whole.complete(false);
                    return;
                }
                byte[] bytes = new byte[buffer.remaining()];
                buffer.get(bytes);
                out.write(bytes);
            }
        } catch (IOException e) {
            end();
            whole.completeExceptionally(e);
        }
    }

    private void end() {
        Flow.Subscription begun = subscription;
        if (begun != null) {
            begun.cancel();
        }
    }

    @Override
    public void onError(Throwable error) {
        whole.completeExceptionally(error);
    }

    @Override
    public void onComplete() {
        whole.complete(true);
    }
}
