// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.http;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a server answers under a name that no DNS knows.
 *
 * @param status the status code
 * @param headers the headers by name, in any case
 * @param body the body
 */
record Http(int status, Map<String, String> headers, String body) {
    static Http get(URI server, String name, String path) throws IOException {
        return send(server, "GET " + path + " HTTP/1.0\r\nHost: " + name + "\r\n\r\n");
    }

    /** Sends exactly this. */
    static Http send(URI server, String request) throws IOException {
        try (Socket socket = new Socket(server.getHost(), server.getPort())) {
            socket.setSoTimeout(60_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
            return parse(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    String header(String name) {
        return headers.getOrDefault(name, "");
    }

    private static Http parse(String answer) {
        int end = answer.indexOf("\r\n\r\n");
        if (end < 0) {
            return new Http(0, Map.of(), answer);
        }
        String[] lines = answer.substring(0, end).split("\r\n");
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (int i = 1; i < lines.length; i++) {
            String[] header = lines[i].split(":", 2);
            headers.merge(header[0], header[1].strip(), (one, two) -> one + ", " + two);
        }
        return new Http(Integer.parseInt(lines[0].split(" ")[1]), headers, answer.substring(end + 4));
    }
}
