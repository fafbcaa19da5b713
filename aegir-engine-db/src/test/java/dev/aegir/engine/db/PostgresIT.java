// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aegir.lab.ExecResult;
import dev.aegir.model.Database;
import dev.aegir.model.HostPath;
import dev.aegir.model.RefusedException;
import dev.aegir.spi.SeedingEngine;
import dev.aegir.task.Step;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** PostgreSQL as Debian has it. */
class PostgresIT extends DatabaseEngineChecks implements DumpFaults, LargeLoads, Seeding, SupportAccounts {
    @Override
    public PostgresqlEngine engine() {
        return new PostgresqlEngine();
    }

    @Override
    public SeedingEngine seeding() {
        return engine();
    }

    @Override
    public ExecResult as(Database database, String password, String host, String sql) {
        String connection = "dbname=" + PostgresText.connection(database.name()) + " user="
                + PostgresText.connection(database.user()) + " password=" + PostgresText.connection(password) + " host="
                + (host.isEmpty() ? "/run/postgresql" : host);
        return asAdministrator(
                "postgres",
                "\\connect -reuse-previous=off " + PostgresText.connectArgument(connection) + "\n" + sql + "\n");
    }

    @Override
    public ExecResult asAdministrator(String database, String sql) {
        String[] words = ("runuser -u postgres -- env PGCLIENTENCODING=UTF8 psql -XqAtw -v ON_ERROR_STOP=1 -d "
                        + database)
                .split(" ");
        return lab().machine().execWithInput(sql, words);
    }

    @Override
    public List<String> world() {
        return asAdministrator("postgres", """
                        SELECT datname, datacl, datallowconn, pg_get_userbyid(datdba), shobj_description(oid, 'pg_database')
                            FROM pg_database ORDER BY 1;
                        SELECT rolname, rolsuper, rolinherit, rolcreaterole, rolcreatedb, rolcanlogin, rolreplication,
                            rolbypassrls, rolvaliduntil, shobj_description(oid, 'pg_authid') FROM pg_roles ORDER BY 1;
                        SELECT roleid::regrole::text, member::regrole::text, admin_option FROM pg_auth_members ORDER BY 1, 2;
                        SELECT setrole::regrole::text, setconfig FROM pg_db_role_setting ORDER BY 1;
                        SELECT * FROM pg_hba_file_rules;
                        """).orThrow().stdout().lines().toList();
    }

    /**
     * Each database that is made or dropped makes the server wait for the disk otherwise; and what looks after tables by itself
     * is, while it does, a transaction that began before others: nobody can tell then what was written since.
     */
    @Override
    void hurry(boolean now) {
        ExecResult said = asAdministrator(
                "postgres",
                (now
                                ? "ALTER SYSTEM SET fsync = off;\nALTER SYSTEM SET autovacuum = off;"
                                : "ALTER SYSTEM RESET fsync;\nALTER SYSTEM RESET autovacuum;")
                        + "\nSELECT pg_reload_conf();");
        if (now) {
            said.orThrow();
        }
    }

    @Override
    List<String> hardNames() {
        return List.of(
                "a%b",
                "a`b",
                "a'b",
                "a\"b",
                "a b",
                "a$b",
                "a;b",
                "--a",
                "名前é",
                "x".repeat(63),
                "a.b",
                "a\\b",
                "a=b",
                "Ab",
                "all",
                "123");
    }

    @Override
    void foreign(Database database, String mark) {
        String name = PostgresText.identifier(database.name());
        asAdministrator(
                        "postgres",
                        mark.equals("gone")
                                ? "DROP DATABASE " + name
                                : "CREATE DATABASE " + name + ";\nCOMMENT ON DATABASE " + name + " IS "
                                        + PostgresText.literal(mark) + ";")
                .orThrow();
    }

    @Override
    List<Step> facts(Database database) {
        return new PostgresqlEngine().facts(request(database));
    }

