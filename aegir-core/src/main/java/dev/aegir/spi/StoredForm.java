// SPDX-License-Identifier: Apache-2.0
package dev.aegir.spi;

import dev.aegir.internal.Json;

/**
 * How tasks, steps and facts are stored: as JSON, records by their components. For whoever writes an executor, or tests that
 * a step of their own can be read back by another program.
 */
public final class StoredForm {
    private StoredForm() {}

    /**
     * Writes a value; the same value always gives the same text.
     *
     * @param value a record, a value of the model, text, a number, or a collection of these
     * @return one line of JSON
     * @throws IllegalArgumentException when it holds something that cannot be stored; the message says what can
     */
    public static String write(Object value) {
        return Json.write(value);
    }

    /**
     * Reads a value; what is unknown to its class is ignored, so that older programs read what newer ones wrote.
     *
     * @param <T> its type
     * @param text what {@link #write} wrote
     * @param type its class
     * @return the value
     * @throws IllegalArgumentException when the text is no such value
     */
    public static <T> T read(String text, Class<T> type) {
        return Json.read(text, type);
    }
}
