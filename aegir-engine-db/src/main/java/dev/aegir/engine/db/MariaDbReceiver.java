// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a MariaDB can take of a dump that another server made.
 *
 * @param longest how many bytes a statement may have
 * @param knows0900 whether it knows the collations of MySQL 8
 * @param knowsUca1400 whether it knows the collations of MariaDB 10.10
 */
record MariaDbReceiver(long longest, boolean knows0900, boolean knowsUca1400) {
    /** Languages are given up: what is the same letter stays so, and only the order differs a little. */
    private static final Pattern COLLATION =
            Pattern.compile("(?:utf8mb4_)?(?:[a-z]+_)*(0900|uca1400)(?:_nopad)?_(?:(ai_ci)|as_cs|bin)");

    private static final String LOOKING = "SELECT @@GLOBAL.max_allowed_packet,"
            + " EXISTS (SELECT 1 FROM information_schema.COLLATIONS WHERE COLLATION_NAME LIKE 'utf8mb4\\_0900%'),"
            + " EXISTS (SELECT 1 FROM information_schema.COLLATIONS WHERE COLLATION_NAME LIKE '%uca1400%');\n";

    static MariaDbReceiver of(Session session) throws InterruptedException {
        List<String> row = session.read(LOOKING).get(0);
        return new MariaDbReceiver(Long.parseLong(row.get(0)), Rows.yes(row.get(1)), Rows.yes(row.get(2)));
    }

    /** The collation that comes next to one which the server does not know; nothing for all other words. */
    Optional<String> instead(String word) {
        if (word.indexOf('_') < 0) {
            return Optional.empty();
        }
        Matcher collation = COLLATION.matcher(word.toLowerCase(Locale.ROOT));
        if (!collation.matches() || (collation.group(1).equals("0900") ? knows0900 : knowsUca1400)) {
            return Optional.empty();
        }
        return Optional.of(collation.group(2) == null ? "utf8mb4_bin" : "utf8mb4_unicode_520_ci");
    }
}
