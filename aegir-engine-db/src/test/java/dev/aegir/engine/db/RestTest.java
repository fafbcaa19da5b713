// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aegir.model.HostPath;
import dev.aegir.model.Name;
import dev.aegir.spi.StoredForm;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a copy lacks. */
class RestTest {
    private static final Place PLACE = new Place(
            Name.of("db1"),
            Software.MARIADB,
            HostPath.of("/run/mysqld/mysqld.sock"),
            3306,
            "utf8mb4_unicode_520_ci",
            Optional.empty());

    private static Seeds.Table table(String structure, String counter) {
        return new Seeds.Table(structure, counter, Optional.of(new Seeds.Ranges("id", true)));
    }

    private static final Map<String, String> POSTS = Map.of("0", "9 1", "1", "9 2", "2", "9 3", "3", "9 4");
    private static final Map<String, Seeds.Table> TABLES = Map.of(
            "posts",
            table("p", "41"),
            "options",
            new Seeds.Table("o", "", Optional.empty()),
            "meta",
            table("m", "7"),
            "log",
            table("l", ""));
    private static final Map<String, Map<String, String>> SUMS =
            Map.of("posts", POSTS, "options", Map.of("0", "3 1"), "meta", Map.of("0", "3 1"), "log", Map.of());

    private static Rest rest(Map<String, Seeds.Table> now, Map<String, Map<String, String>> sums) {
        return Rest.of(
                Seed.of(TABLES, TABLES, "d", false),
                new Seed.Loaded(new DatabaseSums(SUMS), Map.of("posts", "41", "meta", "7"), Optional.empty()),
                now,
                new DatabaseSums(sums));
    }

    private static <V> Map<String, V> with(Map<String, V> map, String key, V value) {
        Map<String, V> changed = new HashMap<>(map);
        changed.put(key, value);
        return changed;
    }

    @Test
    void whatIsEqualIsNotBrought() {
        Rest rest = rest(TABLES, SUMS);
        assertThat(rest.isNothing()).isTrue();
        assertThat(StoredForm.read(StoredForm.write(rest), Rest.class)).isEqualTo(rest);
        assertThat(Rest.everything("it has a view").isNothing()).isFalse();
        assertThat(Rest.everything("it has a view").told(4, "closed")).contains("as a whole", "it has a view");
    }

    @Test
    void rangesThatDifferAreBrought() {
        Rest rest = rest(
                with(TABLES, "posts", table("p", "52")),
                with(SUMS, "posts", Map.of("0", "9 1", "1", "9 8", "2", "9 3", "3", "9 4", "-1", "1 5")));
        assertThat(rest.ranges()).containsExactly(Map.entry("posts", List.of("-1", "1")));
        assertThat(rest.counters()).containsExactly(Map.entry("posts", "52"));
        assertThat(rest.whole()).isEmpty();
        List<Seeds.Part> parts =
                new MariaDbSeeds().parts(PLACE, FakeDatabases.sample(List.of()), rest, TABLES, Map.of(), false);
        assertThat(parts).hasSize(3);
        String which =
                "(`id` BETWEEN 5000 AND 9999 OR `id` < 0 OR `id` >= 2560000) AND (`id` DIV 5000) MOD 512 IN (-1, 1)";
        assertThat(parts.get(0).text()).endsWith("DELETE FROM `posts` WHERE " + which + ";\n");
        assertThat(parts.get(1).client()).contains("--where=" + which, "--no-create-info", "--skip-triggers");
        assertThat(parts.get(2).text()).isEqualTo("ALTER TABLE `posts` AUTO_INCREMENT = 52;\n");
        assertThat(parts.get(2).client()).isEmpty();
    }

    @Test
    void rowsComeInThePlaceOfThoseWithTheSameKey() {
        Rest rest = rest(TABLES, with(SUMS, "posts", Map.of("0", "9 1", "1", "9 8", "2", "9 3", "3", "9 4")));
        String holes = MariaDbHoles.between(
                        List.of(List.of("", "5003"), List.of("5003", "5008"), List.of("9000", "")), "`id`")
                .orElseThrow();
        assertThat(holes).isEqualTo("`id` < 5003 OR `id` > 5003 AND `id` < 5008 OR `id` > 9000");
        List<Seeds.Part> parts = new MariaDbSeeds()
                .parts(PLACE, FakeDatabases.sample(List.of()), rest, TABLES, Map.of("posts", holes), false);
        String which = "(`id` BETWEEN 5000 AND 9999 OR `id` < 0 OR `id` >= 2560000) AND (`id` DIV 5000) MOD 512 IN (1)";
        assertThat(parts.get(0).text()).endsWith("DELETE FROM `posts` WHERE (" + holes + ") AND (" + which + ");\n");
        assertThat(parts.get(1).client()).contains("--replace", "--where=" + which);
        assertThat(MariaDbHoles.between(List.of(List.of("", "")), "`id`")).isEmpty();
        assertThat(MariaDbHoles.between(Collections.nCopies(2_002, List.of("1", "3")), "`id`"))
                .isEmpty();
    }

