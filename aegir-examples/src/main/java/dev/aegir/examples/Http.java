// SPDX-License-Identifier: Apache-2.0
package dev.aegir.examples;

import java.io.IOException;
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

    public static Http get(URI server, String name, String path) throws IOException, InterruptedException {
        HttpClient client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(Redirect.NEVER)
                .connectTimeout(Duration.ofSeconds(5))
                .build();
        HttpRequest request = HttpRequest.newBuilder(server.resolve(path))
                .header("Host", name)
                .timeout(Duration.ofSeconds(10))
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

    @Override
    public String toString() {
        String first = status == 0 ? "no answer" : "HTTP " + status;
        return first
                + (location.isEmpty() ? "" : " -> " + location)
                + (status == 200 || status == 503 ? "\n" + body.strip() : "");
    }
}