    @Override
    void widen() {
        asAdministrator("postgres", """
                ALTER ROLE joe PASSWORD 'other' CREATEDB;
                GRANT pg_monitor TO joe;
                GRANT CONNECT ON DATABASE joe TO PUBLIC;
                """).orThrow();
    }

    @Override
    public List<Step> dump(Database database, String path) {
        return new PostgresqlEngine().dump(request(database), HostPath.of(path), "root:root");
    }

    @Override
    public void fill(Database database) {
        as(
                        database,
                        "CREATE TABLE big (a INT PRIMARY KEY, b TEXT); INSERT INTO big VALUES (1, repeat('x', 1000000)),"
                                + " (2, repeat('y', 1000000)); CREATE TABLE small (a INT PRIMARY KEY); INSERT INTO small SELECT"
                                + " generate_series(1, 300);")
                .orThrow();
    }

    @Override
    public String dumper() {
        return "pg_dump";
    }

    @Override
    public String unit() {
        return "postgresql@15-main.service";
    }

    @Override
    public String without(Database database) {
        return "--exclude-table=small";
    }

    @Override
    public String row() {
        return "^17$";
    }

    @Override
    public String changing() {
        return "CREATE TABLE another (a INT);";
    }

    @Override
    public boolean countsExactly() {
        return true;
    }

    @Override
    public String closed() {
        return "CREATE TABLE theirs (a INT); INSERT INTO theirs VALUES (1); CREATE SEQUENCE their_numbers;";
    }

    @Override
    public String hard() {
        return """
                CREATE TABLE hard (k TEXT PRIMARY KEY, c TEXT, d TEXT, b BYTEA, f FLOAT8, z DATE, t TIMESTAMPTZ, n NUMERIC, j JSONB,
                    hard TEXT[], m MONEY, i INTERVAL);
                INSERT INTO hard VALUES ('N', 'NULL', NULL, '\\x00ff', 1e300, 'infinity', '2026-01-01', 1.50, '{"a": 1}', '{a,NULL}', 1, '1 day'),
                    ('swap', 'a,', 'b', NULL, 'NaN', NULL, NULL, NULL, NULL, NULL, NULL, NULL);
                CREATE SEQUENCE used; SELECT nextval('used'); CREATE SEQUENCE unused;
                """;
    }

    @Override
    public Map<String, String> changes() {
        Map<String, String> changes = new TreeMap<>(LargeLoads.super.changes());
        changes.put("SELECT nextval('used');", "sequence public.used differs");
        return changes;
    }

    @Override
    public String keys() {
        return "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1;";
    }

    @Override
    public String much() {
        return """
                CREATE TABLE much (id INT PRIMARY KEY, a TEXT UNIQUE, b TEXT);
                CREATE TABLE child (id INT PRIMARY KEY, p INT REFERENCES much, b TEXT);
                INSERT INTO much SELECT n, md5(n::text), repeat(md5(n::text), 4) FROM generate_series(1, 80000) n;
                INSERT INTO child SELECT n, n, md5(n::text) FROM generate_series(1, 30000) n;
                CREATE INDEX i ON much (b);
                CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.b := 'spoilt'; RETURN NEW; END $$;
                CREATE TRIGGER r BEFORE INSERT ON much FOR EACH ROW EXECUTE FUNCTION f();
                """;
    }

    @Override
    public List<Step> load(Database database, String path) {
        return new PostgresqlEngine().loadFile(request(database), HostPath.of(path));
    }

    private String sums(Database database) {
        return asAdministrator(database.name(), """
                SELECT count(*), md5(string_agg(t::text, '|' ORDER BY a)) FROM public.t;
                SELECT count(*), md5(string_agg(u::text, '|' ORDER BY u::text)) FROM other."U ü" u;
                SELECT * FROM public.v ORDER BY a; SELECT public.f(2), public.g(); SELECT last_value, is_called FROM public.s;
                SELECT schemaname, tablename FROM pg_tables WHERE schemaname IN ('public', 'other') ORDER BY 1, 2;
                SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1;
                """).orThrow().stdout();
    }

