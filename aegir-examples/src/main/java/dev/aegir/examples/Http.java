// SPDX-License-Identifier: Apache-2.0
package dev.aegir.examples;

import java.io.IOException;
import java.net.CookieManager;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** What a browser would get from a server under a name that no DNS knows. */
public record Http(int status, String location, String body) {
    static {
        // The client sends the name it is told only when this is said before it is first used.
        System.setProperty("jdk.httpclient.allowRestrictedHeaders", "host");
    }

    /** A client that keeps cookies, as a browser does. */
    static HttpClient browser() {
        return HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(Redirect.NEVER)
                .connectTimeout(Duration.ofSeconds(5))
                .cookieHandler(new CookieManager())
                .build();
    }

    public static Http get(URI server, String name, String path) throws IOException, InterruptedException {
        return get(browser(), server, name, path);
    }

    static Http get(HttpClient client, URI server, String name, String path) throws InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(server.resolve(path))
                .header("Host", name)
                .timeout(Duration.ofSeconds(30))
                .build();
        try {
            HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
            String location = response.headers().firstValue("Location").orElse("");
            return new Http(response.statusCode(), location, response.body());
        } catch (IOException e) {
            // A server that has nothing to say under a name closes the connection.
            return new Http(0, "", String.valueOf(e.getMessage()));
        }
    }

    /** The part of the page between two texts, without the tags in it. */
    String between(String start, String end) {
        int from = body.indexOf(start);
        int to = from < 0 ? -1 : body.indexOf(end, from);
        return to < 0
                ? "nothing between " + start + " and " + end
                : body.substring(from + start.length(), to)
                        .replaceAll("<[^>]*>", "")
                        .strip();
    }

    @Override
    public String toString() {
        String first = status == 0 ? "no answer" : "HTTP " + status;
        return first
                + (location.isEmpty() ? "" : " -> " + location)
                + (status == 200 || status == 503 ? "\n" + body.strip() : "");
    }
}
