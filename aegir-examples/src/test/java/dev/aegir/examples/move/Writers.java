// SPDX-License-Identifier: Apache-2.0
package dev.aegir.examples.move;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicInteger;

/** People who write all the time, to a server that some resolver once told them of. */
final class Writers implements AutoCloseable {
    private final Set<Integer> acknowledged = new ConcurrentSkipListSet<>();
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicInteger refused = new AtomicInteger();
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean going = true;

    Writers(URI server, String name, int count) {
        HttpClient client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(Duration.ofSeconds(5))
                .build();
        for (int i = 0; i < count; i++) {
            Thread thread = new Thread(() -> write(client, server, name), "writer-" + i);
            thread.start();
            threads.add(thread);
        }
    }

    private void write(HttpClient client, URI server, String name) {
        try {
            while (going) {
                int number = next.incrementAndGet();
                HttpRequest request = HttpRequest.newBuilder(server.resolve("/"))
                        .header("Host", name)
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .timeout(Duration.ofSeconds(30))
                        .POST(HttpRequest.BodyPublishers.ofString("number=" + number))
                        .build();
                try {
                    HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
                    if (answer.statusCode() == 200 && answer.body().equals("kept " + number)) {
                        acknowledged.add(number);
                    } else {
                        refused.incrementAndGet();
                    }
                } catch (IOException e) {
                    refused.incrementAndGet();
                }
                Thread.sleep(30); // People think before they write again.
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The numbers that somebody was told are kept. */
    Set<Integer> acknowledged() {
        return acknowledged;
    }

    int refused() {
        return refused.get();
    }

    /** Waits until so many more were kept. */
    void awaitMore(int count) throws InterruptedException {
        int wanted = acknowledged.size() + count;
        long end = System.nanoTime() + Duration.ofSeconds(90).toNanos();
        while (acknowledged.size() < wanted) {
            if (System.nanoTime() > end) {
                throw new AssertionError("kept " + acknowledged.size() + " of " + wanted + ", refused " + refused);
            }
            Thread.sleep(20); // Nothing tells of it.
        }
    }

    /** No more: returns when every answer is there. */
    void rest() throws InterruptedException {
        going = false;
        for (Thread thread : threads) {
            thread.join();
        }
    }

    @Override
    public void close() {
        going = false;
    }
}
