// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aegir.host.Command;
import dev.aegir.host.CommandResult;
import dev.aegir.model.Database;
import dev.aegir.model.DatabaseAccess;
import dev.aegir.model.HostPath;
import dev.aegir.model.Id;
import dev.aegir.model.InvalidValueException;
import dev.aegir.model.SecretRef;
import dev.aegir.model.Server;
import dev.aegir.model.Service;
import dev.aegir.model.ServiceKind;
import dev.aegir.spi.EngineRequest;
import dev.aegir.spi.ServiceRequest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Exactly what is said to database servers, and what is made of what they say. */
class StatementsTest {
    private static final Id OWNER = Id.of("01JZZZZZZZZZZZZZZZZZZZZZZZ");
    private static final Database DATABASE = new Database(
            OWNER,
            "joe.example.net",
            "joe_w`p'",
            "o'joe",
            SecretRef.of("site/db"),
            List.of("192.0.2.7", "2001:db8::7"));
    private static final Server SERVER = Server.at("db1", "ssh://root@db1.example.net");

    private static EngineRequest<Database> request(String engine, Map<String, String> settings, Database database) {
        Service service = Service.of(ServiceKind.DB, engine);
        for (Map.Entry<String, String> setting : settings.entrySet()) {
            service = service.with(setting.getKey(), setting.getValue());
        }
        return new EngineRequest<>(database, SERVER.offering(service), service);
    }

    private static Place place(Software software, Map<String, String> settings) {
        EngineRequest<Database> request = request(software.engine(), settings, DATABASE);
        return Place.of(software, new ServiceRequest(request.server(), request.service()));
    }

    @Test
    void aDatabaseOfMariaDbIsMadeWithItsMark() {
        assertThat(MariaDb.making(DATABASE, "utf8mb4_unicode_520_ci"))
                .isEqualTo("CREATE DATABASE `joe_w``p'` CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci COMMENT"
                        + " 'aegir:01JZZZZZZZZZZZZZZZZZZZZZZZ';\n");
        assertThat(MariaDb.granting(DATABASE, "192.0.2.7"))
                .startsWith("GRANT SELECT, INSERT, ")
                .endsWith(" ON `joe\\_w``p'`.* TO 'o\\'joe'@'192.0.2.7';\n")
                .doesNotContain("GRANT OPTION", "FILE", "SUPER", "PROCESS", "ALL");
        assertThat(new MariaDb().hosts(DATABASE)).containsExactlyInAnyOrder("192.0.2.7", "2001:db8::7");
    }

    @Test
    void aDatabaseOfPostgresqlIsClosedBeforeItIsOpened() {
        assertThat(Postgres.making(DATABASE, "C.UTF-8")).isEqualTo("""
                SELECT NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '%1$s') AS absent \\gset
                \\if :absent
                BEGIN;
                CREATE ROLE "%1$s" NOLOGIN;
                COMMENT ON ROLE "%1$s" IS 'aegir:01JZZZZZZZZZZZZZZZZZZZZZZZ';
                COMMIT;
                \\endif
                CREATE DATABASE "joe_w`p'" OWNER "%1$s" TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8' ALLOW_CONNECTIONS false;
                COMMENT ON DATABASE "joe_w`p'" IS 'aegir:01JZZZZZZZZZZZZZZZZZZZZZZZ';
                REVOKE ALL ON DATABASE "joe_w`p'" FROM PUBLIC;
                ALTER DATABASE "joe_w`p'" ALLOW_CONNECTIONS true;
                """.formatted(Postgres.owner(DATABASE)));
        assertThat(Postgres.owner(DATABASE)).matches("aegir_01jzzzzzzzzzzzzzzzzzzzzzzz_[0-9a-f]{1,8}");
    }

    @Test
    void theMarkIsReadBackInTheSessionThatDrops() {
        assertThat(MariaDb.guarded(DATABASE, " DROP DATABASE x;"))
                .contains("SCHEMA_COMMENT = 'aegir:01JZZZZZZZZZZZZZZZZZZZZZZZ') <> 1 THEN SIGNAL")
                .endsWith("END IF; DROP DATABASE x; END");
        assertThat(Postgres.guarded(DATABASE, "DROP DATABASE x;\n"))
                .contains("shobj_description(o.oid, 'pg_authid') = 'aegir:01JZZZZZZZZZZZZZZZZZZZZZZZ'")
                .contains("\\if :ours\nDROP DATABASE x;\n\\else\nDO $$BEGIN RAISE EXCEPTION");
    }