    @Override
    public String grown() {
        return PostgresSamples.GROWN;
    }

    @Override
    public String changed() {
        return PostgresSamples.CHANGED;
    }

    @Override
    public String beside() {
        return PostgresSamples.BESIDE;
    }

    @Override
    public String beside(Database database) {
        return Seeding.super.beside(database) + schema(database);
    }

    /** All but rows, as pg_dump says it. */
    private String schema(Database database) {
        return lab().machine()
                .exec(
                        "sh",
                        "-c",
                        "cd /; runuser -u postgres -- pg_dump --schema-only --no-owner --no-privileges \"$1\" | grep -v"
                                + " '^\\\\.*restrict'",
                        "sh",
                        database.name())
                .orThrow()
                .stdout();
    }

    @Override
    public String obstacle() {
        return "CREATE MATERIALIZED VIEW last AS SELECT a FROM much WHERE id = 3; SELECT lo_from_bytea(0, '\\x00');";
    }

    /** What nobody has written to since is not summed up again when nobody writes any more. */
    @Test
    void whatWasChangedSinceIsKnown() throws Exception {
        Database joe = database("joe");
        Database copy = database("copy");
        bench().done(ensure(joe));
        bench().done(ensure(copy));
        as(
                        joe,
                        "CREATE TABLE t (a INT PRIMARY KEY, b INT); INSERT INTO t SELECT n * 5000, n FROM generate_series(0, 39) n;"
                                + " CREATE TABLE u (a TEXT); INSERT INTO u VALUES ('x'); CREATE TABLE v (a TEXT); CREATE SEQUENCE s;")
                .orThrow();
        Bench.Run run = seeded(joe, copy, 1);
        // The same number of rows; one less; one more; the same row written again; a key that goes elsewhere; all once
        // more.
        as(joe, """
                DELETE FROM t WHERE a = 0; INSERT INTO t VALUES (1, 0);
                DELETE FROM t WHERE a = 5000; INSERT INTO t VALUES (10001, 0);
                UPDATE t SET b = b WHERE a = 15000; UPDATE t SET a = 25001 WHERE a = 20000;
                BEGIN; SAVEPOINT x; UPDATE t SET b = -1 WHERE a = 30000; RELEASE x; COMMIT;
                INSERT INTO v VALUES ('new'); SELECT nextval('s');
                VACUUM (FULL, FREEZE) t; VACUUM FULL u;
                """).orThrow();
        int before = bench().lines().size();
        finished(run, joe, copy, 1);
        // 0, 1, 2, 4, 5 and 6 of t, and all of v; of 3 nothing is different; v had no range.
        assertThat(bench().lines().subList(before, bench().lines().size()))
                .anyMatch(line -> line.contains("rows' transactions: 34 ranges of 42"));
        assertThat(run.results()).containsEntry("seed.ranges", "6").containsEntry("seed.tables", "1");
        assertThat(beside(copy)).isEqualTo(beside(joe));
        undone(run, copy);

        // Anything but rows.
        run = seeded(joe, copy, 1);
        as(joe, "ALTER TABLE t ADD c TEXT DEFAULT 'new';").orThrow();
        finished(run, joe, copy, 1);
        assertThat(run.results()).containsEntry("seed.used", "false");
        assertThat(beside(copy)).isEqualTo(beside(joe));
        undone(run, copy);
        removed(joe, copy);
    }

