// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What becomes of a statement in a dump of PostgreSQL, by its words in capitals; a string is {@code '} among them, a quoted name
 * {@code "}.
 *
 * @param verdict what becomes of it
 * @param what what it is, when it is left out or refused
 */
record PostgresStatement(Verdict verdict, String what) {
    /** What becomes of it. */
    enum Verdict {
        /** Not known yet. */
        OPEN,
        STREAM,
        SKIP,
        REFUSE
    }

    private static final PostgresStatement OPEN = new PostgresStatement(Verdict.OPEN, "");
    private static final PostgresStatement STREAM = new PostgresStatement(Verdict.STREAM, "");

    /** Extensions that whoever owns a database may make (PostgreSQL 15 manual, appendix F: trusted). */
    private static final Set<String> TRUSTED = Set.of(
            "BTREE_GIN",
            "BTREE_GIST",
            "CITEXT",
            "CUBE",
            "FUZZYSTRMATCH",
            "HSTORE",
            "INTARRAY",
            "ISN",
            "LTREE",
            "PGCRYPTO",
            "PG_TRGM",
            "SEG",
            "TABLEFUNC",
            "UNACCENT");

    /** Judged when their end is known. */
    private static final Set<String> SHORT = Set.of("SET", "SELECT", "ALTER", "COPY", "COMMENT", "BEGIN", "COMMIT");

    private static final Set<String> OBJECTS = Set.of(
            "TABLE",
            "VIEW",
            "SEQUENCE",
            "INDEX",
            "FUNCTION",
            "PROCEDURE",
            "AGGREGATE",
            "TRIGGER",
            "TYPE",
            "DOMAIN",
            "RULE",
            "POLICY",
            "STATISTICS",
            "OPERATOR",
            "CAST",
            "COLLATION",
            "CONVERSION",
            "TEXT");
    /** Words before it is said what is made. */
    private static final Set<String> BEFORE =
            Set.of("OR", "REPLACE", "UNLOGGED", "UNIQUE", "MATERIALIZED", "RECURSIVE", "CONSTRAINT", "DEFAULT");

    private static final Set<String> SETTINGS = Set.of(
            "STATEMENT_TIMEOUT",
            "LOCK_TIMEOUT",
            "IDLE_IN_TRANSACTION_SESSION_TIMEOUT",
            "CHECK_FUNCTION_BODIES",
            "XMLOPTION",
            "CLIENT_MIN_MESSAGES",
            "ROW_SECURITY",
            "DEFAULT_TABLE_ACCESS_METHOD",
            "SEARCH_PATH");
    /** Settings that other versions do not have, and where data is kept. */
    private static final Set<String> UNNEEDED =
            Set.of("TRANSACTION_TIMEOUT", "DEFAULT_WITH_OIDS", "DEFAULT_TABLESPACE");

    private static final Set<String> CALLS =
            Set.of("SETVAL", "SET_CONFIG", "LO_CREATE", "LO_OPEN", "LOWRITE", "LO_CLOSE");
    private static final Pattern SEARCH_PATH = Pattern.compile(
            "(?is)\\s*SELECT\\s+pg_catalog\\.set_config\\(\\s*'search_path'\\s*,\\s*'[^']*',\\s*\\w+\\s*\\)\\s*");
    private static final Pattern EXACT = Pattern.compile(
            "(?is)\\s*SET\\s+(client_encoding\\s*=\\s*'UTF-?8'|standard_conforming_strings\\s*=\\s*on)\\s*");

    /** Judges by how it begins. */
    static PostgresStatement begun(List<String> words) {
        String first = words.get(0);
        String last = words.get(words.size() - 1);
        return switch (first) {
            case "INSERT", "REFRESH", "DELETE", "TRUNCATE" -> STREAM;
            case "GRANT", "REVOKE" -> skip("rights");
            case "CREATE", "DROP" -> {
                if (words.size() == 1
                        || BEFORE.contains(last)
                        || Set.of("SCHEMA", "EXTENSION").contains(words.get(1))) {
                    yield OPEN;
                }
                yield OBJECTS.contains(last) ? STREAM : refuse(words);
            }
            default -> SHORT.contains(first) ? OPEN : refuse(words);
        };
    }

    /** Judges one that is over. */
    static PostgresStatement whole(List<String> words, String text) {
        String first = words.get(0);
        return switch (first) {
            case "BEGIN", "COMMIT" -> words.size() == 1 ? skip("a transaction of its own") : refuse(words);
            case "SET" -> setting(words, text);
            case "SELECT" -> call(words, text);
            case "ALTER" -> altering(words);
            case "COMMENT" -> commenting(words);
            case "CREATE", "DROP" -> container(words);
            case "COPY" ->
                words.size() > 3
                                && words.get(words.size() - 2).equals("FROM")
                                && words.get(words.size() - 1).equals("STDIN")
                        ? STREAM
                        : refuse("COPY from or to a file or a program");
            default -> refuse(words);
        };
    }

    private static PostgresStatement setting(List<String> words, String text) {
        String which = words.size() > 1 ? words.get(1) : "";
        if (UNNEEDED.contains(which)) {
            return skip("a setting of other servers");
        }
        return SETTINGS.contains(which) || EXACT.matcher(text).matches() ? STREAM : refuse(words);
    }

    private static PostgresStatement call(List<String> words, String text) {
        boolean known = words.size() > 4
                && words.get(1).equals("PG_CATALOG")
                && words.get(2).equals(".")
                && CALLS.contains(words.get(3))
                && words.get(4).equals("(");
        boolean setting = known && words.get(3).equals("SET_CONFIG");
        return known && (!setting || SEARCH_PATH.matcher(text).matches()) ? STREAM : refuse(words);
    }

    private static PostgresStatement altering(List<String> words) {
        if (words.size() < 3) {
            return refuse(words);
        }
        String what = words.get(1);
        boolean object = OBJECTS.contains(what)
                || Set.of("MATERIALIZED", "SCHEMA", "LARGE").contains(what);
        if (what.equals("DEFAULT") && words.get(2).equals("PRIVILEGES")) {
            return skip("rights");
        }
        if (!object) {
            return refuse(words);
        }
        int size = words.size();
        return size > 4
                        && words.get(size - 3).equals("OWNER")
                        && words.get(size - 2).equals("TO")
                ? skip("whose it is")
                : STREAM;
    }

    private static PostgresStatement commenting(List<String> words) {
        if (words.size() < 4
                || !words.get(1).equals("ON")
                || Set.of("DATABASE", "ROLE", "TABLESPACE").contains(words.get(2))) {
            return refuse(words);
        }
        boolean servers = words.get(2).equals("EXTENSION")
                || words.get(2).equals("SCHEMA") && words.get(3).equals("PUBLIC");
        return servers ? skip("a comment on what is the server's") : STREAM;
    }

    /** A schema or an extension. */
    private static PostgresStatement container(List<String> words) {
        if (words.size() < 3 || words.contains("AUTHORIZATION")) {
            return refuse(words);
        }
        int at = words.indexOf("EXISTS") < 0 ? 2 : words.indexOf("EXISTS") + 1;
        String which = at < words.size() ? words.get(at) : "";
        if (words.get(1).equals("SCHEMA")) {
            return which.equals("PUBLIC") ? skip("the schema public, which is there") : STREAM;
        }
        if (words.get(1).equals("EXTENSION") && which.equals("PLPGSQL")) {
            return skip("the extension plpgsql, which is there");
        }
        return words.get(1).equals("EXTENSION") && TRUSTED.contains(which) ? STREAM : refuse(words);
    }

    private static PostgresStatement skip(String what) {
        return new PostgresStatement(Verdict.SKIP, what);
    }

    private static PostgresStatement refuse(List<String> words) {
        String text = String.join(" ", words.subList(0, Math.min(words.size(), 4)));
        return refuse("the statement "
                + text.substring(0, Math.min(text.length(), 60)).replaceAll("[^\\x20-\\x7e]", "?"));
    }

    private static PostgresStatement refuse(String what) {
        return new PostgresStatement(Verdict.REFUSE, what);
    }
}
