// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.app.drupal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aegir.lab.ExecResult;
import dev.aegir.lab.Lab;
import dev.aegir.lab.LabServer;
import dev.aegir.spi.StoredForm;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What sanitising leaves in tables as Drupal has them, in real PHP, on MariaDB and on PostgreSQL. */
@Tag("lab")
@Timeout(240)
class DrupalSanitiseIT {
    /** The answer, in PHP, to a question that the runner would ask through Drupal. */
    private static final String CALL = DrupalSite.SANITISE + """
            $in = json_decode(stream_get_contents(STDIN), true, 8, JSON_THROW_ON_ERROR);
            $pdo = new PDO($in['dsn'], $in['user'], '', [PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION]);
            $in['postgres'] === 'yes' || $pdo->exec("SET sql_mode = 'ANSI,TRADITIONAL'");
            $ask = static function (string $sql, array $args) use ($pdo): PDOStatement {
                $statement = $pdo->prepare($sql);
                $statement->execute($args);
                return $statement;
            };
            echo json_encode(aegir_sanitise_drupal(
                static fn ($sql, $args) => $ask($sql, $args)->fetchAll(PDO::FETCH_ASSOC),
                static function ($sql, $args) use ($ask): void { $ask($sql, $args); },
                $in['postgres'] === 'yes',
                explode(' ', $in['empty']),
                json_decode($in['change'], true, 4, JSON_THROW_ON_ERROR),
                ['@keep.example'],
                explode(',', $in['emptied']),
                explode(',', $in['forget']),
                static function ($problem, $message): never { fwrite(STDERR, "$problem $message"); exit(3); }
            ));
            """;

    private static final String CONFIG = "a:1:{s:4:\"mail\";s:15:\"ann@example.net\";}";

    /** Nobody's. */
    private static final String KEY = "live_" + "Aegir0Aegir1Aegir2Aegir3";

    private static final String CARD = "a:3:{s:6:\"status\";b:1;s:2:\"id\";s:4:\"card\";s:13:\"configuration\";"
            + "a:3:{s:4:\"mode\";s:4:\"live\";s:10:\"secret_key\";s:29:\"" + KEY + "\";s:5:\"label\";s:4:\"Card\";}}";

    private static final String TABLES = """
            CREATE TABLE users_field_data (uid integer, langcode varchar(12), name varchar(60), mail varchar(254),
                init varchar(254), pass varchar(255), PRIMARY KEY (uid, langcode));
            INSERT INTO users_field_data VALUES (0, 'en', '', NULL, NULL, NULL),
                (1, 'en', 'ann', 'ann@example.net', 'ann@example.net', '$2y$10$hash'),
                (2, 'en', 'bob', 'bob@keep.example', 'Ann@Example.net', '$2y$10$hash');
            CREATE TABLE sessions (sid varchar(128) PRIMARY KEY, uid integer);
            INSERT INTO sessions VALUES ('x', 1);
            CREATE TABLE watchdog (wid integer PRIMARY KEY, message text);
            INSERT INTO watchdog VALUES (1, 'eve@example.net');
            CREATE TABLE cache_config (cid varchar(255) PRIMARY KEY, data BLOB_TYPE);
            INSERT INTO cache_config VALUES ('x', 'eve@example.net');
            CREATE TABLE cachetools (id integer PRIMARY KEY, note text);
            INSERT INTO cachetools VALUES (1, 'stays');
            CREATE TABLE config (collection varchar(255), name varchar(255), data BLOB_TYPE, PRIMARY KEY (collection, name));
            INSERT INTO config VALUES ('', 'system.site', 'CONFIG'),
                ('', 'commerce_payment.commerce_payment_gateway.card', 'CARD'), ('', 'mailer.settings', 'x'), ('de', 'mailer.settings', 'x');
            CREATE TABLE key_value (collection varchar(128), name varchar(128), value BLOB_TYPE, PRIMARY KEY (collection, name));
            INSERT INTO key_value VALUES ('state', 'system.cron_key', 'x'), ('state', 'system.private_key', 'x'),
                ('state', 'other', 'x'), ('system.schema', 'system.cron_key', 'x'), ('state', 'mailer.last', 'x'),
                ('other', 'mailer.last', 'x');
            CREATE TABLE orders (id integer PRIMARY KEY, who text);
            INSERT INTO orders VALUES (1, 'Bob');
            CREATE TABLE webform_submission (sid integer PRIMARY KEY, who text);
            INSERT INTO webform_submission VALUES (1, 'Bob');
            CREATE TABLE no_key (body text);
            INSERT INTO no_key VALUES ('write to eve%40example.net'), ('100 @ 5'), ('ann@example.net'), ('it was WORTH, once');
            """;

    private static final String LOOK = """
            SELECT uid, mail, init, pass FROM users_field_data ORDER BY 1;
            SELECT COUNT(*) FROM sessions; SELECT COUNT(*) FROM watchdog; SELECT COUNT(*) FROM cache_config;
            SELECT note FROM cachetools;
            SELECT COUNT(*) FROM orders; SELECT COUNT(*) FROM webform_submission;
            SELECT name FROM config ORDER BY 1;
            SELECT collection, name FROM key_value ORDER BY 1, 2;
            """;

    private static String statements(String text, String blob) {
        return text.replace("BLOB_TYPE", blob)
                .replace("CONFIG", CONFIG)
                .replace("CARD", CARD)
                .replace("WORTH", KEY);
    }

