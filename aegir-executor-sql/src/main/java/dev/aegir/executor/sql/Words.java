// SPDX-License-Identifier: Apache-2.0
package dev.aegir.executor.sql;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.sql.SQLException;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Sets and maps of text in a column, as JSON. */
final class Words {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final TypeReference<Set<String>> SET = new TypeReference<>() {};
    private static final TypeReference<Map<String, String>> MAP = new TypeReference<>() {};

    private Words() {}

    static String of(Set<String> words) throws SQLException {
        return words.isEmpty() ? "[]" : write(new TreeSet<>(words));
    }

    static String of(Map<String, String> words) throws SQLException {
        return words.isEmpty() ? "{}" : write(new TreeMap<>(words));
    }

    static Set<String> set(String json) throws SQLException {
        return json.equals("[]") ? Set.of() : read(json, SET);
    }

    static Map<String, String> map(String json) throws SQLException {
        return json.equals("{}") ? Map.of() : read(json, MAP);
    }

    private static String write(Object words) throws SQLException {
        try {
            return JSON.writeValueAsString(words);
        } catch (JsonProcessingException e) {
            throw new SQLException("A column cannot be written as JSON.", e);
        }
    }

    private static <T> T read(String json, TypeReference<T> type) throws SQLException {
        try {
            return JSON.readValue(json, type);
        } catch (JsonProcessingException e) {
            throw new SQLException("A column that should hold JSON does not: " + e.getOriginalMessage(), e);
        }
    }
}
