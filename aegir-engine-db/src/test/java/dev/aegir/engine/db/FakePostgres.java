// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import dev.aegir.testkit.Answer;
import dev.aegir.testkit.Call;
import dev.aegir.testkit.FakeHost;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A psql that understands what the engine says, line by line, and remembers it as facts of its host. */
final class FakePostgres {
    static final String ACCESS_FILE = "/etc/postgresql/15/main/pg_hba.conf";
    private static final String TEXT = "'((?:[^']|'')*)'";
    private static final String NAME = "\"((?:[^\"]|\"\")*)\"";

    private final FakeHost host;
    private final StringBuilder out = new StringBuilder();
    private final Map<String, Boolean> variables = new HashMap<>();
    private final Deque<Boolean> branches = new ArrayDeque<>();
    private Matcher found = Pattern.compile("").matcher("");

    private FakePostgres(FakeHost host) {
        this.host = host;
    }

    static Answer answer(Call call) {
        if (call.host().fact("postgresql.service").isEmpty()) {
            return Answer.failed(
                    2, "psql: error: connection to server on socket \"/run/x\" failed: No such file or directory");
        }
        FakePostgres server = new FakePostgres(call.host());
        for (String line : new String(call.input().content(), StandardCharsets.UTF_8).split("\n")) {
            String error = server.branch(line) ? "" : server.say(line);
            if (!error.isEmpty()) {
                return Answer.failed(3, "psql:<stdin>:1: ERROR:  " + error + "\nLOCATION:  here");
            }
        }
        return Answer.ok(server.out.toString());
    }

    /** The program that edits access rules. */
    static Answer edit(Call call) {
        List<String> words = call.command().words();
        String tag = " # aegir " + words.get(6);
        List<String> ours = new ArrayList<>();
        StringBuilder others = new StringBuilder();
        for (String line : call.host().text(words.get(5)).orElseThrow().split("\n")) {
            if (line.contains(tag)) {
                ours.add(line);
            } else {
                others.append(line).append('\n');
            }
        }
        if (words.get(4).equals("look")) {
            return Answer.ok(String.join("\n", ours));
        }
        String wanted = new String(call.input().content(), StandardCharsets.UTF_8);
        call.host().file(words.get(5), wanted + others, "0640", "postgres:postgres");
        return Answer.ok();
    }

    /** Whether the line is about branches, or in one that is not taken. */
    private boolean branch(String line) {
        if (line.startsWith("\\if :")) {
            branches.push(variables.getOrDefault(line.substring(5), false));
        } else if (line.equals("\\else")) {
            branches.push(!branches.pop());
        } else if (line.equals("\\endif")) {
            branches.pop();
        } else {
            return branches.contains(false);
        }
        return true;
    }

    private String say(String sql) {
        if (sql.startsWith("SELECT ") || sql.startsWith("SHOW ")) {
            return look(sql);
        } else if (is(sql, "CREATE ROLE " + NAME + "( NOLOGIN)?;")) {
            String fact = "role " + name(1);
            if (!host.fact(fact).isEmpty()) {
                return "42710: role already exists";
            }
            host.fact(fact, "is there");
        } else if (is(sql, "COMMENT ON ROLE " + NAME + " IS " + TEXT + ";")) {
            host.fact("role " + name(1) + "\ncomment", text(2));
        } else if (is(sql, "CREATE DATABASE " + NAME + " OWNER " + NAME + " TEMPLATE template0 .*;")) {
            String fact = "database " + name(1);
            if (!host.fact(fact).isEmpty()) {
                return "42P04: database already exists";
            }
            host.fact(fact, name(2));
            host.fact(fact + "\npublic", "may connect");
        } else if (is(sql, "COMMENT ON DATABASE " + NAME + " IS " + TEXT + ";")) {
            host.fact("database " + name(1) + "\ncomment", text(2));
        } else if (is(sql, "REVOKE ALL ON DATABASE " + NAME + " FROM PUBLIC;")) {
            host.fact("database " + name(1) + "\npublic", "");
        } else if (is(sql, "ALTER DATABASE " + NAME + " ALLOW_CONNECTIONS true;")) {
            host.fact("database " + name(1) + "\nopen", "t");
        } else if (is(sql, "ALTER ROLE " + NAME + " LOGIN .* PASSWORD " + TEXT + ";")) {
            // With a salt it would be another one each time.
            host.fact("role " + name(1) + "\nlogin", "may");
            verifiers.put(name(1), text(2));
        } else if (is(sql, "ALTER ROLE " + NAME + " NOLOGIN;")) {
            host.fact("role " + name(1) + "\nlogin", "");
        } else if (is(sql, "ALTER ROLE " + NAME + " IN DATABASE " + NAME + " SET role = " + TEXT + ";")) {
            host.fact("role " + name(1) + "\nin " + name(2), text(3));
        } else if (is(sql, "GRANT " + NAME + ", " + NAME + " TO " + NAME + ";")) {
            host.fact("role " + name(3) + "\nmember of " + name(1), "t");
            host.fact("role " + name(3) + "\nmember of " + name(2), "t");
        } else if (is(sql, "DROP ROLE IF EXISTS " + NAME + ";")) {
            drop("role " + name(1));
        } else if (is(sql, "DROP DATABASE " + NAME + " WITH \\(FORCE\\);")) {
            drop("database " + name(1));
        } else if (sql.startsWith("DO $$BEGIN RAISE EXCEPTION")) {
            return "AE001: the mark is not there";
        } else if (!sql.matches("BEGIN;|COMMIT;|SET .*;|REASSIGN OWNED BY .*;|DROP OWNED BY .*;")) {
            return "42601: this fake does not understand: " + sql;
        }
        return "";
    }

