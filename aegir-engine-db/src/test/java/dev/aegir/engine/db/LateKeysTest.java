// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which keys are made after the rows. */
class LateKeysTest {
    private static final String POSTS = """
            CREATE TABLE `po``sts` (
              `id` bigint(20) NOT NULL AUTO_INCREMENT,
              `name` varchar(200) DEFAULT 'a, b;',
              `author` int(11) DEFAULT NULL,
              PRIMARY KEY (`id`),
              UNIQUE KEY `only` (`name`),
              KEY `name` (`name`(20)),
              KEY `author` (`author`,`name`) USING BTREE COMMENT 'x,'
            ) ENGINE=InnoDB AUTO_INCREMENT=7 DEFAULT CHARSET=utf8mb4;
            """;

    private final LateKeys keys = new LateKeys(Map.of("po`sts", 100_000L, "t", 100_000L, "few", 10L));

    @Test
    void keysOfLargeTablesAreMadeLater() {
        assertThat(keys.now("\n" + POSTS)).isEqualTo("""
                CREATE TABLE `po``sts` (
                  `id` bigint(20) NOT NULL AUTO_INCREMENT,
                  `name` varchar(200) DEFAULT 'a, b;',
                  `author` int(11) DEFAULT NULL,
                  PRIMARY KEY (`id`),
                  UNIQUE KEY `only` (`name`)
                ) ENGINE=InnoDB AUTO_INCREMENT=7 DEFAULT CHARSET=utf8mb4;
                """);
        assertThat(keys.then())
                .containsExactly("SET SQL_MODE='NO_AUTO_VALUE_ON_ZERO';\nALTER TABLE `po``sts` ADD KEY `name`"
                        + " (`name`(20)), ADD KEY `author` (`author`,`name`) USING BTREE COMMENT 'x,';\n");
    }

    @Test
    void smallTablesAreMadeAtOnce() {
        String few = POSTS.replace("po``sts", "few");
        assertThat(keys.now(few)).isEqualTo(few);
        assertThat(keys.then()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "  PRIMARY KEY (`a`),\n  KEY `b` (`b`),\n  CONSTRAINT `f` FOREIGN KEY (`b`) REFERENCES `t` (`a`)\n",
                "  PRIMARY KEY (`a`),\n  KEY `b` (`b`),\n  FULLTEXT KEY `c` (`b`)\n",
                "  PRIMARY KEY (`b`),\n  KEY `a` (`a`)\n",
                "  KEY `a` (`a`)\n",
                "  PRIMARY KEY (`a`)\n",
                "  PRIMARY KEY (`a`),\n  KEY `b` (`b`) /* a\n comment */\n",
            })
    void whatIsNotUnderstoodOrDependsOnAKeyIsMadeAtOnce(String rest) {
        String create = "CREATE TABLE `t` (\n  `a` int(11) NOT NULL AUTO_INCREMENT,\n  `b` int(11),\n" + rest
                + ") ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;\n";
        assertThat(keys.now(create)).isEqualTo(create);
        String other = "CREATE TABLE `t` (\n  `a` int(11),\n  PRIMARY KEY (`a`),\n  KEY `b` (`a`)\n) ENGINE=Aria ;\n";
        assertThat(keys.now(other)).isEqualTo(other);
        assertThat(keys.now("CREATE TABLE x (a INT);\n")).isEqualTo("CREATE TABLE x (a INT);\n");
        assertThat(keys.then()).isEmpty();
    }
}
