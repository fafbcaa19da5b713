// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import static dev.aegir.engine.db.FakeMariaDb.ACCOUNT;
import static dev.aegir.engine.db.FakeMariaDb.NAME;
import static dev.aegir.engine.db.FakeMariaDb.TEXT;
import static dev.aegir.engine.db.FakeMariaDb.account;
import static dev.aegir.engine.db.FakeMariaDb.find;
import static dev.aegir.engine.db.FakeMariaDb.hex;
import static dev.aegir.engine.db.FakeMariaDb.name;
import static dev.aegir.engine.db.FakeMariaDb.text;

import dev.aegir.testkit.Answer;
import dev.aegir.testkit.Call;
import dev.aegir.testkit.FakeHost;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;

/** A client of a MySQL that understands what the engine says, and remembers it as facts of its host. */
final class FakeMySql {
    /** What accounts keep of their passwords, which is different each time for the same one. */
    private static final Map<String, String> KEPT = new ConcurrentHashMap<>();

    private final FakeHost host;
    private final StringBuilder out = new StringBuilder();

    private FakeMySql(FakeHost host) {
        this.host = host;
    }

    static Answer answer(Call call) {
        if (call.host().fact("mysql.service").isEmpty()) {
            return Answer.failed(1, "ERROR 2002 (HY000): Can't connect to local server through socket");
        }
        FakeMySql server = new FakeMySql(call.host());
        Matcher statements =
                FakeMariaDb.STATEMENT.matcher(new String(call.input().content(), StandardCharsets.UTF_8));
        int end = 0;
        while (statements.find()) {
            if (statements.start() != end) {
                throw new IllegalStateException("no statement: " + statements.group());
            }
            end = statements.end();
            String error = server.say(statements.group(2).strip());
            if (!error.isEmpty()) {
                return Answer.failed(1, error);
            }
        }
        return Answer.ok(server.out.toString());
    }

