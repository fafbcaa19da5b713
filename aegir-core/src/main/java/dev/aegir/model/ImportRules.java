// SPDX-License-Identifier: Apache-2.0
package dev.aegir.model;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * How archives of a format are recognised by the names in them, and what of them becomes which part of a site. Names are
 * relative, without {@code ./} before them and a slash behind; patterns are those of {@link Pattern} and match whole names.
 * Only names of at most {@value #DEEPEST} components are looked at. Data, so that a plan says how an archive will be read.
 *
 * @param format the format's name
 * @param markers what must be there: each matches some name
 * @param directories what of it a site writes; of one that lies in another, files go to its own place alone
 * @param database the dump of the database, in SQL; absent when the format has none
 */
public record ImportRules(Name format, List<String> markers, List<Directory> directories, Optional<String> database) {
    /** How many components the names have at most that patterns are for. */
    public static final int DEEPEST = 6;

    /**
     * A directory of the archive that a site gets.
     *
     * @param target where it goes: a directory in the site's own, such as {@code files}
     * @param pattern its name in the archive
     */
    public record Directory(String target, String pattern) {
        /** Validates. */
        public Directory {
            HostPath.of("/home").child(target);
            valid(pattern);
        }
    }

    /** Validates and copies. */
    public ImportRules {
        markers = List.copyOf(markers);
        directories = List.copyOf(directories);
        markers.forEach(ImportRules::valid);
        database.ifPresent(ImportRules::valid);
        if (markers.isEmpty()) {
            throw new InvalidValueException("import format", format.value(), "it says nothing to recognise it by");
        }
    }

    private static void valid(String pattern) {
        try {
            Pattern.compile(pattern);
        } catch (PatternSyntaxException e) {
            throw new InvalidValueException("pattern", pattern, e.getDescription());
        }
    }
}
