// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import java.util.List;

/**
 * Rows go anywhere while no foreign keys are checked and every statement is a transaction of its own, as in the dumps that this
 * program makes. Triggers are made after the rows of their table, for which they wait.
 */
final class MariaDbDealing implements Dealing {
    private static final String CHECKS = "FOREIGN_KEY_CHECKS";

    private boolean unchecked;
    private boolean together;
    private boolean delimited = true;

    @Override
    public Whom next(List<String> words) {
        String first = words.get(0);
        if (first.equals("SET")) {
            return setting(words);
        } else if (first.equals("DELIMITER")) {
            delimited = words.get(words.size() - 1).equals(";");
        } else if (first.equals("START") || first.equals("COMMIT")) {
            together = true;
        }
        if (!allowsBeside()) {
            return Whom.FIRST;
        }
        return switch (first) {
            case "INSERT", "REPLACE" -> Whom.ANY;
            // Nobody else knows the database yet, and a lock would keep the other connections from the table.
            case "LOCK", "UNLOCK" -> Whom.NONE;
            default -> words.size() > 1 && words.get(1).equals("TABLE") ? Whom.BESIDE : Whom.FIRST;
        };
    }

    @Override
    public boolean allowsBeside() {
        return unchecked && !together && delimited;
    }

    private Whom setting(List<String> words) {
        for (int i = 1; i + 2 < words.size(); i++) {
            if (words.get(i).equals(CHECKS) && words.get(i + 1).equals("=")) {
                unchecked = words.get(i + 2).equals("0");
            }
        }
        together |= words.contains("AUTOCOMMIT");
        return Whom.ALL;
    }

    @Override
    public String begin() {
        return "";
    }

    @Override
    public String publish() {
        return "";
    }

    @Override
    public String end() {
        return "";
    }
}
