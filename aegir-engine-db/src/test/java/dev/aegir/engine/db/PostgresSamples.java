// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

/** Tables of PostgreSQL of all kinds, with all types of columns and rows that are hard to write. */
final class PostgresSamples {
    static final String GROWN = """
            CREATE TYPE mood AS ENUM ('sad', 'o''k', 'ü');
            CREATE DOMAIN short AS TEXT CHECK (length(VALUE) < 50);
            CREATE TYPE pair AS (a INT, b TEXT);
            CREATE FUNCTION spoil() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.b := 'spoilt'; RETURN NEW; END $$;
            CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                INSERT INTO public.log (what) VALUES (TG_OP || ' ' || TG_NAME); RETURN NULL; END $$;
            CREATE TABLE log (id SERIAL PRIMARY KEY, what TEXT);
            CREATE TABLE much (id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, a TEXT UNIQUE, b TEXT,
                g TEXT GENERATED ALWAYS AS (upper(a)) STORED, gone INT, j JSONB, t TIMESTAMPTZ DEFAULT '2026-01-01', f FLOAT8);
            ALTER TABLE much DROP gone;
            CREATE INDEX i ON much (b);
            INSERT INTO much (id, a, b, j, f) OVERRIDING SYSTEM VALUE SELECT n, md5(n::text), repeat(md5(n::text), 2),
                '{"a": "\\\\"}', n / 7.0::FLOAT8 FROM generate_series(1, 60000) n;
            INSERT INTO much (id, a, b) OVERRIDING SYSTEM VALUE VALUES (-25000, 'low', 'x'), (-5, 'below', 'x'),
                (10250000, 'far', 'x'), (99000000, 'beyond', 'x');
            CREATE TABLE child (id INT PRIMARY KEY, p BIGINT CONSTRAINT up REFERENCES much ON DELETE CASCADE);
            COMMENT ON CONSTRAINT up ON child IS 'it''s';
            INSERT INTO child SELECT n, n * 2 - 1 FROM generate_series(1, 30000) n;
            CREATE TABLE parent (id INT PRIMARY KEY, a TEXT);
            INSERT INTO parent SELECT n, md5(n::text) FROM generate_series(1, 9) n;
            CREATE TABLE orphan (id INT PRIMARY KEY, p INT REFERENCES parent ON DELETE CASCADE);
            INSERT INTO orphan SELECT n, n FROM generate_series(1, 9) n;
            CREATE TABLE tree (id INT PRIMARY KEY, up INT REFERENCES tree DEFERRABLE INITIALLY DEFERRED, n INT UNIQUE DEFERRABLE);
            INSERT INTO tree VALUES (1, 2, 1), (2, 1, 2), (3, 1, 3);
            CREATE TABLE keyless (a INT, b TEXT); INSERT INTO keyless VALUES (1, 'x'), (1, 'x');
            CREATE TABLE nothing (); INSERT INTO nothing DEFAULT VALUES;
            CREATE SCHEMA "o' ""s";
            CREATE TABLE "o' ""s"."o't ""%\\" ("na\\me" VARCHAR(99) PRIMARY KEY, "order" INT, c short);
            INSERT INTO "o' ""s"."o't ""%\\" VALUES ('a', 1, 'x'), (E'it''s; -- \\\\ \\n\\\\.\\n\\\\N \\t:x \\r', NULL, NULL);
            CREATE TABLE emptied (id SERIAL PRIMARY KEY); INSERT INTO emptied VALUES (1), (2), (3);
            CREATE UNLOGGED TABLE base (a INT); INSERT INTO base VALUES (1);
            CREATE TABLE derived (b INT) INHERITS (base); INSERT INTO derived VALUES (2, 3);
            CREATE TABLE kinds (k TEXT COLLATE "C" PRIMARY KEY, i2 INT2, i8 INT8, n NUMERIC, f4 FLOAT4, f8 FLOAT8, m MONEY, c CHAR(5),
                v VARCHAR(9)[], b BYTEA, ts TIMESTAMP, tz TIMESTAMPTZ, d DATE, t TIME, tt TIMETZ, iv INTERVAL, bo BOOL, mo mood,
                po POINT, bx BOX, pa PATH, ci CIRCLE, cidr CIDR, inet INET, mac MACADDR, bit BIT(3), vb VARBIT, tv TSVECTOR, tq TSQUERY,
                u UUID, x XML, js JSON, jb JSONB, ia INT[][], p pair, r INT4RANGE, mr INT4MULTIRANGE, s short, o OID, l PG_LSN, nm NAME,
                ch "char", ga INT[] GENERATED ALWAYS AS (ARRAY[i2, i2]) STORED);
            INSERT INTO kinds VALUES ('all', -32768, 9223372036854775807, 'NaN', 1.17549435e-38, 5e-324, -1.5, 'a',
                '{"a\\\\,\\"",NULL,"NULL",""}', '\\x00ff5c0a09', '-infinity', 'infinity', '4713-01-01 BC', '24:00', '01:02:03.4+15:59',
                '-1 mons +2 days -03:04:05.6', true, 'o''k', '(1e300,-0)', '(1,2),(0,0)', '[(0,0),(1,1)]', '<(0,0),1>', '::/0',
                '10.0.0.1/8', '08:00:2b:01:02:03', '101', '1', '''it''''s'':1A', '!a & b:*', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11',
                '<a>&lt;</a>x', '{"a":  1, "a": 2}', '{"b": 1e5}', '[0:1][2:2]={{1},{2}}', '(1,"(\\\\"\"")', '[1,5)', '{[1,2),[4,5)}', 'ü',
                4294967295, '16/B374D848', 'n', 'x');
            INSERT INTO kinds (k) VALUES ('none');
            CREATE SEQUENCE used; SELECT nextval('used'); CREATE SEQUENCE still START 5; CREATE SEQUENCE "to Be";
            CREATE VIEW seen AS SELECT m.id, m.a FROM much m GROUP BY m.id;
            CREATE TRIGGER a BEFORE INSERT ON much FOR EACH ROW EXECUTE FUNCTION spoil();
            CREATE TRIGGER b AFTER DELETE ON much EXECUTE FUNCTION note();
            CREATE TRIGGER c AFTER TRUNCATE ON parent EXECUTE FUNCTION note();
            CREATE CONSTRAINT TRIGGER d AFTER INSERT ON child DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION note();
            CREATE TRIGGER off BEFORE INSERT ON much FOR EACH ROW EXECUTE FUNCTION spoil();
            ALTER TABLE much DISABLE TRIGGER off;
            CREATE TRIGGER "al ways" BEFORE INSERT ON parent FOR EACH STATEMENT EXECUTE FUNCTION note();
            ALTER TABLE parent ENABLE ALWAYS TRIGGER "al ways";
            CREATE TRIGGER r AFTER INSERT ON much FOR EACH ROW EXECUTE FUNCTION note();
            ALTER TABLE much ENABLE REPLICA TRIGGER r;
            """;

