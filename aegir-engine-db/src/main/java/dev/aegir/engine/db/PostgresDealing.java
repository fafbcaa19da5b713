// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import java.util.List;

/**
 * Rows go anywhere: pg_dump makes indexes, foreign keys and triggers after all rows. What makes tables is one transaction, what
 * makes indexes and the like another; without the end of that nothing of it is there.
 */
final class PostgresDealing implements Dealing {
    @Override
    public Whom next(List<String> words) {
        return switch (words.get(0)) {
            case "SET" -> Whom.ALL;
            case "SELECT" -> words.contains("SET_CONFIG") ? Whom.ALL : Whom.BESIDE;
            case "COPY" -> Whom.ANY;
            default -> Whom.FIRST;
        };
    }

    @Override
    public String begin() {
        return "BEGIN;\n";
    }

    @Override
    public String publish() {
        return "COMMIT;\nBEGIN;\n";
    }

    @Override
    public String end() {
        return "COMMIT;\n";
    }
}
