// SPDX-License-Identifier: Apache-2.0
package dev.aegir.examples.wordpress;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * One bucket in memory that can be full and can be spoiled, spoken to in as much of S3 as stores of files speak: it keeps, lists, gives
 * and deletes objects, and does none of that unless the request is signed (version 4) with the one key it knows.
 */
final class BucketServer implements AutoCloseable {
    private static final String EMPTY_XML = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>";
    private static final Pattern AUTHORIZATION = Pattern.compile(
            "AWS4-HMAC-SHA256 Credential=([^/]+)/([^,]+), ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]+)");
    private final String bucket;
    private final String id;
    private final String key;
    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final ConcurrentNavigableMap<String, byte[]> objects = new ConcurrentSkipListMap<>();

    /** Hears of what is about to be kept, and says whether there is room for it. */
    volatile Predicate<String> room = name -> true;

    BucketServer(String host, String bucket, String id, String key) throws IOException {
        this.bucket = bucket;
        this.id = id;
        this.key = key;
        server = HttpServer.create(new InetSocketAddress(host, 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
    }

    /** The names of all objects. */
    Stream<String> names() {
        return objects.keySet().stream();
    }

    /** Somebody changes an object. */
    void spoil(String name) {
        objects.computeIfPresent(name, (same, content) -> {
            byte[] other = content.clone();
            other[0] ^= 1;
            return other;
        });
    }

    String endpoint() {
        return "http://" + server.getAddress().getHostString() + ":"
                + server.getAddress().getPort();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] body = exchange.getRequestBody().readAllBytes();
            if (!signed(exchange)) {
                say(exchange, 403, error("SignatureDoesNotMatch"));
                return;
            }
            String path = exchange.getRequestURI().getPath();
            String name = path.equals("/" + bucket) || path.equals("/" + bucket + "/")
                    ? ""
                    : path.substring(bucket.length() + 2);
            if (name.isEmpty()) {
                ofBucket(exchange);
            } else {
                ofObject(exchange, name, body);
            }
        }
    }

    private void ofBucket(HttpExchange exchange) throws IOException {
        String query = Optional.ofNullable(exchange.getRequestURI().getQuery()).orElse("");
        String prefix = Stream.of(query.split("&"))
                .filter(each -> each.startsWith("prefix="))
                .map(each -> each.substring("prefix=".length()))
                .findFirst()
                .orElse("");
        String found = objects.tailMap(prefix).entrySet().stream()
                .takeWhile(each -> each.getKey().startsWith(prefix))
                .map(each -> "<Contents><Key>" + each.getKey()
                        + "</Key><LastModified>2026-11-21T09:00:00.000Z</LastModified><ETag>\"0\"</ETag><Size>"
                        + each.getValue().length + "</Size></Contents>")
                .collect(Collectors.joining());
        say(
                exchange,
                200,
                EMPTY_XML + "<ListBucketResult><Name>" + bucket + "</Name><IsTruncated>false</IsTruncated>" + found
                        + "</ListBucketResult>");
    }

    private void ofObject(HttpExchange exchange, String name, byte[] body) throws IOException {
        switch (exchange.getRequestMethod()) {
            case "PUT" -> {
                if (!room.test(name)) {
                    say(exchange, 507, error("XMinioStorageFull"));
                    return;
                }
                objects.put(name, body);
                exchange.getResponseHeaders().set("ETag", "\"0\"");
                say(exchange, 200, "");
            }
            case "DELETE" -> {
                objects.remove(name);
                exchange.sendResponseHeaders(204, -1);
            }
            default -> give(exchange, Optional.ofNullable(objects.get(name)));
        }
    }

    private static void give(HttpExchange exchange, Optional<byte[]> object) throws IOException {
        if (object.isEmpty()) {
            say(exchange, 404, error("NoSuchKey"));
            return;
        }
        byte[] all = object.get();
        Headers headers = exchange.getResponseHeaders();
        headers.set("ETag", "\"0\"");
        headers.set("Last-Modified", "Sat, 21 Nov 2026 09:00:00 GMT");
        exchange.sendResponseHeaders(200, all.length == 0 ? -1 : all.length);
        exchange.getResponseBody().write(all);
    }

    private static String error(String code) {
        return EMPTY_XML + "<Error><Code>" + code + "</Code><Message>no</Message></Error>";
    }

    private static void say(HttpExchange exchange, int status, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        if (bytes.length > 0) {
            exchange.getResponseBody().write(bytes);
        }
    }

    private boolean signed(HttpExchange exchange) {
        Headers headers = exchange.getRequestHeaders();
        Matcher given = AUTHORIZATION.matcher(String.valueOf(headers.getFirst("Authorization")));
        if (!given.matches() || !given.group(1).equals(id)) {
            return false;
        }
        String scope = given.group(2);
        String names = given.group(3);
        String signedHeaders = Arrays.stream(names.split(";"))
                .map(name -> name + ":" + String.valueOf(headers.getFirst(name)).strip() + "\n")
                .collect(Collectors.joining());
        String query = Stream.of(Optional.ofNullable(exchange.getRequestURI().getRawQuery())
                        .orElse("")
                        .split("&"))
                .filter(each -> !each.isEmpty())
                .map(each -> each.contains("=") ? each : each + "=")
                .sorted()
                .collect(Collectors.joining("&"));
        String request = String.join(
                "\n",
                exchange.getRequestMethod(),
                exchange.getRequestURI().getRawPath(),
                query,
                signedHeaders,
                names,
                String.valueOf(headers.getFirst("x-amz-content-sha256")));
        try {
            String what = String.join(
                    "\n",
                    "AWS4-HMAC-SHA256",
                    String.valueOf(headers.getFirst("x-amz-date")),
                    scope,
                    HexFormat.of()
                            .formatHex(MessageDigest.getInstance("SHA-256")
                                    .digest(request.getBytes(StandardCharsets.UTF_8))));
            byte[] signing = ("AWS4" + key).getBytes(StandardCharsets.UTF_8);
            for (String each : scope.split("/")) {
                signing = hmac(signing, each);
            }
            return HexFormat.of().formatHex(hmac(signing, what)).equals(given.group(4));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private static byte[] hmac(byte[] key, String text) throws GeneralSecurityException {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