    @Test
    void oneTableTakesThePlaceOfAnother() throws Exception {
        Database joe = database("joe");
        Database copy = database("copy");
        bench().done(ensure(joe));
        bench().done(ensure(copy));
        as(copy, PostgresSamples.ALONE).orThrow();
        String before = beside(copy);
        as(joe, PostgresSamples.ALONE).orThrow();
        as(
                        joe,
                        "DELETE FROM \"o't\" WHERE id < 3; INSERT INTO \"o't\" (a) VALUES ('late'); DROP INDEX \"o'i\";"
                                + " DELETE FROM other;")
                .orThrow();
        String now = beside(joe);
        Bench.Run twice = bench().task();
        for (int i = 0; i < 2; i++) {
            twice.run(engine().requireTables(request(joe), List.of("o't", "other")));
            twice.run(engine().requireSwitchable(request(joe), List.of("o't", "other")));
            twice.run(engine().switchTables(request(joe), copy, List.of("o't", "other")));
        }
        assertThat(beside(joe)).isNotEqualTo(now);
        twice.undo();
        assertThat(beside(joe)).isEqualTo(now);
        bench().task()
                .run(engine().switchTables(request(joe), copy, List.of("o't")))
                .run(engine().forgetTables(request(joe), List.of("o't")))
                .run(engine().forgetTables(request(joe), List.of("o't")));
        as(joe, "INSERT INTO other VALUES (7);").orThrow();
        assertThat(beside(joe)).isEqualTo(before).isEqualTo(beside(copy));

        as(joe, "DROP TABLE \"o't\";").orThrow();
        now = beside(joe);
        Bench.Run missing = bench().done(engine().switchTables(request(joe), copy, List.of("o't")));
        assertThat(beside(joe)).contains("CREATE TABLE public.\"o't\"");
        missing.undo();
        assertThat(beside(joe)).isEqualTo(now);

        // What the table needs is not there: nothing of it is.
        as(copy, "CREATE TYPE extra AS ENUM ('x'); ALTER TABLE \"o't\" ADD e extra;")
                .orThrow();
        Bench.Run lacking = bench().task();
        assertThatThrownBy(() -> lacking.run(engine().switchTables(request(joe), copy, List.of("o't"))))
                .isInstanceOf(DatabaseServerException.class)
                .hasMessageContaining("extra");
        assertThat(beside(joe)).isEqualTo(now);
        lacking.undo();
        assertThat(beside(joe)).isEqualTo(now);
        removed(joe, copy);
    }

    @Test
    void aTableThatOthersNeedIsNotSwitched() throws Exception {
        Database joe = database("joe");
        Database copy = database("copy");
        bench().done(ensure(joe));
        bench().done(ensure(copy));
        as(joe, PostgresSamples.ALONE).orThrow();
        as(copy, "CREATE TABLE base (a INT);").orThrow();
        bench().done(engine().requireSwitchable(request(joe), List.of("o't")));
        Map<String, String> why = new TreeMap<>(Map.of(
                "CREATE VIEW v AS SELECT id FROM \"o't\";",
                "view public.v",
                "ALTER TABLE other ADD FOREIGN KEY (a) REFERENCES \"o't\";",
                "constraint other_a_fkey on table public.other",
                "ALTER TABLE \"o't\" ADD CONSTRAINT up FOREIGN KEY (n) REFERENCES other NOT VALID;",
                "constraint up on table",
                "CREATE TRIGGER r BEFORE INSERT ON \"o't\" FOR EACH ROW EXECUTE FUNCTION nothing();",
                "trigger r on table",
                "CREATE POLICY p ON \"o't\";",
                "policy p on table",
                "CREATE STATISTICS st ON id, n FROM \"o't\";",
                "statistics object public.st",
                "CREATE FUNCTION g() RETURNS SETOF \"o't\" LANGUAGE sql AS 'SELECT * FROM \"o''t\"';",
                "function public.g()",
                "ALTER TABLE other ADD s INT DEFAULT nextval('\"o''t_id_seq\"');",
                "default value for column s of table public.other",
                "CREATE TABLE derived () INHERITS (\"o't\");",
                "it inherits",
                "CREATE FUNCTION g() RETURNS INT LANGUAGE sql BEGIN ATOMIC SELECT count(*)::INT FROM \"o't\"; END;",
                "function public.g()"));
        String before = beside(joe);
        for (Map.Entry<String, String> each : why.entrySet()) {
            as(joe, each.getKey()).orThrow();
            assertThatThrownBy(() -> bench().done(engine().switchTables(request(joe), copy, List.of("o't"))))
                    .as(each.getKey())
                    .isInstanceOf(TableNotSwitchableException.class)
                    .hasMessageContaining(each.getValue());
            as(joe, PostgresSamples.ALONE_AGAIN).orThrow();
        }
        assertThat(beside(joe)).isEqualTo(before);
        assertThatThrownBy(() -> bench().done(engine().switchTables(request(joe), copy, List.of("other"))))
                .isInstanceOf(TableNotSwitchableException.class)
                .hasMessageContaining("has no table other");
        assertThatThrownBy(() -> bench().done(engine().requireTables(request(copy), List.of("base", "other"))))
                .isInstanceOf(TableNotSwitchableException.class)
                .hasMessageContaining("has no table other. Nothing was changed.");
        as(joe, "CREATE SCHEMA aegir_before; CREATE TABLE base (a INT);").orThrow();
        assertThatThrownBy(() -> bench().done(engine().switchTables(request(joe), copy, List.of("base"))))
                .isInstanceOf(TableNotSwitchableException.class)
                .hasMessageContaining("a schema aegir_before");
        removed(joe, copy);
    }