    @Test
    void clientsReadNoFilesOfTheirOwnAndNoSecretIsAWord() {
        Command maria = new MariaDb()
                .client(place(Software.MARIADB, Map.of()), true, Optional.empty())
                .command();
        assertThat(maria.words())
                .startsWith("mariadb", "--no-defaults")
                .contains("--socket=/run/mysqld/mysqld.sock", "--binary-mode", "--local-infile=0");
        assertThat(maria.words().get(maria.words().size() - 1)).contains("sql_mode=", "tx_read_only=1");
        Command mysql = new MySql()
                .client(place(Software.MYSQL, Map.of()), true, Optional.empty())
                .command();
        assertThat(mysql.words()).startsWith("mysql", "--no-defaults");
        assertThat(mysql.words().get(mysql.words().size() - 1))
                .contains("information_schema_stats_expiry=0", "transaction_read_only=1")
                .doesNotContain("tx_read_only");
        Command psql = new Postgres()
                .client(place(Software.POSTGRESQL, Map.of()), true, Optional.of("a=b 'c"))
                .command();
        assertThat(psql.words())
                .startsWith("psql", "--no-psqlrc", "--no-password")
                .contains("--set=ON_ERROR_STOP=1", "--dbname=dbname='a=b \\'c'");
        assertThat(psql.user()).contains("postgres");
        assertThat(psql.environment()).containsEntry("PGOPTIONS", "-c default_transaction_read_only=on");
    }

    @Test
    void anAdministratorElsewhereIsHandedOverInAFileThatIsGone() {
        Map<String, String> settings =
                Map.of("host", "db9.example.net", "password", "db9/admin", "clients", "192.0.2.1");
        Place maria = place(Software.MARIADB, settings);
        assertThat(new MariaDb().credentials(maria, maria.remote().orElseThrow(), dev.aegir.host.Secret.of("a\"b")))
                .isEqualTo(
                        "[client]\nprotocol=tcp\nhost=\"db9.example.net\"\nport=3306\nuser=\"root\"\npassword=\"a\\\"b\"\n");
        Command command = new MariaDb()
                .client(maria, false, Optional.empty())
                .withCredentials()
                .command();
        assertThat(command.words()).startsWith("sh", "-c").contains("mariadb", "--defaults-file=/dev/fd/3");
        Place postgres = place(Software.POSTGRESQL, settings);
        assertThat(new Postgres()
                        .credentials(postgres, postgres.remote().orElseThrow(), dev.aegir.host.Secret.of("a:b")))
                .isEqualTo("db9.example.net:5432:*:postgres:a\\:b\n");
        assertThat(Client.header("x")).hasSize(4096).startsWith("x\n");
        DatabaseAccess access = new MariaDbEngine()
                .access(request(
                        "mariadb",
                        settings,
                        new Database(OWNER, "t", "joe", "joe", SecretRef.of("site/db"), List.of())));
        assertThat(access.socket()).isEmpty();
        assertThat(access.host()).isEqualTo("db9.example.net");
        assertThatThrownBy(() -> place(Software.MARIADB, Map.of("host", "db9")))
                .isInstanceOf(InvalidValueException.class);
    }

    @Test
    void howADatabaseIsReached() {
        Database here = new Database(OWNER, "t", "joe", "joe", SecretRef.of("site/db"), List.of());
        DatabaseAccess socket = new MariaDbEngine().access(request("mariadb", Map.of(), here));
        assertThat(socket.protocol().value()).isEqualTo("mysql");
        assertThat(socket.socket()).contains(HostPath.of("/run/mysqld/mysqld.sock"));
        DatabaseAccess directory = new PostgresqlEngine().access(request("postgresql", Map.of(), here));
        assertThat(directory.protocol().value()).isEqualTo("postgresql");
        assertThat(directory.socket()).contains(HostPath.of("/run/postgresql"));
        DatabaseAccess network = new PostgresqlEngine().access(request("postgresql", Map.of("port", "5433"), DATABASE));
        assertThat(network.socket()).isEmpty();
        assertThat(network.host() + ":" + network.port()).isEqualTo("db1.example.net:5433");
        assertThat(new MariaDbEngine()
                        .access(request("mariadb", Map.of("address", "10.0.0.5"), DATABASE))
                        .host())
                .isEqualTo("10.0.0.5");
    }

    /** Words that Oracle's clients take and MariaDB's only warn of. */
    @Test
    void whatMySqlIsToldBothKindsOfClientsUnderstand() {
        Place place = place(Software.MYSQL, Map.of());
        assertThat(new MariaDbDumps(new MySql()).dumping(place, DATABASE, "").words())
                .startsWith("mysqldump", "--no-defaults")
                .contains("--loose-column-statistics=0", "--loose-set-gtid-purged=OFF", "--single-transaction");
        assertThat(new MariaDbDumps()
                        .dumping(place(Software.MARIADB, Map.of()), DATABASE, "")
                        .words())
                .startsWith("mariadb-dump")
                .noneMatch(word -> word.startsWith("--loose"));
        assertThat(new MariaDbDumps(new MySql()).loading(place, DATABASE).words())
                .startsWith("mysql");
    }

