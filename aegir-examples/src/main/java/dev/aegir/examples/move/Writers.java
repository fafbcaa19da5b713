// SPDX-License-Identifier: Apache-2.0
package dev.aegir.examples.move;

import dev.aegir.lab.LabServer;
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
public final class Writers implements AutoCloseable {
    /** One row and one upload for each request; it answers when both are kept. */
    private static final String PLUGIN = """
            <?php
            add_action('init', static function () {
                global $wpdb;
                $number = $_POST['number'] ?? null;
                if (!is_string($number) || !preg_match('/^[0-9]{1,9}$/D', $number)) {
                    return;
                }
                $kept = $wpdb->insert($wpdb->options, ['option_name' => "written_$number", 'option_value' => $number, 'autoload' => 'no']);
                $file = wp_upload_dir(null, false)['basedir'] . "/written-$number.txt";
                if ($kept === 1 && file_put_contents($file, $number) === strlen($number)) {
                    exit("kept $number");
                }
                status_header(500);
                exit('not kept');
            });
            """;

    private final Set<Integer> acknowledged = new ConcurrentSkipListSet<>();
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicInteger refused = new AtomicInteger();
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean going = true;

    /**
     * Begins to write.
     *
     * @param server the server that they ask
     * @param name the site's name
     * @param count how many there are
     */
    public Writers(URI server, String name, int count) {
        this(server, name, count, 0);
    }

    /**
     * Begins to write where others have written before.
     *
     * @param server the server that they ask
     * @param name the site's name
     * @param count how many there are
     * @param after what is written has numbers above this one
     */
    public Writers(URI server, String name, int count, int after) {
        next.set(after);
        HttpClient client = client();
        for (int i = 0; i < count; i++) {
            Thread thread = new Thread(() -> write(client, server, name), "writer-" + i);
            thread.start();
            threads.add(thread);
        }
    }

    private static HttpClient client() {
        // The client sends the name it is told only when this is said before it is first used.
        System.setProperty("jdk.httpclient.allowRestrictedHeaders", "host");
        return HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(Duration.ofSeconds(5))
                .build();
    }

    /**
     * Makes code of WordPress that keeps what they write.
     *
     * @param server where it shall be
     * @return its directory
     */
    public static String code(LabServer server) {
        return code(server, "wordpress-6.8", "wordpress-writer");
    }

    /**
     * The same of one of the versions that the lab has.
     *
     * @param server where it shall be
     * @param version the directory of the version
     * @param name what its directory shall be called
     * @return its directory
     */
    public static String code(LabServer server, String version, String name) {
        String make =
                "cd /opt/applications && { [ -e \"$2\" ] || cp -a \"$1\" \"$2\"; } && mkdir -p \"$2/wp-content/mu-plugins\""
                        + " && cat >\"$2/wp-content/mu-plugins/writer.php\"";
        server.execWithInput(PLUGIN, "sh", "-c", make, "sh", version, name).orThrow();
        return "/opt/applications/" + name;
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
    public Set<Integer> acknowledged() {
        return acknowledged;
    }

    public int refused() {
        return refused.get();
    }

    /** Waits until so many more were kept. */
    public void awaitMore(int count) throws InterruptedException {
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
    public void rest() throws InterruptedException {
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
