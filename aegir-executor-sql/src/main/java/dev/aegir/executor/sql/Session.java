// SPDX-License-Identifier: Apache-2.0
package dev.aegir.executor.sql;

import dev.aegir.model.Id;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A connection that keeps its statements prepared. Values are always bound, never pasted; an {@link Optional} that is empty
 * is SQL's null. Used by one thread at a time.
 */
final class Session implements AutoCloseable {
    private final Connection connection;
    private final Map<String, PreparedStatement> statements = new HashMap<>();
    private boolean ready;

    Session(Connection connection) {
        this.connection = connection;
    }

    /** Makes something of a row. */
    @FunctionalInterface
    interface Mapper<T> {
        T map(Row row) throws SQLException;
    }

    Connection connection() {
        return connection;
    }

    /** Changes rows; says how many. */
    int update(String sql, Object... values) throws SQLException {
        try {
            return bound(sql, values).executeUpdate();
        } catch (SQLException e) {
            forget(sql);
            throw e;
        }
    }

    <T> List<T> list(String sql, Mapper<T> mapper, Object... values) throws SQLException {
        try (ResultSet rows = bound(sql, values).executeQuery()) {
            List<T> all = new ArrayList<>();
            while (rows.next()) {
                all.add(mapper.map(new Row(rows)));
            }
            return all;
        } catch (SQLException e) {
            forget(sql);
            throw e;
        }
    }

    /** A statement that has failed once is not used again: the driver may have closed it. */
    private void forget(String sql) throws SQLException {
        PreparedStatement failed = statements.remove(sql);
        if (failed != null) {
            failed.close();
        }
    }

    <T> Optional<T> first(String sql, Mapper<T> mapper, Object... values) throws SQLException {
        List<T> all = list(sql, mapper, values);
        return all.isEmpty() ? Optional.empty() : Optional.of(all.get(0));
    }

    boolean any(String sql, Object... values) throws SQLException {
        return first(sql, row -> true, values).isPresent();
    }

    /** A statement that is not worth keeping, and not asked for an answer. */
    void execute(String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** Notes that something was put into the queue. */
    void ready() {
        ready = true;
    }

    /** Whether something was put into the queue since this was asked the last time. */
    boolean takeReady() {
        boolean was = ready;
        ready = false;
        return was;
    }

    private PreparedStatement bound(String sql, Object... values) throws SQLException {
        PreparedStatement statement = statements.get(sql);
        if (statement == null) {
            statement = connection.prepareStatement(sql);
            statements.put(sql, statement);
        }
        for (int i = 0; i < values.length; i++) {
            bind(statement, i + 1, values[i]);
        }
        return statement;
    }

    private static void bind(PreparedStatement statement, int index, Object value) throws SQLException {
        if (value instanceof Optional<?> maybe) {
            if (maybe.isPresent()) {
                bind(statement, index, maybe.get());
            } else {
                statement.setNull(index, Types.NULL);
            }
        } else if (value instanceof String text) {
            statement.setString(index, text);
        } else if (value instanceof Long number) {
            statement.setLong(index, number);
        } else if (value instanceof Integer number) {
            statement.setInt(index, number);
        } else if (value instanceof Boolean flag) {
            statement.setBoolean(index, flag);
        } else if (value instanceof Instant instant) {
            statement.setLong(index, Micros.of(instant));
        } else if (value instanceof Id id) {
            statement.setString(index, id.value());
        } else if (value instanceof Enum<?> constant) {
            statement.setString(index, constant.name());
        } else {
            throw new SQLException("A " + value.getClass().getName() + " cannot be bound.");
        }
    }

    @Override
    public void close() throws SQLException {
        for (PreparedStatement statement : statements.values()) {
            statement.close();
        }
        connection.close();
    }
}
