// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.file.store;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.stream.Collectors;

/** A bucket in memory whose server has the faults that a test wants. It lists two objects a page. */
final class PlayedBucket implements AutoCloseable {
    static final String NAME = "sites";
    private static final int PAGE = 2;
    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    final NavigableMap<String, byte[]> objects = new ConcurrentSkipListMap<>();
    final List<String> asked = new CopyOnWriteArrayList<>();

    /** What is answered instead, by method and object: a status and perhaps a code; {@code 0} breaks the connection. */
    volatile Function<String, Optional<String>> fault = request -> Optional.empty();

    PlayedBucket() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
    }

    String endpoint() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** How often was asked for something like that. */
    long asked(String request) {
        return asked.stream().filter(each -> each.matches(request)).count();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] body = exchange.getRequestBody().readAllBytes();
            String path = exchange.getRequestURI().getPath();
            String name = path.equals("/" + NAME) ? "" : path.substring(NAME.length() + 2);
            String request = exchange.getRequestMethod() + " " + name;
            asked.add(request);
            Optional<String> instead = fault.apply(request);
            if (instead.isPresent()) {
                String[] words = instead.get().split(" ");
                if (!words[0].equals("0")) {
                    say(
                            exchange,
                            Integer.parseInt(words[0]),
                            "<Error><Code>" + words[words.length - 1] + "</Code></Error>");
                }
                return;
            }
            switch (request.substring(0, 3)) {
                case "PUT" -> {
                    String sum = String.valueOf(exchange.getRequestHeaders().getFirst("x-amz-content-sha256"));
                    if (Sums.of(body).equals(sum)) {
                        objects.put(name, body);
                        say(exchange, 200, "");
                    } else {
                        say(exchange, 400, "<Error><Code>XAmzContentSHA256Mismatch</Code></Error>");
                    }
                }
                case "DEL" -> {
                    objects.remove(name);
                    exchange.sendResponseHeaders(204, -1);
                }
                default -> {
                    if (name.isEmpty()) {
                        list(exchange);
                    } else {
                        give(exchange, Optional.ofNullable(objects.get(name)));
                    }
                }
            }
        }
    }

    private static void give(HttpExchange exchange, Optional<byte[]> object) throws IOException {
        if (object.isEmpty()) {
            say(exchange, 404, "<Error><Code>NoSuchKey</Code></Error>");
            return;
        }
        exchange.sendResponseHeaders(200, object.get().length == 0 ? -1 : object.get().length);
        exchange.getResponseBody().write(object.get());
    }

    private void list(HttpExchange exchange) throws IOException {
        String query = exchange.getRequestURI().getQuery();
        String prefix = parameter(query, "prefix");
        String after = parameter(query, "continuation-token");
        List<String> found = objects.tailMap(after.isEmpty() ? prefix : after, after.isEmpty()).keySet().stream()
                .filter(name -> name.startsWith(prefix))
                .limit(PAGE + 1)
                .toList();
        String page = found.stream()
                .limit(PAGE)
                .map(name -> "<Contents><Key>" + name + "</Key><Size>"
                        + Optional.ofNullable(objects.get(name))
                                .map(each -> each.length)
                                .orElse(0)
                        + "</Size></Contents>")
                .collect(Collectors.joining());
        boolean more = found.size() > PAGE;
        say(
                exchange,
                200,
                "<ListBucketResult><IsTruncated>" + more + "</IsTruncated>" + page
                        + (more ? "<NextContinuationToken>" + found.get(PAGE - 1) + "</NextContinuationToken>" : "")
                        + "</ListBucketResult>");
    }

    private static String parameter(String query, String name) {
        return List.of(query.split("&")).stream()
                .filter(each -> each.startsWith(name + "="))
                .map(each -> each.substring(name.length() + 1))
                .findFirst()
                .orElse("");
    }

    private static void say(HttpExchange exchange, int status, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
