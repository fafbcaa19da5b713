// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import dev.aegir.testkit.Answer;
import dev.aegir.testkit.Call;
import dev.aegir.testkit.FakeHost;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A client of a MariaDB that understands what the engine says, and remembers it as facts of its host. */
final class FakeMariaDb {
    static final String TEXT = "'((?:[^'\\\\]|\\\\.)*)'";
    static final String NAME = "`((?:[^`]|``)*)`";
    static final String ACCOUNT = TEXT + "@" + TEXT;
    static final Pattern STATEMENT = Pattern.compile(
            "DELIMITER //\\n(.*?)//\\nDELIMITER ;\\n|((?:" + TEXT + "|" + NAME + "|[^;'`]++)+);\\n", Pattern.DOTALL);

    private final FakeHost host;
    private final StringBuilder out = new StringBuilder();

    private FakeMariaDb(FakeHost host) {
        this.host = host;
    }

    static Answer answer(Call call) {
        if (call.host().fact("mariadb.service").isEmpty()) {
            return Answer.failed(1, "ERROR 2002 (HY000): Can't connect to local server through socket");
        }
        FakeMariaDb server = new FakeMariaDb(call.host());
        Matcher statements = STATEMENT.matcher(new String(call.input().content(), StandardCharsets.UTF_8));
        int end = 0;
        while (statements.find()) {
            if (statements.start() != end) {
                throw new IllegalStateException("no statement: " + statements.group());
            }
            end = statements.end();
            String statement = statements.group(1) == null ? statements.group(2) : statements.group(1);
            String error = server.say(statement.strip());
            if (!error.isEmpty()) {
                return Answer.failed(1, error);
            }
        }
        return Answer.ok(server.out.toString());
    }

    private String say(String sql) {
        if (sql.startsWith("SELECT 'database'")) {
            String name = find(sql, "SCHEMA_NAME = " + TEXT).group(1);
            String mark = host.fact("database " + text(name));
            if (!mark.isEmpty()) {
                row("database", hex(mark));
            }
        } else if (sql.startsWith("SELECT 'account'")) {
            accounts(sql);
        } else if (sql.startsWith("SELECT 'own'")) {
            String on = text(find(sql, "d\\.Db = " + TEXT).group(1));
            facts("account ").forEach(account -> {
                if (List.of(host.fact(account).split("\n")).get(1).equals(on)) {
                    String[] words = account.substring("account ".length()).split("\n");
                    row("own", hex(words[0]), hex(words[1]));
                }
            });
        } else if (sql.startsWith("SELECT (SELECT COUNT(*) FROM information_schema.TABLES")) {
            row("0");
        } else if (sql.startsWith("SELECT IF(@@skip_networking")) {
            row("0.0.0.0");
        } else {
            return change(sql);
        }
        return "";
    }

    private String change(String sql) {
        if (sql.startsWith("CREATE DATABASE")) {
            Matcher made = find(sql, "CREATE DATABASE " + NAME + " .* COMMENT " + TEXT);
            String fact = "database " + name(made.group(1));
            if (!host.fact(fact).isEmpty()) {
                return "ERROR 1007 (HY000) at line 1: Can't create database; database exists";
            }
            host.fact(fact, text(made.group(2)));
        } else if (sql.startsWith("CREATE USER") || sql.startsWith("ALTER USER")) {
            Matcher made = find(sql, "USER " + ACCOUNT + " IDENTIFIED VIA mysql_native_password USING " + TEXT);
            String fact = account(made);
            if (sql.startsWith("CREATE") == !host.fact(fact).isEmpty()) {
                return "ERROR 1396 (HY000) at line 1: Operation failed";
            }
            host.fact(fact, made.group(3) + "\n\n");
        } else if (sql.startsWith("REVOKE")) {
            String fact = account(find(sql, "FROM " + ACCOUNT));
            host.fact(fact, host.fact(fact).split("\n")[0] + "\n\n");
        } else if (sql.startsWith("GRANT")) {
            Matcher granted = find(sql, "GRANT (.*) ON " + NAME + "\\.\\* TO " + ACCOUNT);
            String fact = "account " + text(granted.group(3)) + "\n" + text(granted.group(4));
            host.fact(fact, host.fact(fact).split("\n")[0] + "\n" + name(granted.group(2)) + "\n" + granted.group(1));
        } else if (sql.startsWith("DROP USER")) {
            host.fact(account(find(sql, "DROP USER IF EXISTS " + ACCOUNT)), "");
        } else if (sql.startsWith("BEGIN NOT ATOMIC")) {
            Matcher guarded = find(sql, "SCHEMA_NAME = " + TEXT + " .* SCHEMA_COMMENT = " + TEXT);
            String fact = "database " + text(guarded.group(1));
            if (!host.fact(fact).equals(text(guarded.group(2)))) {
                return "ERROR 1644 (45000) at line 1: the mark is not there";
            }
            if (sql.contains("DROP DATABASE")) {
                host.fact("database " + name(find(sql, "DROP DATABASE " + NAME).group(1)), "");
            }
        } else if (!sql.startsWith("KILL HARD CONNECTION USER ")) {
            return "ERROR 1064 (42000) at line 1: this fake does not understand: " + sql;
        }
        return "";
    }

    private void accounts(String sql) {
        String user = text(find(sql, "p\\.User = " + TEXT + " ORDER").group(1));
        String on = text(find(sql, "d\\.Db = " + TEXT).group(1));
        String hash = find(sql, "'\\$\\.authentication_string'\\) = " + TEXT).group(1);
        for (String fact : facts("account " + user + "\n")) {
            String[] kept = host.fact(fact).split("\n", -1);
            boolean here = kept[1].equals(on);
            row(
                    "account",
                    hex(fact.substring(fact.indexOf('\n') + 1)),
                    here ? "1" : "0",
                    here || kept[1].isEmpty() ? "0" : "1",
                    here && kept[0].equals(hash) && kept[2].equals(MariaDb.RIGHTS) ? "1" : "0");
        }
    }

    private List<String> facts(String prefix) {
        return FakeFacts.named(host, prefix);
    }

    static String account(Matcher account) {
        return "account " + text(account.group(1)) + "\n" + text(account.group(2));
    }

    private void row(String... columns) {
        out.append(String.join("\t", columns)).append('\n');
    }

    static Matcher find(String sql, String pattern) {
        Matcher matcher = Pattern.compile(pattern, Pattern.DOTALL).matcher(sql);
        if (!matcher.find()) {
            throw new IllegalStateException("this fake does not find " + pattern + " in " + sql);
        }
        return matcher;
    }

    static String hex(String text) {
        return HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8));
    }

    static String name(String quoted) {
        return quoted.replace("``", "`");
    }

    static String text(String quoted) {
        return quoted.replace("\\n", "\n").replaceAll("\\\\(.)", "$1");
    }
}