    private static String question(String dsn, String user, String postgres) {
        return StoredForm.write(Map.of(
                "dsn",
                dsn,
                "user",
                user,
                "postgres",
                postgres,
                "emptied",
                "orders,webform_*",
                "forget",
                "mailer.*",
                "empty",
                String.join(" ", SanitiseDrupal.EMPTY),
                "change",
                StoredForm.write(SanitiseDrupal.STATEMENTS)));
    }

    private static void clean(String said, String config, String card, String texts) {
        assertThat(said)
                .contains("bob@keep.example")
                .doesNotContain("ann@", "Ann@", "$2y$10", "mailer.settings")
                .containsSubsequence(
                        "0", "0", "0", "stays", "\n0\n0\n", "system.site", "other", "mailer.last", "state", "other")
                .containsSubsequence("system.schema", "system.cron_key")
                .containsOnlyOnce("mailer.last")
                .doesNotContain("private_key");
        assertThat(said.lines().filter(line -> line.matches("1\\W.*")))
                .hasSize(1)
                .allMatch(line -> line.matches("1\\W[0-9a-f]{5}@x\\.invalid\\W[0-9a-f]{5}@x\\.invalid\\W!"));
        // What is serialised is as long as it was, and what was one address is one.
        assertThat(config).matches("a:1:\\{s:4:\"mail\";s:15:\"[0-9a-f]{5}@x\\.invalid\";}\\s*");
        assertThat(card.strip())
                .isEqualTo(CARD.replace("b:1", "b:0")
                        .replace("s:4:\"live\"", "s:4:\"test\"")
                        .replace("s:29:\"" + KEY + "\"", "s:0:\"\""));
        assertThat(texts)
                .contains("100 @ 5", "%40x.invalid", "it was " + "x".repeat(KEY.length()) + ", once")
                .doesNotContain("example.net");
    }

    @Test
    void mariaDb() {
        try (Lab lab = Lab.open()) {
            LabServer server = lab.server("web1");
            server.reset();
            server.exec("systemctl", "start", "mariadb").orThrow();
            server.execWithInput("CREATE DATABASE shop; USE shop;" + statements(TABLES, "longblob"), "mariadb")
                    .orThrow();
            String asked =
                    question("mysql:unix_socket=/run/mysqld/mysqld.sock;dbname=shop;charset=utf8mb4", "root", "no");
            for (String php : new String[] {"php8.2", "php8.4"}) {
                assertThat(server.execWithInput(asked, php, "-r", CALL)
                                .orThrow()
                                .stdout())
                        .isEqualTo(
                                php.equals("php8.2")
                                        ? "{\"addresses\":\"6\",\"left\":\"0\"}"
                                        : "{\"addresses\":\"0\",\"left\":\"0\"}");
            }
            clean(
                    mariadb(server, LOOK),
                    mariadb(server, "SELECT data FROM config WHERE name = 'system.site'"),
                    mariadb(server, "SELECT data FROM config WHERE name LIKE 'commerce%'"),
                    mariadb(server, "SELECT body FROM no_key"));
            // An address in a key with others cannot be changed, and is told.
            server.execWithInput("USE shop; INSERT INTO key_value VALUES ('a', 'eve@example.net', 'x')", "mariadb")
                    .orThrow();
            ExecResult refused = server.execWithInput(asked, "php8.4", "-r", CALL);
            assertThat(refused.exit()).isEqualTo(3);
            assertThat(refused.stderr()).contains("ADDRESSES_LEFT 1 in key_value.name");
            server.execWithInput("USE shop; DROP TABLE orders", "mariadb").orThrow();
            assertThat(server.execWithInput(asked, "php8.4", "-r", CALL).stderr())
                    .contains("NO_TABLE there is no table orders");
        }
    }

    private static String mariadb(LabServer server, String sql) {
        return server.execWithInput("USE shop; " + sql, "mariadb", "-N")
                .orThrow()
                .stdout();
    }

    @Test
    void postgreSql() {
        try (Lab lab = Lab.open()) {
            LabServer server = lab.server("web1");
            server.reset();
            server.exec("systemctl", "start", "postgresql@15-main").orThrow();
            postgres(server, "postgres", "CREATE DATABASE shop");
            postgres(server, "shop", statements(TABLES, "bytea"));
            String asked = question("pgsql:host=/run/postgresql;dbname=shop", "postgres", "yes");
            assertThat(server.execWithInput(asked, "runuser", "-u", "postgres", "--", "php8.2", "-r", CALL)
                            .orThrow()
                            .stdout())
                    .isEqualTo("{\"addresses\":\"6\",\"left\":\"0\"}");
            clean(
                    postgres(server, "shop", LOOK),
                    postgres(
                            server, "shop", "SELECT convert_from(data, 'UTF8') FROM config WHERE name = 'system.site'"),
                    postgres(
                            server,
                            "shop",
                            "SELECT convert_from(data, 'UTF8') FROM config WHERE name LIKE 'commerce%'"),
                    postgres(server, "shop", "SELECT body FROM no_key"));
        }
    }

    private static String postgres(LabServer server, String database, String sql) {
        return server.execWithInput(
                        sql, "runuser", "-u", "postgres", "--", "psql", "-AtX", "-v", "ON_ERROR_STOP=1", database)
                .orThrow()
                .stdout();
    }
}