    private String say(String sql) {
        if (sql.startsWith("SHOW GLOBAL VARIABLES")
                || sql.startsWith("SELECT ID FROM information_schema.PROCESSLIST")) {
            return "";
        } else if (sql.startsWith("SELECT 'database'")) {
            String name = text(find(sql, "SCHEMA_NAME = " + TEXT).group(1));
            if (!host.fact("database " + name).isEmpty()) {
                row("database", hex(mark(sql)));
            }
        } else if (sql.startsWith("SELECT HEX(COALESCE(")) {
            row(hex(mark(sql)));
        } else if (sql.startsWith("SELECT 'account'")) {
            accounts(sql);
        } else if (sql.startsWith("SELECT 'own'")) {
            String on = text(find(sql, "d\\.Db = " + TEXT).group(1));
            for (String account : FakeFacts.named(host, "account ")) {
                if (List.of(host.fact(account).split("\n", -1)).get(1).equals(on)) {
                    String[] words = account.substring("account ".length()).split("\n");
                    row("own", hex(words[0]), hex(words[1]));
                }
            }
        } else if (sql.startsWith("SELECT 1 FROM mysql.db d")) {
            Matcher others = find(sql, "d\\.User = " + TEXT + " AND d\\.Db <> " + TEXT);
            FakeFacts.named(host, "mark ").stream()
                    .filter(fact -> host.fact(fact).equals(text(others.group(1)))
                            && !fact.equals("mark " + text(others.group(2))))
                    .forEach(fact -> row("1"));
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
        if (sql.startsWith("DO (")) {
            boolean fails = sql.contains("GROUP_CONCAT")
                    && !mark(sql).equals(text(find(sql, "<=> " + TEXT).group(1)));
            return fails ? "ERROR 1242 (21000) at line 1: Subquery returns more than 1 row" : "";
        } else if (sql.startsWith("CREATE DATABASE")) {
            String fact =
                    "database " + name(find(sql, "CREATE DATABASE " + NAME).group(1));
            if (!host.fact(fact).isEmpty()) {
                return "ERROR 1007 (HY000) at line 1: Can't create database; database exists";
            }
            host.fact(fact, "made");
        } else if (sql.startsWith("CREATE ROLE")) {
            host.fact("role " + text(find(sql, "EXISTS " + ACCOUNT).group(1)), "made");
        } else if (sql.startsWith("GRANT EXECUTE ON")) {
            Matcher granted = find(sql, "ON " + NAME + "\\.\\* TO " + ACCOUNT);
            host.fact("mark " + name(granted.group(1)), text(granted.group(2)));
        } else if (sql.startsWith("CREATE USER") || sql.startsWith("ALTER USER") && !sql.endsWith("ACCOUNT UNLOCK")) {
            Matcher made = find(sql, "USER " + ACCOUNT + " IDENTIFIED WITH caching_sha2_password AS " + TEXT);
            String fact = account(made);
            if (sql.startsWith("CREATE") == !host.fact(fact).isEmpty()) {
                return "ERROR 1396 (HY000) at line 1: Operation failed";
            }
            host.fact(fact, "may\n\n");
            KEPT.put(fact, text(made.group(3)));
        } else if (sql.startsWith("REVOKE ALL")) {
            String fact = account(find(sql, "FROM " + ACCOUNT));
            host.fact(fact, host.fact(fact).split("\n")[0] + "\n\n");
        } else if (sql.startsWith("REVOKE EXECUTE")) {
            host.fact("mark " + name(find(sql, "ON " + NAME).group(1)), "");
        } else if (sql.startsWith("GRANT")) {
            Matcher granted = find(sql, "GRANT (.*) ON " + NAME + "\\.\\* TO " + ACCOUNT);
            String fact = "account " + text(granted.group(3)) + "\n" + text(granted.group(4));
            host.fact(fact, host.fact(fact).split("\n")[0] + "\n" + name(granted.group(2)) + "\n" + granted.group(1));
        } else if (sql.startsWith("DROP USER")) {
            host.fact(account(find(sql, "DROP USER IF EXISTS " + ACCOUNT)), "");
        } else if (sql.startsWith("DROP ROLE")) {
            String role = text(find(sql, "DROP ROLE IF EXISTS " + ACCOUNT).group(1));
            host.fact("role " + role, "");
            FakeFacts.named(host, "mark ").stream()
                    .filter(fact -> host.fact(fact).equals(role))
                    .forEach(fact -> host.fact(fact, ""));
        } else if (sql.startsWith("DROP DATABASE")) {
            host.fact(
                    "database "
                            + name(find(sql, "DROP DATABASE (?:IF EXISTS )?" + NAME)
                                    .group(1)),
                    "");
        } else if (!sql.endsWith("ACCOUNT UNLOCK")) {
            return "ERROR 1064 (42000) at line 1: this fake does not understand: " + sql;
        }
        return "";
    }

    private void accounts(String sql) {
        String user = text(find(sql, "p\\.User = " + TEXT + " ORDER").group(1));
        String on = text(find(sql, "d\\.Db = " + TEXT).group(1));
        for (String fact : FakeFacts.named(host, "account " + user + "\n")) {
            String[] kept = host.fact(fact).split("\n", -1);
            boolean here = kept[1].equals(on);
            row(
                    "account",
                    hex(fact.substring(fact.indexOf('\n') + 1)),
                    here ? "1" : "0",
                    here || kept[1].isEmpty() ? "0" : "1",
                    here && kept[2].equals(MySql.RIGHTS) ? "1" : "0",
                    hex(KEPT.getOrDefault(fact, "")));
        }
    }

    /** The mark of the database that a statement asks for. */
    private String mark(String sql) {
        return host.fact("mark " + text(find(sql, "d\\.Db = " + TEXT).group(1)));
    }

    private void row(String... columns) {
        out.append(String.join("\t", columns)).append('\n');
    }
}