    /** Abuse case 27. */
    @Test
    void whatIsDumpedCanBeLoaded() throws Exception {
        Database joe = database("joe");
        Database copy = database("copy");
        bench().done(ensure(joe));
        bench().done(ensure(copy));
        as(joe, """
                CREATE TABLE t (a INT PRIMARY KEY, b BYTEA, c TEXT DEFAULT 'it''s; \\! ls', d DATE);
                INSERT INTO t VALUES (1, '\\x00ff5c27220a0d1a', E'it''s \\\\ "x"; -- \\\\! ls\\n\\\\.\\n\\tGRANT 😀', 'infinity');
                INSERT INTO t VALUES (2, decode(repeat('ff', 1000000), 'hex'), repeat('x', 5000000), '2026-01-01'), (3, NULL, NULL, NULL);
                CREATE SCHEMA other;
                CREATE TABLE other."U ü" (a TEXT);
                INSERT INTO other."U ü" VALUES ('-- Name: evil; Type: TABLE; Schema: public; Owner: -'), ('\\.'), ('');
                CREATE VIEW v AS SELECT a, 'x;' AS x FROM t;
                CREATE SEQUENCE s; SELECT nextval('s'), nextval('s');
                CREATE INDEX i ON t (d);
                CREATE FUNCTION f(n INT) RETURNS TEXT LANGUAGE plpgsql AS $x$ BEGIN -- a comment; $$
                    RETURN 'a;b' || $1; END $x$;
                CREATE FUNCTION g() RETURNS INT LANGUAGE sql BEGIN ATOMIC SELECT CASE WHEN true THEN 1 ELSE 2 END; END;
                COMMENT ON TABLE t IS 'it''s; \\! ls';
                """).orThrow();
        Bench.Run dumped = bench().done(dump(joe, "/root/joe.sql"));
        assertThat(dumped.results()).containsEntry("dump.tables", "2").containsEntry("dump.consistency", "ONE_MOMENT");
        assertThat(lab().machine()
                        .exec("stat", "-c", "%a %U", "/root/joe.sql")
                        .stdout()
                        .strip())
                .isEqualTo("600 root");
        assertThatThrownBy(() -> bench().done(dump(joe, "/root/joe.sql"))).isInstanceOf(RefusedException.class);
        Bench.Run loaded = bench().done(load(copy, "/root/joe.sql"));
        assertThat(sums(copy)).isEqualTo(sums(joe)).contains("a;b2");
        as(copy, "INSERT INTO t VALUES (4); DROP TABLE other.\"U ü\";").orThrow();
        assertThatThrownBy(() -> bench().done(load(copy, "/root/joe.sql")))
                .isInstanceOf(DatabaseNotEmptyException.class);
        loaded.undo();
        bench().done(engine().requireEmpty(request(copy)));
        assertThat(bench().preview(ensure(copy))).isEmpty();
        bench().done(load(copy, "/root/joe.sql"));
        assertThat(sums(copy)).isEqualTo(sums(joe));
        dumped.undo();
        assertThat(lab().machine().exists("/root/joe.sql")).isFalse();
        removed(joe, copy);
    }

