// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import dev.aegir.host.Command;
import dev.aegir.host.CommandResult;
import dev.aegir.host.Secret;
import dev.aegir.model.Database;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.function.Consumer;

/** Dumps by mariadb-dump. */
final class MariaDbDumps implements Dumps {
    @Override
    public List<String> dumping(Place place, Database database) {
        return List.of(
                "mariadb-dump",
                "--no-defaults",
                "--protocol=socket",
                "--socket=" + place.socket(),
                "--user=root",
                "--single-transaction",
                "--quick",
                "--skip-lock-tables",
                "--routines",
                "--events",
                "--triggers",
                "--hex-blob",
                "--no-tablespaces",
                "--skip-dump-date",
                "--default-character-set=utf8mb4",
                "--",
                database.name());
    }

    @Override
    public String end() {
        return "-- Dump completed";
    }

    @Override
    public String titles() {
        return "/^-- Table structure for table `/";
    }

    @Override
    public List<Table> tables(Session session, Database database) throws InterruptedException {
        return session
                .read("SELECT HEX(TABLE_NAME), COALESCE(ENGINE, 'broken') FROM information_schema.TABLES WHERE"
                        + " TABLE_SCHEMA = " + MariaDbText.literal(database.name())
                        + " AND TABLE_TYPE = 'BASE TABLE' ORDER BY TABLE_NAME;\n")
                .stream()
                .map(row -> new Table(
                        "-- Table structure for table " + MariaDbText.identifier(Rows.text(row.get(0))), row.get(1)))
                .toList();
    }

    @Override
    public boolean consistent(String engine) {
        return engine.equals("InnoDB");
    }

    @Override
    public Command loading(Place place, Database database) {
        return Command.of(
                "mariadb",
                "--defaults-file=/dev/fd/3",
                "--protocol=socket",
                "--socket=" + place.socket(),
                "--batch",
                "--binary-mode",
                "--skip-auto-rehash",
                "--local-infile=0",
                "--max-allowed-packet=1G",
                "--default-character-set=utf8mb4",
                "--database=" + database.name());
    }

    @Override
    public String credentials(Database database, Secret password) {
        return "[client]\nuser=" + MariaDbText.option(database.user()) + "\npassword="
                + MariaDbText.option(password.reveal()) + "\n";
    }

    @Override
    public void filter(InputStream in, OutputStream out, Consumer<String> report) throws IOException {
        MariaDbFilter.filter(in, out, report);
    }

    @Override
    public DatabaseServerException said(Place place, CommandResult result) {
        return new MariaDb().said(place, result);
    }

    /** As a whole it goes and comes, with the accounts and rights that stay meanwhile. */
    @Override
    public void empty(Session session, Database database) throws InterruptedException {
        session.change("DELIMITER //\n"
                + MariaDb.guarded(database, " DROP DATABASE " + MariaDbText.identifier(database.name()) + ";")
                + "//\nDELIMITER ;\n" + MariaDb.making(database, session.place().collation()));
    }
}
