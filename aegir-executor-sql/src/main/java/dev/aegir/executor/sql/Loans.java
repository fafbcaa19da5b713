// SPDX-License-Identifier: Apache-2.0
package dev.aegir.executor.sql;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Lends the {@link Writer}'s connection to a library that wants a {@link DataSource}. While it is lent the writer waits, so
 * what the library does is one piece of work among those that share a transaction. A loan lasts from
 * {@link DataSource#getConnection()} to commit or rollback, and a commit returns when it is durable, like all that is
 * written.
 */
final class Loans {
    /** A borrower does a few statements; one that takes longer has lost it. */
    private static final long LIMIT_SECONDS = 60;

    private final CompletableFuture<Connection> lent = new CompletableFuture<>();
    private final CompletableFuture<Boolean> returned = new CompletableFuture<>();

    private Loans() {}

    static DataSource of(Writer writer) {
        return proxy(DataSource.class, (method, arguments) -> {
            if (!method.getName().equals("getConnection")) {
                throw new UnsupportedOperationException(method.getName());
            }
            Loans loan = new Loans();
            return loan.taken(writer.submit(loan::lend));
        });
    }

    /** On the writer's thread. */
    private boolean lend(Session db) throws SQLException {
        lent.complete(db.connection());
        try {
            if (!returned.get(LIMIT_SECONDS, TimeUnit.SECONDS)) {
                throw new SQLException("It was rolled back on purpose.");
            }
            return true;
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            returned.complete(false);
            throw new SQLException("A borrowed connection was not given back.", e);
        }
    }

    private Connection taken(CompletableFuture<Boolean> durable) throws SQLException {
        // When the transaction cannot even be begun, nothing is ever lent.
        settled(CompletableFuture.anyOf(lent, durable));
        Connection real = lent.join();
        return proxy(Connection.class, (method, arguments) -> switch (method.getName()) {
            case "getAutoCommit" -> false;
            case "isClosed" -> returned.isDone();
            case "commit" -> {
                if (returned.complete(true)) {
                    settled(durable);
                }
                yield null;
            }
            case "rollback", "close" -> {
                returned.complete(false);
                yield null;
            }
            default -> {
                if (returned.isDone()) {
                    throw new SQLException("This connection was given back.");
                }
                yield method.invoke(real, arguments);
            }
        });
    }

    private static void settled(CompletableFuture<?> answer) throws SQLException {
        try {
            answer.join();
        } catch (CompletionException e) {
            Throwable why = Objects.requireNonNullElse(e.getCause(), e);
            throw new SQLException(why.getMessage(), why);
        }
    }

    @FunctionalInterface
    private interface Call {
        @Nullable
        Object to(Method method, Object @Nullable [] arguments) throws Throwable;
    }

    private static <T> T proxy(Class<T> type, Call call) {
        return type.cast(Proxy.newProxyInstance(
                Loans.class.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> {
                    try {
                        return call.to(method, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                }));
    }
}