    /** Of the first range of much a value that must be unique goes to another; so much that two connections bring it. */
    static final String CHANGED = """
            DELETE FROM much WHERE id = 2; UPDATE much SET a = md5('2') WHERE id = 45000;
            UPDATE much SET b = E'it''s \\\\ "x"; -- \\\\! ls\\n\\\\.\\n\\tGRANT', j = '{"\\u00e9": ["\\\\n", null]}', f = '-0', t = 'infinity'
                WHERE id = 1;
            UPDATE much SET j = to_jsonb(repeat('x', 4500000)) WHERE id = 3;
            DELETE FROM much WHERE id = 99000000; DELETE FROM much WHERE id = 10250000;
            INSERT INTO child VALUES (40000, 31);
            UPDATE parent SET a = 'new' WHERE id = 3;
            UPDATE tree SET up = 3, n = 9 WHERE id = 2; UPDATE tree SET n = 2 WHERE id = 3;
            INSERT INTO keyless VALUES (1, 'x'); INSERT INTO nothing DEFAULT VALUES;
            UPDATE "o' ""s"."o't ""%\\" SET "na\\me" = 'b' WHERE "na\\me" = 'a';
            TRUNCATE emptied RESTART IDENTITY; INSERT INTO emptied DEFAULT VALUES;
            UPDATE ONLY base SET a = 5; INSERT INTO kinds (k, p) VALUES ('new', ROW(NULL, '')::pair), ('', NULL);
            UPDATE kinds SET b = decode(repeat('00', 70000), 'hex'), js = '[1 ]' WHERE k = 'none';
            SELECT nextval('used'); SELECT setval('"to Be"', 7, false);
            """;

    /** Whatever is in it, as the server writes it. */
    static final String BESIDE = """
            SELECT schemaname, tablename, query_to_xml(format('SELECT count(*), md5(string_agg(aegir::text, ''|'' ORDER BY aegir::text))'
                ' FROM ONLY %I.%I aegir', schemaname, tablename), true, false, '') FROM pg_tables
                WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1, 2;
            SELECT schemaname, sequencename, query_to_xml(format('SELECT last_value, is_called FROM %I.%I', schemaname, sequencename),
                true, false, '') FROM pg_sequences ORDER BY 1, 2;
            SELECT tgrelid::regclass::text, tgname, tgenabled FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1, 2;
            SELECT conrelid::regclass::text, conname, convalidated, pg_get_constraintdef(oid), obj_description(oid, 'pg_constraint')
                FROM pg_constraint WHERE connamespace <> 'pg_catalog'::regnamespace ORDER BY 1, 2;
            """;

    /** A table that nothing else needs, and another. */
    static final String ALONE = """
            CREATE TYPE mood AS ENUM ('sad', 'o''k');
            CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
            CREATE TABLE "o't" (id SERIAL PRIMARY KEY, a TEXT UNIQUE DEFERRABLE, n INT GENERATED BY DEFAULT AS IDENTITY CHECK (n > 0),
                m mood, b BYTEA, g INT GENERATED ALWAYS AS (id + 1) STORED);
            CREATE INDEX "o'i" ON "o't" (a, lower(a));
            COMMENT ON TABLE "o't" IS 'it''s'; COMMENT ON COLUMN "o't".a IS 'a';
            INSERT INTO "o't" (a, m, b) SELECT E'it''s \\\\ \\n\\\\.\\n\\t' || i, 'o''k', '\\x00ff5c' FROM generate_series(1, 300) i;
            CREATE TABLE other (a INT PRIMARY KEY); INSERT INTO other VALUES (7);
            """;

    /** Without anything that needs it. */
    static final String ALONE_AGAIN = """
            SET client_min_messages = warning;
            DROP FUNCTION IF EXISTS g(); DROP VIEW IF EXISTS v; DROP TABLE IF EXISTS derived; DROP STATISTICS IF EXISTS st;
            ALTER TABLE other DROP CONSTRAINT IF EXISTS other_a_fkey, DROP COLUMN IF EXISTS s;
            ALTER TABLE "o't" DROP CONSTRAINT IF EXISTS up; DROP TRIGGER IF EXISTS r ON "o't"; DROP POLICY IF EXISTS p ON "o't";
            SELECT setval('"o''t_id_seq"', 300);
            """;

    private PostgresSamples() {}
}