    @Test
    void whatMySqlDoesNotTakeComesWithWhatHelps() {
        for (Map.Entry<String, String> each : Map.of(
                        "1419", "log_bin_trust_function_creators", "3105", "MySQL's own clients")
                .entrySet()) {
            DatabaseServerException said = new MySql()
                    .said(
                            place(Software.MYSQL, Map.of()),
                            failed(1, "ERROR " + each.getKey() + " (HY000) at line 3: It is not taken"));
            assertThat(said.code()).isEqualTo(each.getKey());
            assertThat(said.getMessage()).contains("MySQL refused", each.getValue());
        }
    }

    @Test
    void errorsAreToldWithoutTheStatement() {
        DatabaseServerException said = new MariaDb()
                .said(
                        place(Software.MARIADB, Map.of()),
                        failed(
                                1,
                                "--------------\nCREATE USER 'u' USING '*HASH'\n"
                                        + "--------------\n\nERROR 1064 (42000) at line 3: You have an error in your SQL syntax; near"
                                        + " '*HASH' at line 1\n"));
        assertThat(said.code()).isEqualTo("1064");
        assertThat(said.mayPass()).isFalse();
        assertThat(said.getMessage()).contains("db1", "MariaDB", "syntax").doesNotContain("HASH");
        DatabaseServerException exists = new Postgres()
                .said(
                        place(Software.POSTGRESQL, Map.of()),
                        failed(
                                3,
                                "psql:<stdin>:3: ERROR:  42P04: database \"joe\" already"
                                        + " exists\nLOCATION:  createdb, dbcommands.c:665\n"));
        assertThat(exists.code()).isEqualTo("42P04");
        assertThat(exists.getMessage()).endsWith("database \"joe\" already exists");
        assertThat(new Postgres()
                        .said(place(Software.POSTGRESQL, Map.of()), failed(127, "psql: not found"))
                        .getMessage())
                .contains("Install");
    }

    /** As the clients say it while a server starts. */
    @Test
    void aServerThatIsNotThereYetMayCome() {
        assertThat(new MariaDb()
                        .said(
                                place(Software.MARIADB, Map.of()),
                                failed(
                                        1,
                                        "ERROR 2002 (HY000): Can't connect to local server through socket"
                                                + " '/run/mysqld/mysqld.sock' (2)\n"))
                        .mayPass())
                .isTrue();
        for (String said : List.of(
                "psql: error: connection to server on socket \"/var/run/postgresql/.s.PGSQL.5432\" failed: No such file or"
                        + " directory\n\tIs the server running locally and accepting connections on that socket?\n",
                "psql: error: connection to server on socket \"/var/run/postgresql/.s.PGSQL.5432\" failed: FATAL:  the"
                        + " database system is starting up\n")) {
            assertThat(new Postgres()
                            .said(place(Software.POSTGRESQL, Map.of()), failed(2, said))
                            .mayPass())
                    .as(said)
                    .isTrue();
        }
    }

    private static CommandResult failed(int exit, String stderr) {
        return new CommandResult(
                "db1", Command.of("client"), exit, new byte[0], stderr.getBytes(StandardCharsets.UTF_8), false);
    }

    @Test
    void namesOfTheServerItselfAreRefused() {
        for (String name : List.of("mysql", "Information_Schema", "a\\b", "\uD83D\uDE00")) {
            assertThatThrownBy(() -> new MariaDbEngine().ensure(request("mariadb", Map.of(), named(name, "joe"))))
                    .isInstanceOf(InvalidValueException.class);
        }
        for (String user : List.of("root", "mariadb.sys", "a\\b")) {
            assertThatThrownBy(() -> new MariaDbEngine().remove(request("mariadb", Map.of(), named("joe", user))))
                    .isInstanceOf(InvalidValueException.class);
        }
        for (String name : List.of("postgres", "template1", "x# aegir y")) {
            assertThatThrownBy(() -> new PostgresqlEngine().ensure(request("postgresql", Map.of(), named(name, "joe"))))
                    .isInstanceOf(InvalidValueException.class);
        }
        for (String user : List.of("postgres", "pg_monitor", "aegir_sites", "public")) {
            assertThatThrownBy(() ->
                            new PostgresqlEngine().removeUser(request("postgresql", Map.of(), named("joe", user))))
                    .isInstanceOf(InvalidValueException.class);
        }
    }

    private static Database named(String name, String user) {
        return new Database(OWNER, "t", name, user, SecretRef.of("site/db"), List.of());
    }
}