    @Test
    void tablesAreBroughtThatAreNewOrOtherwiseOrMostlyDifferent() {
        Map<String, Seeds.Table> now = with(with(TABLES, "posts", table("changed", "41")), "new`", table("n", ""));
        now.remove("log");
        Map<String, Map<String, String>> sums =
                with(with(with(SUMS, "new`", Map.of()), "options", Map.of("0", "3 2")), "meta", Map.of());
        Rest rest = rest(now, sums);
        assertThat(rest.whole()).containsExactly("meta", "new`", "options", "posts");
        assertThat(rest.gone()).containsExactly("log");
        assertThat(rest.ranges()).isEmpty();
        assertThat(rest.counters()).isEmpty();
        List<Seeds.Part> parts =
                new MariaDbSeeds().parts(PLACE, FakeDatabases.sample(List.of()), rest, TABLES, Map.of(), false);
        assertThat(parts.get(0).text())
                .startsWith("SET FOREIGN_KEY_CHECKS=0;\n")
                .endsWith("DROP TABLE IF EXISTS `log`;\n");
        assertThat(parts.get(1).client()).endsWith("meta", "new`", "options", "posts");
    }

    /** Nothing is known of a table that was another one while it was brought, and nothing of one that went. */
    @Test
    void whatACopyIsLikeOnceWhatItLackedIsLoaded() {
        Map<String, Seeds.Table> now = with(with(TABLES, "posts", table("changed", "41")), "new", table("n", ""));
        now.remove("log");
        Rest rest = rest(now, with(with(SUMS, "new", Map.of()), "options", Map.of("0", "3 2")));
        assertThat(rest.whole()).containsExactly("new", "options", "posts");
        Seed seed = Seed.of(TABLES, TABLES, "d", true);
        Map<String, String> structures =
                Seed.of(now, with(now, "new", table("again", "")), "", false).structures();
        Delta delta = new Delta("", rest, structures, Optional.of(new Seed.Known(new DatabaseSums(SUMS), 7)));
        assertThat(StoredForm.read(StoredForm.write(delta), Delta.class)).isEqualTo(delta);
        assertThat(delta.isBrought()).isTrue();
        assertThat(delta.loaded(seed))
                .isEqualTo(new Seed(
                        "", Map.of("posts", "changed", "options", "o", "meta", "m"), "d", Optional.empty(), true));
        Delta none = Delta.none("it has a view");
        assertThat(StoredForm.read(StoredForm.write(none), Delta.class)).isEqualTo(none);
        assertThat(none.isBrought()).isFalse();
    }

    /** Rows of other ranges may be in the way of what was written meanwhile. */
    @Test
    void rowsMakeRoomWhileItIsWrittenTo() {
        Rest rest = rest(TABLES, with(SUMS, "posts", Map.of("0", "9 1", "1", "9 8", "2", "9 3", "3", "9 4")));
        List<Seeds.Part> parts =
                new MariaDbSeeds().parts(PLACE, FakeDatabases.sample(List.of()), rest, TABLES, Map.of(), true);
        assertThat(parts.get(1).client()).contains("--replace");
    }

    @Test
    void aTableThatWasChangedWhileItWasDumpedIsBrought() {
        Seed seed = Seed.of(TABLES, with(TABLES, "posts", table("again", "41")), "d", false);
        assertThat(seed.structures()).containsOnlyKeys("options", "meta", "log");
        assertThat(Rest.of(
                                seed,
                                new Seed.Loaded(new DatabaseSums(SUMS), Map.of(), Optional.empty()),
                                TABLES,
                                new DatabaseSums(SUMS))
                        .whole())
                .containsExactly("posts");
    }

    @Test
    void veryManyRangesAreOneOfEachTable() {
        Map<String, String> many = new HashMap<>();
        for (int range = 0; range < 12_001; range++) {
            many.put(String.valueOf(range), "2 18446744073709551615");
        }
        DatabaseSums sums = new DatabaseSums(Map.of("many", many, "few", Map.of("0", "3 4"))).bounded();
        assertThat(sums.tables().get("many")).containsExactly(Map.entry("all", "24002 221379375628588328931615"));
        assertThat(sums.tables().get("few")).containsExactly(Map.entry("0", "3 4"));
        assertThat(sums.rows()).isEqualTo(24005);
        DatabaseSums small = new DatabaseSums(Map.of("few", Map.of("0", "3 4")));
        assertThat(small.bounded()).isSameAs(small);
    }
}
