// SPDX-License-Identifier: Apache-2.0
package dev.aegir.executor.sql;

import dev.aegir.model.Id;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;

/** A row, read column by column from the first. */
final class Row {
    private final ResultSet rows;
    private int column;

    Row(ResultSet rows) {
        this.rows = rows;
    }

    String text() throws SQLException {
        return rows.getString(++column);
    }

    Optional<String> maybeText() throws SQLException {
        return Optional.ofNullable(rows.getString(++column));
    }

    long number() throws SQLException {
        return rows.getLong(++column);
    }

    int count() throws SQLException {
        return rows.getInt(++column);
    }

    boolean flag() throws SQLException {
        return rows.getBoolean(++column);
    }

    Id id() throws SQLException {
        return Id.of(text());
    }

    Instant instant() throws SQLException {
        return Micros.instant(number());
    }

    Optional<Instant> maybeInstant() throws SQLException {
        long micros = number();
        return rows.wasNull() ? Optional.empty() : Optional.of(Micros.instant(micros));
    }
}
