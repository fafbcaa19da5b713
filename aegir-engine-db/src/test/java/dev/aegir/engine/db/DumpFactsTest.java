// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aegir.engine.db.DumpFailedException.Reason;
import dev.aegir.model.InvalidValueException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What dumps say of themselves, and what is made of what programs say that fail. */
class DumpFactsTest {
    private static final DumpFacts FACTS = new DumpFacts(
            List.of(
                    new DumpFacts.Table("", "wp posts=\n-- Aegir: end 3\n名", 17, "InnoDB", true),
                    new DumpFacts.Table("public", "m", 0, "MyISAM", false)),
            false);

    @Test
    void theyAreReadAsTheyWereWritten() {
        assertThat(DumpFacts.of(FACTS.text())).isEqualTo(FACTS);
        assertThat(FACTS.text().lines()).hasSize(4).allMatch(line -> line.startsWith("-- Aegir: "));
        assertThat(FACTS.rows()).isEqualTo(17);
        assertThat(FACTS.consistency()).isEqualTo(DumpFacts.Consistency.MIXED);
        DumpFacts nothing = new DumpFacts(List.of(), true);
        assertThat(DumpFacts.of(nothing.text())).isEqualTo(nothing);
        assertThat(nothing.consistency()).isEqualTo(DumpFacts.Consistency.ONE_MOMENT);
    }

    @Test
    void whatIsNotWholeIsRefused() {
        String text = FACTS.text();
        for (String broken : List.of(
                "",
                "x",
                text.substring(text.indexOf('\n') + 1),
                text.substring(0, text.lastIndexOf("-- ")),
                text.replace("rows=17", "rows=x"),
                text.replace("end 4", "end 5"),
                text.replace("table=m", "table=%zz"))) {
            assertThatThrownBy(() -> DumpFacts.of(broken)).as(broken).isInstanceOf(InvalidValueException.class);
        }
    }

    @Test
    void failuresHaveReasons() {
        assertThat(DumpFailedException.of(5, "mysqldump: Got errno 28 on write"))
                .isEqualTo(Reason.NO_SPACE);
        assertThat(DumpFailedException.of(1, "cat: write error: No space left on device"))
                .isEqualTo(Reason.NO_SPACE);
        assertThat(DumpFailedException.of(137, "Killed")).isEqualTo(Reason.KILLED);
        assertThat(DumpFailedException.of(3, "mariadb-dump: Error 2013: Lost connection to server during query"))
                .isEqualTo(Reason.SERVER_GONE);
        assertThat(DumpFailedException.of(1, "FATAL:  terminating connection due to administrator command"))
                .isEqualTo(Reason.SERVER_GONE);
        assertThat(DumpFailedException.of(2, "mariadb-dump: Error 1412: Table definition has changed"))
                .isEqualTo(Reason.TABLES_CHANGED);
        assertThat(DumpFailedException.of(3, DumpDatabase.NO_END)).isEqualTo(Reason.INCOMPLETE);
        assertThat(DumpFailedException.of(2, "Access denied")).isEqualTo(Reason.OTHER);
        assertThat(new MariaDbDumps().isError("mariadb-dump: Got error: 1")).isTrue();
        assertThat(new MariaDbDumps().isError("mariadb-dump: Warning: something"))
                .isFalse();
        assertThat(new PostgresDumps().isError("pg_dump: error: x")).isTrue();
        assertThat(new PostgresDumps().isError("pg_dump: warning: there are circular foreign-key constraints"))
                .isFalse();
    }

    /** In tables that are written to, more or fewer rows may be in a dump; in others not one. */
    @Test
    void onlyWhatWasWrittenToMayDiffer() {
        Dumps dumps = new MariaDbDumps();
        Dumps.Moment moment = new Dumps.Moment("", 1000, List.of());
        assertThat(dumps.mayHaveChanged(moment, written("999"), written("999"))).isFalse();
        assertThat(dumps.mayHaveChanged(moment, written(""), written(""))).isFalse();
        assertThat(dumps.mayHaveChanged(moment, written("1000"), written("1000")))
                .as("in the same second")
                .isTrue();
        assertThat(dumps.mayHaveChanged(moment, written(""), written("1001"))).isTrue();
        assertThat(dumps.mayHaveChanged(moment, written("7"), written(""))).isTrue();
        assertThat(new PostgresDumps().mayHaveChanged(moment, written("1"), written("2")))
                .isFalse();
    }

    private static Dumps.Table written(String when) {
        return new Dumps.Table("", "t", "t", "InnoDB", "", when);
    }
}
