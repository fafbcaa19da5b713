// SPDX-License-Identifier: Apache-2.0
package dev.aegir.executor.sql;

import java.sql.SQLException;

/**
 * Something done in a transaction: as a whole, or not at all when it throws.
 *
 * @param <T> what it gives
 */
@FunctionalInterface
interface Work<T> {
    T in(Session db) throws SQLException;
}
