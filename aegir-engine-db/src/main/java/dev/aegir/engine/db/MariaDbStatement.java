// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What becomes of a statement in a dump of MariaDB or MySQL, by its words in capitals; a string and a quoted name are a
 * backquote among them.
 *
 * @param verdict what becomes of it
 * @param what what it is, when it is left out or refused
 */
record MariaDbStatement(Verdict verdict, String what) {
    /** What becomes of it. */
    enum Verdict {
        /** Not known yet. */
        OPEN,
        /** Not known before its end. */
        WHOLE,
        /** Its last word begins a definer. */
        DEFINER,
        /** Let through. */
        STREAM,
        /** Left out. */
        SKIP,
        /** Refused. */
        REFUSE
    }

    private static final MariaDbStatement OPEN = new MariaDbStatement(Verdict.OPEN, "");
    private static final MariaDbStatement WHOLE = new MariaDbStatement(Verdict.WHOLE, "");
    private static final MariaDbStatement DEFINER = new MariaDbStatement(Verdict.DEFINER, "");
    private static final MariaDbStatement STREAM = new MariaDbStatement(Verdict.STREAM, "");

    private static final Set<String> STREAMED =
            Set.of("INSERT", "REPLACE", "LOCK", "UNLOCK", "COMMIT", "START", "UPDATE", "DELETE", "TRUNCATE");
    private static final Set<String> OBJECTS = Set.of(
            "TABLE",
            "VIEW",
            "PROCEDURE",
            "FUNCTION",
            "TRIGGER",
            "EVENT",
            "INDEX",
            "SEQUENCE",
            "PACKAGE",
            "TEMPORARY",
            "UNIQUE",
            "FULLTEXT",
            "SPATIAL");
    /** Words of {@code CREATE} before it says what. */
    private static final Set<String> BEFORE = Set.of(
            "CREATE",
            "ALTER",
            "DROP",
            "OR",
            "REPLACE",
            "IF",
            "NOT",
            "EXISTS",
            "ALGORITHM",
            "=",
            "UNDEFINED",
            "MERGE",
            "TEMPTABLE",
            "SQL",
            "SECURITY",
            "DEFINER",
            "INVOKER",
            "AGGREGATE",
            "ONLINE",
            "IGNORE",
            "OFFLINE");

    private static final Set<String> OF_THE_SERVER =
            Set.of("GLOBAL", "PERSIST", "PERSIST_ONLY", "GTID_PURGED", "SQL_LOG_BIN", "GTID_SLAVE_POS");

    /** Where a sequence of the database goes on. */
    private static final Pattern SEQUENCE = Pattern.compile("DO SETVAL \\( (`|\\w+) , \\d+ , \\d+ \\)");

    private static final int SHOWN = 60;

    /** Judges by how it begins. */
    static MariaDbStatement begun(List<String> words) {
        String first = words.get(0);
        return switch (first) {
            case "SET", "DO", "DELIMITER" -> WHOLE;
            case "CREATE", "ALTER", "DROP" -> object(words);
            default -> STREAMED.contains(first) ? STREAM : refuse(first);
        };
    }

    private static MariaDbStatement object(List<String> words) {
        String last = words.get(words.size() - 1);
        if (last.equals("DEFINER") && !words.get(words.size() - 2).equals("SECURITY")) {
            return DEFINER;
        } else if (OBJECTS.contains(last)) {
            return last.matches("TEMPORARY|UNIQUE|FULLTEXT|SPATIAL") ? OPEN : STREAM;
        } else if (words.get(0).equals("ALTER") && last.matches("DATABASE|SCHEMA")) {
            // Dumps have it around routines, for how text is compared; of whichever database, it is not theirs to say.
            return skip("a setting of the database");
        }
        return BEFORE.contains(last) ? OPEN : refuse(String.join(" ", words.subList(0, Math.min(words.size(), 6))));
    }

    /** Judges one that is over, and was open until then. */
    static MariaDbStatement whole(List<String> words) {
        if (words.get(0).equals("DO")) {
            return SEQUENCE.matcher(String.join(" ", words)).matches() ? STREAM : refuse("DO");
        } else if (!words.get(0).equals("SET")) {
            return refuse(String.join(" ", words));
        } else if (words.size() > 1 && Set.of("PASSWORD", "ROLE", "DEFAULT").contains(words.get(1))) {
            return refuse("SET " + words.get(1));
        }
        return words.stream().anyMatch(OF_THE_SERVER::contains) ? skip("a setting of the server") : STREAM;
    }

    /**
     * Whether the last of the words after {@code DEFINER} is a part of it: {@code = user [@ host]}, or
     * {@code = CURRENT_USER [()]}.
     */
    static boolean isOfDefiner(List<String> said) {
        String last = said.get(said.size() - 1);
        int size = said.size();
        return size == 1 && last.equals("=")
                || size == 2
                || size > 2
                        && (last.equals("@")
                                || last.equals("(")
                                || last.equals(")")
                                || said.get(size - 2).equals("@"));
    }

    /** What a dump has, as a message may show it. */
    static String printable(String text) {
        String shown = text.length() > SHOWN ? text.substring(0, SHOWN) + "..." : text;
        return shown.replaceAll("[^\\x20-\\x7e]", "?");
    }

    private static MariaDbStatement skip(String what) {
        return new MariaDbStatement(Verdict.SKIP, what);
    }

    private static MariaDbStatement refuse(String statement) {
        return new MariaDbStatement(Verdict.REFUSE, "the statement " + printable(statement));
    }
}
