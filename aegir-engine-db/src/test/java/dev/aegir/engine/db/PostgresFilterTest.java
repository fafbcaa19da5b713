// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Dumps are programs: what of them is run, exactly (abuse case 26). */
class PostgresFilterTest {
    private final List<String> left = new ArrayList<>();

    private String filtered(String dump) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PostgresFilter.filter(new ByteArrayInputStream(dump.getBytes(StandardCharsets.UTF_8)), words -> out, left::add);
        return out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void whatDumpsAreMadeOfIsLetThrough() throws IOException {
        String dump = """
                SET statement_timeout = 0;
                SET client_encoding = 'UTF8';
                SET standard_conforming_strings = on;
                SELECT pg_catalog.set_config('search_path', '', false);
                CREATE SCHEMA other;
                CREATE TABLE public.t (a integer DEFAULT '1;\\'::text, "b;\\" bytea, c$d text);
                CREATE FUNCTION public.f() RETURNS text LANGUAGE sql AS $_$ select '\\! ls'; GRANT $x; $$ $_$;
                CREATE FUNCTION public.g() RETURNS integer LANGUAGE sql BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; END;
                CREATE RULE r AS ON INSERT TO public.t DO (SELECT 1; SELECT 2);
                CREATE UNIQUE INDEX i ON public.t USING btree (a);
                COMMENT ON TABLE public.t IS E'it\\'s; \\\\! x';
                ALTER TABLE ONLY public.t ADD CONSTRAINT p PRIMARY KEY (a);
                COPY public.t (a, program) FROM stdin;
                1\t\\\\! touch x; 'a
                \\.x
                GRANT\té😀
                \\.
                INSERT INTO t VALUES ('\\! ls; GRANT''', E'\\'; GRANT', $1);
                SELECT pg_catalog.setval('public.s', 7, true);
                """;
        assertThat(filtered(dump).replaceAll("\n+", "\n")).isEqualTo(dump);
        assertThat(left).isEmpty();
    }

    @Test
    void extensionsThatAnybodyMayMakeStay() throws IOException {
        String wanted = "CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA public;\n";
        assertThat(filtered(wanted)).contains(wanted.strip());
        assertThat(left).isEmpty();
    }

    @Test
    void whatASitesAccountMayNotOrNeedNotRunIsLeftOut() throws IOException {
        assertThat(filtered("""
                --
                -- PostgreSQL database dump; \\! x
                /* ; /* \\! */ \\! */
                \\restrict aB3
                SET transaction_timeout = 0;
                CREATE SCHEMA public;
                COMMENT ON SCHEMA public IS 'standard';
                CREATE EXTENSION IF NOT EXISTS plpgsql WITH SCHEMA pg_catalog;
                COMMENT ON EXTENSION plpgsql IS 'PL';
                ALTER TABLE public.t OWNER TO "a b";
                ALTER DEFAULT PRIVILEGES FOR ROLE a GRANT ALL ON TABLES TO b;
                GRANT ALL ON TABLE public.t TO PUBLIC;
                REVOKE ALL ON SCHEMA public FROM x;
                BEGIN;
                COMMIT;
                \\unrestrict aB3
                """).strip()).isEmpty();
        assertThat(left)
                .containsExactly(
                        "a setting of other servers",
                        "the schema public, which is there",
                        "a comment on what is the server's",
                        "the extension plpgsql, which is there",
                        "a comment on what is the server's",
                        "whose it is",
                        "rights",
                        "rights",
                        "rights",
                        "a transaction of its own",
                        "a transaction of its own");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\\! touch x\n",
                "\\restrict a \\! x\n",
                "\\copy t from program 'ls'\n",
                "\\connect other\n",
                "\\c other\n",
                "\\i /etc/passwd\n",
                "INSERT INTO t VALUES (1) \\g |sh\n;",
                "INSERT INTO t VALUES ('a\\') \\! touch x\n;",
                "CREATE TABLE t (a int); \\! x\n",
                "COPY t FROM stdin; \\! x\n\\.\n",
                "COPY t FROM stdin;\n1\n",
                "COPY t FROM PROGRAM 'ls';",
                "COPY t TO PROGRAM 'ls';",
                "COPY t FROM '/etc/passwd';",
                "COPY t TO '/tmp/x';",
                "COPY (SELECT 1) TO STDOUT;",
                "CREATE DATABASE x;",
                "DROP DATABASE x;",
                "ALTER DATABASE x SET a = b;",
                "ALTER SYSTEM SET a = b;",
                "CREATE ROLE x;",
                "ALTER ROLE x SUPERUSER;",
                "CREATE EXTENSION dblink;",
                "CREATE EXTENSION \"plpgsql\";",
                "CREATE SCHEMA AUTHORIZATION x;",
                "CREATE SUBSCRIPTION s CONNECTION 'x' PUBLICATION p;",
                "CREATE EVENT TRIGGER e ON sql_drop EXECUTE FUNCTION f();",
                "SET ROLE x;",
                "SET SESSION AUTHORIZATION x;",
                "RESET ROLE;",
                "SET standard_conforming_strings = off;",
                "SET client_encoding = 'SJIS';",
                "SELECT pg_catalog.set_config('standard_conforming_strings', 'off', false);",
                "SELECT pg_catalog.pg_read_file('/etc/passwd');",
                "SELECT lo_import('/etc/passwd');",
                "DO $$ begin end $$;",
                "CALL p();",
                "ROLLBACK;",
                "UPDATE t SET a = 1;",
                "VACUUM;",
                "LOAD 'x';",
                "INSERT INTO t VALUES ('",
                "CREATE FUNCTION f() AS $x$ $y$;",
                "/* /* */",
                "CREATE TABLE t (a int)",
            })
    void theRestIsRefused(String evil) {
        assertThatThrownBy(() -> filtered("CREATE TABLE u (a int);\n" + evil)).isInstanceOf(UnsafeDumpException.class);
    }

    @Test
    void rowsOfAnyLengthAreNotHeld() throws IOException {
        byte[] row =
                ("COPY t (a) FROM stdin;\n" + "x".repeat(50_000_000) + "\n\\.\n").getBytes(StandardCharsets.US_ASCII);
        long[] length = {0};
        java.io.OutputStream count = new java.io.OutputStream() {
            @Override
            public void write(int b) {
                length[0]++;
            }

            @Override
            public void write(byte[] b, int off, int len) {
                length[0] += len;
            }
        };
        PostgresFilter.filter(new ByteArrayInputStream(row), words -> count, left::add);
        assertThat(length[0]).isEqualTo(row.length);
    }
}