    /** Abuse case 26. */
    @Test
    void whatIsNoDumpOfOneDatabaseIsNotLoaded() throws Exception {
        Database joe = database("joe");
        Database other = database("other");
        bench().done(ensure(joe));
        bench().done(ensure(other));
        as(other, "CREATE TABLE t (a INT); INSERT INTO t VALUES (1);").orThrow();
        List<String> before = world();
        for (String evil : List.of(
                "\\! touch /tmp/evil\n",
                "\\copy t from program 'touch /tmp/evil'\n",
                "\\connect other\nDROP TABLE t;",
                "COPY t FROM PROGRAM 'touch /tmp/evil';",
                "CREATE DATABASE evil;",
                "ALTER ROLE joe SUPERUSER;",
                "SET ROLE postgres;",
                "INSERT INTO other.public.t VALUES (2);",
                "CREATE FUNCTION h() RETURNS INT LANGUAGE c AS '/lib/x86_64-linux-gnu/libc.so.6', 'getpid';",
                // What makes client and filter read a string differently: the client then takes no commands either.
                "CREATE FUNCTION public.h() RETURNS INT LANGUAGE plpgsql AS $$ BEGIN PERFORM"
                        + " set_config('standard_conforming_strings', 'off', false); RETURN 1; END $$;\n"
                        + "INSERT INTO public.t VALUES (public.h());\n"
                        + "CREATE VIEW public.w AS SELECT '\\'' AS a;\n\\! touch /tmp/evil\n--';",
                "CREATE TABLE u (a no_such);")) {
            lab().machine()
                    .execWithInput("CREATE TABLE public.t (a INT);\n" + evil, "sh", "-c", "cat >/root/evil.sql")
                    .orThrow();
            Bench.Run run = bench().task();
            assertThatThrownBy(() -> run.run(load(joe, "/root/evil.sql")))
                    .as(evil)
                    .isInstanceOfAny(UnsafeDumpException.class, DatabaseServerException.class);
            run.undo();
            bench().done(engine().requireEmpty(request(joe)));
            assertThat(world()).as(evil).isEqualTo(before);
            assertThat(lab().machine().exists("/tmp/evil")).as(evil).isFalse();
        }
        lab().machine()
                .execWithInput(
                        "CREATE TABLE public.t (a INT);\nGRANT aegir_sites TO joe WITH ADMIN OPTION;\nGRANT ALL ON t TO PUBLIC;\n",
                        "sh",
                        "-c",
                        "cat >/root/evil.sql")
                .orThrow();
        bench().done(load(joe, "/root/evil.sql"));
        assertThat(world()).isEqualTo(before);
        assertThat(as(joe, "SELECT relacl IS NULL FROM pg_class WHERE relname = 't';")
                        .orThrow()
                        .stdout())
                .contains("t");
        lab().machine().exec("rm", "/root/evil.sql").orThrow();
        assertThat(as(other, "SELECT a FROM t;").orThrow().stdout()).contains("1");
        removed(joe, other);
    }

    @Override
    public Database supported(Database database, Instant until) {
        return new PostgresqlEngine().supported(database, until, "ann");
    }

    @Override
    public List<Step> support(Database database, Instant until) {
        return new PostgresqlEngine().supportUser(request(database), until, "ann");
    }

    @Override
    public List<Step> sweep(Database database) {
        return new PostgresqlEngine().sweepSupportUsers(request(database));
    }

    @Override
    public boolean knowsTime() {
        return true;
    }
}
