// SPDX-License-Identifier: Apache-2.0
package dev.aegir.executor.sql;

import com.github.kagkarlsson.scheduler.jdbc.DefaultJdbcCustomization;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What db-scheduler is to know of a database that is only written through the {@link Writer}: instants are microseconds, and
 * what is read in a transaction cannot change before its end, so that due rows can be fetched and taken at once.
 */
final class SchedulerDialect extends DefaultJdbcCustomization {
    SchedulerDialect() {
        super(true);
    }

    @Override
    public String getName() {
        return "Aegir";
    }

    @Override
    public void setInstant(PreparedStatement statement, int index, @Nullable Instant value) throws SQLException {
        if (value == null) {
            statement.setNull(index, Types.BIGINT);
        } else {
            statement.setLong(index, Micros.of(value));
        }
    }

    @Override
    public @Nullable Instant getInstant(ResultSet rows, String column) throws SQLException {
        long micros = rows.getLong(column);
        return rows.wasNull() ? null : Micros.instant(micros);
    }

    @Override
    public String getQueryLimitPart(int limit) {
        return " limit " + limit;
    }

    @Override
    public boolean supportsGenericLockAndFetch() {
        return true;
    }

    @Override
    public String createGenericSelectForUpdateQuery(
            String table, int limit, String requiredAndCondition, boolean orderByPriority) {
        return createSelectDueQuery(table, limit, requiredAndCondition, orderByPriority);
    }
}
