// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.backup.restic;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** What restic says, which is a JSON value in each line when it is asked for that, among lines that are none. */
final class Json {
    private static final ObjectMapper JSON = JsonMapper.builder().build();

    private Json() {}

    /** A line, as it was read byte by byte; a missing node when it is none of these. */
    static JsonNode line(String line) {
        return parsed(text(line));
    }

    /** The values of the lines that are some. */
    static List<JsonNode> lines(String text) {
        return text.lines()
                .map(Json::parsed)
                .filter(node -> node.isObject() || node.isArray())
                .toList();
    }

    /** What was read byte by byte. */
    static String text(String bytes) {
        return new String(bytes.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }

    private static JsonNode parsed(String line) {
        if (!line.startsWith("{") && !line.startsWith("[")) {
            return MissingNode.getInstance();
        }
        try {
            return JSON.readTree(line);
        } catch (JsonProcessingException e) {
            return MissingNode.getInstance(); // Cut off, or said by something else.
        }
    }
}
