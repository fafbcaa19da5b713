// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.app.scan;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the settings of a running site say of its database, as far as they say it in the one plain way that they come with: as a
 * text that is set once. Whatever is put together, or said twice, is not known. They are never run.
 *
 * @param database the name of the database
 * @param prefix what the names of its tables begin with
 */
record FoundSettings(Optional<String> database, Optional<String> prefix) {
    private static final Pattern COMMENT = Pattern.compile("\\s*(\\*|//|#|/\\*).*");

    /** Where a kind of code has its settings, and which of their lines are read at all: none that may have a password. */
    record Place(List<String> files, String lines, Pattern database, Pattern prefix) {
        static Place of(ScanCode.Kind kind) {
            return switch (kind) {
                // It looks above the document root too.
                case WORDPRESS ->
                    new Place(
                            List.of("wp-config.php", "../wp-config.php"),
                            "DB_NAME|table_prefix",
                            Pattern.compile(
                                    "\\s*define\\(\\s*(['\"])DB_NAME\\1\\s*,\\s*(['\"])([A-Za-z0-9_-]{1,64})\\2\\s*\\)\\s*;"
                                            + "\\s*((//|#).*)?"),
                            Pattern.compile(
                                    "\\s*\\$table_prefix\\s*=\\s*(['\"])()([A-Za-z0-9_]{0,64})\\1\\s*;\\s*((//|#).*)?"));
                case DRUPAL ->
                    new Place(
                            List.of("sites/default/settings.php"),
                            "['\"](database|prefix)['\"]",
                            Pattern.compile(
                                    "\\s*(['\"])database\\1\\s*=>\\s*(['\"])([A-Za-z0-9_-]{1,64})\\2\\s*,?\\s*"),
                            Pattern.compile("\\s*(['\"])prefix\\1\\s*=>\\s*(['\"])([A-Za-z0-9_]{0,64})\\2\\s*,?\\s*"));
                case COMPOSER -> new Place(List.of(), "", Pattern.compile("(?!)"), Pattern.compile("(?!)"));
            };
        }
    }

    /** Reads the lines that were found. */
    static FoundSettings read(ScanCode.Kind kind, String text) {
        Place place = Place.of(kind);
        List<String> lines =
                text.lines().filter(line -> !COMMENT.matcher(line).matches()).toList();
        String marks = kind == ScanCode.Kind.WORDPRESS ? "DB_NAME" : "database";
        String begins = kind == ScanCode.Kind.WORDPRESS ? "table_prefix" : "prefix";
        return new FoundSettings(once(lines, marks, place.database()), once(lines, begins, place.prefix()));
    }

    private static Optional<String> once(List<String> lines, String word, Pattern pattern) {
        List<String> all = lines.stream().filter(line -> line.contains(word)).toList();
        if (all.size() != 1) {
            return Optional.empty();
        }
        Matcher said = pattern.matcher(all.get(0));
        return said.matches() ? Optional.of(said.group(3)) : Optional.empty();
    }
}
