// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.file.store;

import dev.aegir.engine.file.store.FileStoreException.Problem;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Objects in a bucket of S3, or of what speaks like it. Every request is signed with the checksum of its body, so that the server
 * takes no other. Redirections are not followed.
 */
final class S3Objects implements ObjectStore {
    private static final Pattern CODE = Pattern.compile("<Code>([A-Za-z0-9]{1,100})</Code>");
    private static final int LONGEST_ANSWER = 16 * 1024 * 1024;
    private static final int LONGEST_ERROR = 64 * 1024;
    private static final int NOT_FOUND = 404;
    private static final int NO_ROOM = 507;

    private final Place place;
    private final Place.Bucket bucket;
    private final SigV4 signer;
    private final HttpClient client;
    private final Retries retries;
    private final Clock clock;

    /** An answer that is not a body. */
    private record Answer(int status, boolean whole, String code) {}

    S3Objects(Place place, Place.Bucket bucket, SigV4 signer, Retries retries) {
        this.place = place;
        this.bucket = bucket;
        this.signer = signer;
        this.retries = retries;
        this.clock = Clock.systemUTC();
        this.client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(Duration.ofSeconds(Math.min(20, place.limits().timeout())))
                .build();
    }

    /** Makes a body, once for each time it is asked. */
    private interface Sending {
        BodyPublisher publisher() throws IOException;
    }

    /** Makes a place for what is answered, once for each time it is asked. */
    private interface Sink {
        OutputStream open() throws IOException;
    }

    @Override
    public void list(String prefix, Listener listener) throws InterruptedException {
        String below = key("");
        Optional<String> next = Optional.empty();
        do {
            SortedMap<String, String> query = new TreeMap<>(Map.of("list-type", "2", "prefix", key(prefix)));
            next.ifPresent(token -> query.put("continuation-token", token));
            ByteArrayOutputStream xml = new ByteArrayOutputStream();
            Answer answer = asked("GET", "", query, BodyPublishers::noBody, Sums.NOTHING, LONGEST_ANSWER, () -> {
                xml.reset();
                return xml;
            });
            requireWell(answer, "cannot be listed");
            ListPage page = page(answer, xml.toByteArray());
            for (ListPage.Listed each : page.objects()) {
                if (each.key().startsWith(below)) {
                    listener.object(each.key().substring(below.length()), each.size());
                }
            }
            if (next.isPresent() && next.equals(page.next())) {
                throw strange("answers the same page of its listing again and again");
            }
            next = page.next();
        } while (next.isPresent());
    }

    private ListPage page(Answer answer, byte[] xml) {
        try {
            if (answer.whole()) {
                return ListPage.read(xml);
            }
        } catch (IllegalArgumentException e) {
            throw new FileStoreException(
                    Problem.UNREACHABLE, "The store " + place + " answers with something that is no listing of it.", e);
        }
        throw strange("answers with something that is no listing of it");
    }

    @Override
    public void put(String name, byte[] content) throws InterruptedException {
        try (Lent lent = new Lent(content)) {
            requireWell(
                    asked(
                            "PUT",
                            name,
                            new TreeMap<>(),
                            lent::publisher,
                            Sums.of(content),
                            LONGEST_ERROR,
                            OutputStream::nullOutputStream),
                    "does not take an object");
        }
    }

    @Override
    public void put(String name, Path file, String sha256) throws InterruptedException {
        requireWell(
                asked(
                        "PUT",
                        name,
                        new TreeMap<>(),
                        () -> BodyPublishers.ofFile(file),
                        sha256,
                        LONGEST_ERROR,
                        OutputStream::nullOutputStream),
                "does not take an object");
    }

    @Override
    public Optional<byte[]> get(String name, int limit) throws InterruptedException {
        Part part = new Part(limit);
        return got(name, limit, part::anew) ? Optional.of(part.content()) : Optional.empty();
    }

    @Override
    public boolean get(String name, Path file, long limit) throws InterruptedException {
        return got(name, limit, () -> Files.newOutputStream(file));
    }

    private boolean got(String name, long limit, Sink sink) throws InterruptedException {
        Answer answer = asked("GET", name, new TreeMap<>(), BodyPublishers::noBody, Sums.NOTHING, limit, sink);
        if (answer.status() == NOT_FOUND && !answer.code().equals("NoSuchBucket")) {
            return false;
        }
        requireWell(answer, "does not give an object");
        if (!answer.whole()) {
            throw new FileStoreException(
                    Problem.DAMAGED,
                    "What the store " + place + " has as " + name + " is longer than what was stored (" + limit
                            + " bytes). Nothing of it is used.");
        }
        return true;
    }

    @Override
    public void delete(String name) throws InterruptedException {
        Answer answer = asked(
                "DELETE",
                name,
                new TreeMap<>(),
                BodyPublishers::noBody,
                Sums.NOTHING,
                LONGEST_ERROR,
                OutputStream::nullOutputStream);
        if (answer.status() != NOT_FOUND || answer.code().equals("NoSuchBucket")) {
            requireWell(answer, "does not delete an object");
        }
    }