    /** What accounts keep of their passwords, which is different each time for the same one. */
    private static final Map<String, String> verifiers = new java.util.concurrent.ConcurrentHashMap<>();

    private String look(String sql) {
        if (is(sql, "SELECT 'database', .*o\\.rolname = " + TEXT + " THEN.* d\\.datname = " + TEXT + ";")) {
            String fact = "database " + text(2);
            String owner = host.fact(fact);
            if (!owner.isEmpty()) {
                boolean exact = host.fact(fact + "\npublic").isEmpty()
                        && !host.fact(fact + "\nopen").isEmpty();
                row(
                        "database",
                        hex(owner.equals(text(1)) ? host.fact("role " + owner + "\ncomment") : ""),
                        hex(host.fact(fact + "\ncomment")),
                        exact ? "t" : "f");
            }
        } else if (is(
                sql,
                "SELECT 'account', .*ARRAY\\['aegir_sites', " + TEXT + "\\].* d\\.datname = " + TEXT
                        + " AND.* r\\.rolname = " + TEXT + ";")) {
            String fact = "role " + text(3);
            if (!host.fact(fact).isEmpty()) {
                boolean exact = !host.fact(fact + "\nlogin").isEmpty()
                        && !host.fact(fact + "\nmember of " + Postgres.SITES).isEmpty()
                        && !host.fact(fact + "\nmember of " + text(1)).isEmpty()
                        && host.fact(fact + "\nin " + text(2)).equals(text(1));
                row(
                        "account",
                        hex(host.fact(fact + "\ncomment")),
                        exact ? "t" : "f",
                        verifiers.getOrDefault(text(3), ""));
            }
        } else if (is(
                sql, "SELECT NOT EXISTS \\(SELECT FROM pg_roles WHERE rolname = " + TEXT + "\\) AS absent \\\\gset")) {
            variables.put("absent", host.fact("role " + text(1)).isEmpty());
        } else if (is(
                sql,
                "SELECT EXISTS .*d\\.datname = " + TEXT + " AND o\\.rolname = " + TEXT
                        + " AND shobj_description\\(o\\.oid," + " 'pg_authid'\\) = " + TEXT
                        + " AND .* AS ours \\\\gset")) {
            variables.put(
                    "ours",
                    host.fact("database " + text(1)).equals(text(2))
                            && host.fact("role " + text(2) + "\ncomment").equals(text(3)));
        } else if (is(
                sql,
                "SELECT 'own', .*g\\.rolname = " + TEXT + "\\) OR .*shobj_description.* = " + TEXT + " ORDER.*;")) {
            String member = "\nmember of " + text(1);
            String mark = text(2);
            for (String fact : FakeFacts.named(host, "role ")) {
                String role = fact.endsWith(member) ? fact.substring(5, fact.length() - member.length()) : "";
                if (!role.isEmpty() && host.fact("role " + role + "\ncomment").equals(mark)) {
                    row("own", hex(role));
                }
            }
        } else if (is(sql, "SELECT '(?:owner|sites)' FROM pg_roles WHERE rolname = " + TEXT + ";")) {
            out.append(host.fact("role " + text(1)).isEmpty() ? "" : "there\n");
        } else if (sql.startsWith("SELECT (SELECT count(*) FROM pg_class")
                || sql.startsWith("SELECT count(pg_terminate")) {
            row("0");
        } else if (sql.equals("SHOW hba_file;")) {
            row(ACCESS_FILE);
        } else if (sql.equals("SHOW listen_addresses;")) {
            row("*");
        } else if (sql.startsWith("SELECT pg_conf_load_time() FROM pg_reload_conf()")) {
            host.fact("loaded rules", host.text(ACCESS_FILE).orElseThrow());
            row("before");
        } else if (sql.equals("SELECT pg_conf_load_time();")) {
            row("after");
        } else if (!sql.startsWith("SELECT line_number") && !sql.startsWith("SELECT 'other'")) {
            return "42601: this fake does not understand: " + sql;
        }
        return "";
    }

    private void drop(String what) {
        for (String fact : FakeFacts.named(host, what)) {
            if (fact.equals(what) || fact.startsWith(what + "\n")) {
                host.fact(fact, "");
            }
        }
    }

    private boolean is(String sql, String pattern) {
        found = Pattern.compile(pattern, Pattern.DOTALL).matcher(sql);
        return found.matches();
    }

    private String text(int group) {
        return found.group(group).replace("''", "'");
    }

    private String name(int group) {
        return found.group(group).replace("\"\"", "\"");
    }

    private void row(String... columns) {
        out.append(String.join("\t", columns)).append('\n');
    }

    private static String hex(String text) {
        return HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8));
    }
}
