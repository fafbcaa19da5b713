// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import static dev.aegir.engine.db.PostgresText.literal;
import static dev.aegir.engine.db.PostgresText.qualified;

import dev.aegir.model.Database;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Single tables of PostgreSQL, of the schema {@code public}. */
final class PostgresTables {
    static final String SCHEMA = "public";

    /** Where the table that was there is kept until the other is there for good. */
    static final String BEFORE = "aegir_before";

    private PostgresTables() {}

    /** Those of some names of which there is anything in a schema. */
    static Set<String> there(Session session, Database database, String schema, List<String> tables)
            throws InterruptedException {
        String names = tables.stream().map(PostgresText::literal).collect(Collectors.joining(", "));
        return session
                .readIn(
                        database.name(),
                        "SELECT encode(convert_to(c.relname, 'UTF8'), 'hex') FROM pg_class c JOIN pg_namespace n"
                                + " ON n.oid = c.relnamespace WHERE n.nspname = " + literal(schema)
                                + " AND c.relname IN (" + names + ");\n")
                .stream()
                .map(row -> Rows.text(row.get(0)))
                .collect(Collectors.toSet());
    }

    /** Whether the schema is there that a former table is kept in. */
    static boolean isKept(Session session, Database database) throws InterruptedException {
        return !session.readIn(
                        database.name(), "SELECT 'there' FROM pg_namespace WHERE nspname = " + literal(BEFORE) + ";\n")
                .isEmpty();
    }

    static long rows(Session session, Database database, String table) throws InterruptedException {
        return Long.parseLong(Rows.only(
                session.readIn(database.name(), "SELECT count(*) FROM ONLY " + qualified(SCHEMA, table) + ";\n")));
    }

    /** Refuses what something else depends on, and a database that is not ours. */
    static void requireSwitchable(Session session, Database database, List<String> tables) throws InterruptedException {
        session.dialect().look(session, database, Optional.empty()).requireOurs(session.place(), database);
        for (String table : tables) {
            requireAlone(session, database, table);
        }
    }

    private static void requireAlone(Session session, Database database, String table) throws InterruptedException {
        List<List<String>> rows = session.readIn(database.name(), looking(database, table));
        List<String> why = new ArrayList<>();
        for (List<String> row : Rows.of("kind", rows)) {
            if (!row.get(1).equals("r")) {
                why.add("it is no table");
            }
            if (Rows.yes(row.get(2))) {
                why.add("it inherits, or is a part of another");
            }
            if (Rows.yes(row.get(3))) {
                why.add("it belongs to an extension");
            }
            if (!Rows.yes(row.get(4))) {
                why.add("it does not belong to the site");
            }
        }
        Rows.of("depends", rows).forEach(row -> why.add(Rows.text(row.get(1))));
        if (!why.isEmpty()) {
            throw new TableNotSwitchableException(session.place().described() + ": the table " + table
                    + " of the database " + database.name() + " cannot be replaced alone: " + String.join(", ", why)
                    + ". Nothing was changed. Bring the whole database instead.");
        }
    }

    /** What goes with the table: its indexes, its own constraints and defaults, and the sequences that it owns. */
    private static String looking(Database database, String table) {
        String one =
                "WITH t AS (SELECT c.oid, c.reltoastrelid, c.relkind, c.relowner, c.relispartition FROM pg_class c JOIN"
                        + " pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = " + literal(SCHEMA)
                        + " AND c.relname = " + literal(table) + ")";
        return one
                + " SELECT 'kind', t.relkind, t.relispartition OR EXISTS (SELECT FROM pg_inherits i WHERE i.inhrelid ="
                + " t.oid OR i.inhparent = t.oid), EXISTS (SELECT FROM pg_depend e WHERE e.classid ="
                + " 'pg_class'::regclass AND e.objid = t.oid AND e.deptype = 'e'), pg_get_userbyid(t.relowner) = "
                + literal(Postgres.owner(database)) + " FROM t;\n"
                + one
                + """
                , o AS (
                    SELECT 'pg_class'::regclass AS class, t.oid FROM t
                    UNION ALL SELECT 'pg_class'::regclass, i.indexrelid FROM pg_index i JOIN t ON i.indrelid IN (t.oid, t.reltoastrelid)
                    UNION ALL SELECT 'pg_class'::regclass, d.objid FROM pg_depend d JOIN t ON d.refobjid = t.oid
                        JOIN pg_class s ON s.oid = d.objid AND s.relkind IN ('S', 't')
                        WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass
                            AND d.deptype IN ('a', 'i')
                    UNION ALL SELECT 'pg_constraint'::regclass, k.oid FROM pg_constraint k JOIN t ON k.conrelid = t.oid
                        WHERE k.contype <> 'f'
                    UNION ALL SELECT 'pg_attrdef'::regclass, f.oid FROM pg_attrdef f JOIN t ON f.adrelid = t.oid
                ), p AS (
                    SELECT y.oid, y.typarray FROM pg_type y JOIN o ON o.class = 'pg_class'::regclass AND y.typrelid = o.oid
                ), own AS (
                    SELECT class, oid FROM o
                    UNION ALL SELECT 'pg_type'::regclass, oid FROM p
                    UNION ALL SELECT 'pg_type'::regclass, typarray FROM p
                )
                SELECT DISTINCT 'depends', encode(convert_to(pg_describe_object(d.classid, d.objid, 0), 'UTF8'), 'hex')
                    FROM pg_depend d JOIN own ON own.class = d.refclassid AND own.oid = d.refobjid
                    WHERE (d.classid, d.objid) NOT IN (SELECT class, oid FROM own)
                        AND NOT (d.classid = 'pg_trigger'::regclass
                            AND EXISTS (SELECT FROM pg_trigger g WHERE g.oid = d.objid AND g.tgisinternal))
                    ORDER BY 2;
                """;
    }
}