    /** Asks until there is an answer that another question would not change. */
    private Answer asked(
            String method,
            String name,
            SortedMap<String, String> query,
            Sending sending,
            String sha256,
            long limit,
            Sink sink)
            throws InterruptedException {
        for (int attempt = 0; ; attempt++) {
            try {
                Answer answer = once(method, name, query, sending, sha256, limit, sink);
                if (attempt == retries.most() || !passes(answer.status())) {
                    return answer;
                }
            } catch (IOException e) {
                if (attempt == retries.most()) {
                    throw new FileStoreException(
                            Problem.UNREACHABLE,
                            "The store " + place + " was asked " + (attempt + 1) + " times and did not answer ("
                                    + said(e) + "). See whether it is there, then try again.",
                            e);
                }
            }
            retries.pause(attempt);
        }
    }

    /** Whether the server may answer another thing a little later. */
    private static boolean passes(int status) {
        return status == 408 || status == 429 || status >= 500 && status != 501 && status != NO_ROOM;
    }

    private Answer once(
            String method,
            String name,
            SortedMap<String, String> query,
            Sending sending,
            String sha256,
            long limit,
            Sink sink)
            throws InterruptedException, IOException {
        String path = SigV4.encoded(
                (bucket.inHost() ? "/" : "/" + bucket.name() + (name.isEmpty() ? "" : "/"))
                        + (name.isEmpty() ? "" : key(name)),
                true);
        URI uri = URI.create(scheme() + "://" + host() + path + (query.isEmpty() ? "" : "?" + SigV4.query(query)));
        HttpRequest.Builder request = HttpRequest.newBuilder(uri).method(method, sending.publisher());
        SortedMap<String, String> headers =
                signer.signed(method, path, query, Map.of("host", host()), sha256, clock.instant());
        headers.forEach((header, value) -> {
            // The client sends the host itself, and lets nobody else.
            if (!header.equals("host")) {
                request.header(header, value);
            }
        });
        ByteArrayOutputStream error = new ByteArrayOutputStream();
        try (OutputStream out = sink.open()) {
            CompletableFuture<HttpResponse<Boolean>> answer = client.sendAsync(
                    request.build(),
                    info -> info.statusCode() / 100 == 2 ? new Body(out, limit) : new Body(error, LONGEST_ERROR));
            try {
                HttpResponse<Boolean> response = answer.get(place.limits().timeout(), TimeUnit.SECONDS);
                Matcher code = CODE.matcher(error.toString(StandardCharsets.UTF_8));
                return new Answer(response.statusCode(), response.body(), code.find() ? code.group(1) : "");
            } catch (ExecutionException e) {
                throw new IOException(said(e.getCause() == null ? e : e.getCause()), e);
            } catch (TimeoutException e) {
                throw new IOException("no answer for " + place.limits().timeout() + " s", e);
            } finally {
                answer.cancel(true);
            }
        }
    }

    private void requireWell(Answer answer, String what) {
        if (answer.status() / 100 == 2) {
            return;
        }
        String said = answer.status() + (answer.code().isEmpty() ? "" : " " + answer.code());
        if (answer.status() == NO_ROOM || answer.code().matches(".*(Quota|StorageFull|TooManyObjects).*")) {
            throw new FileStoreException(
                    Problem.FULL,
                    "The store " + place + " is full (" + said
                            + "). Make room there, then try again: what was sent is not" + " sent twice.");
        } else if (answer.code().equals("RequestTimeTooSkewed")) {
            throw new FileStoreException(
                    Problem.REFUSED,
                    "The store " + place + " " + what + ": its clock and the one of this machine differ too much.");
        } else if (answer.status() / 100 == 3) {
            throw new FileStoreException(
                    Problem.REFUSED,
                    "The store " + place + " " + what + ", and says that the bucket is elsewhere (" + said
                            + "). Set endpoint and region of the service to where it is.");
        } else if (answer.status() / 100 == 4) {
            throw new FileStoreException(
                    Problem.REFUSED,
                    "The store " + place + " " + what + " (" + said
                            + "). See whether the bucket is there, and whether the key may list, read, write and delete in it.");
        }
        throw strange(what + " (" + said + ")");
    }

    private FileStoreException strange(String what) {
        return new FileStoreException(
                Problem.UNREACHABLE, "The store " + place + " " + what + ". See whether it is well, then try again.");
    }

    private static String said(Throwable error) {
        return error.getClass().getSimpleName() + (error.getMessage() == null ? "" : ": " + error.getMessage());
    }

    private String key(String name) {
        String prefix = bucket.prefix();
        return prefix.isEmpty() ? name : prefix + "/" + name;
    }

    private String scheme() {
        return bucket.endpoint().startsWith("https:") ? "https" : "http";
    }

    private String host() {
        String host = bucket.endpoint().replaceFirst("^https?://", "");
        return bucket.inHost() ? bucket.name() + "." + host : host;
    }

    @Override
    public String toString() {
        return place.toString();
    }

    @Override
    public void close() {
        // Its connections end when they are idle.
    }
}
