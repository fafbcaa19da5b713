// SPDX-License-Identifier: Apache-2.0
package dev.aegir.backend.ssh;

import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits for what cannot be interrupted, or knows no bound of its own, on other threads: a read or write of a socket, and
 * sshj's closing of a channel. Thread-safe.
 */
final class Waiting {
    private static final Logger LOG = LoggerFactory.getLogger(Waiting.class);

    private final ExecutorService threads;

    Waiting(String server) {
        this.threads = Executors.newCachedThreadPool(work -> {
            Thread thread = new Thread(work, "aegir-ssh-" + server);
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Gives what the work gives; what comes of it later than anybody waits for is closed. */
    <T extends Closeable> T within(Duration limit, Callable<T> work) throws IOException, InterruptedException {
        CompletableFuture<T> result = new CompletableFuture<>();
        threads.execute(() -> {
            try {
                result.complete(work.call());
            } catch (Exception | Error e) {
                result.completeExceptionally(e);
            }
        });
        try {
            return result.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException failure) {
                throw failure;
            } else if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw new IOException(e.getCause());
        } catch (TimeoutException e) {
            closeWhenDone(result);
            throw new IOException("no answer within " + limit.toSeconds() + " s", e);
        } catch (InterruptedException e) {
            closeWhenDone(result);
            throw e;
        }
    }

    private static <T extends Closeable> void closeWhenDone(CompletableFuture<T> result) {
        CompletableFuture<Void> unused = result.thenAccept(Waiting::closeNow);
    }

    /** Closes it, and waits for nothing. */
    void close(Closeable what) {
        threads.execute(() -> closeNow(what));
    }

    private static void closeNow(Closeable what) {
        try {
            what.close();
        } catch (IOException e) {
            LOG.debug("Closing {}", what, e);
        }
    }
}
