// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Dumps are programs: what of them is run, exactly (abuse cases 26 and 27). */
class MariaDbFilterTest {
    private static final MariaDbReceiver OLD = new MariaDbReceiver(1L << 30, false, false);

    private final List<String> left = new ArrayList<>();

    private String filtered(String dump) throws IOException {
        return new String(filtered(dump.getBytes(StandardCharsets.ISO_8859_1)), StandardCharsets.ISO_8859_1);
    }

    private byte[] filtered(byte[] dump) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        MariaDbFilter.filter(new ByteArrayInputStream(dump), words -> out, OLD, left::add);
        return out.toByteArray();
    }

    @Test
    void whatDumpsAreMadeOfIsLetThrough() throws IOException {
        String dump = """
                /*!40101 SET @OLD_SQL_MODE=@@SQL_MODE, SQL_MODE='NO_AUTO_VALUE_ON_ZERO' */;
                DROP TABLE IF EXISTS `t`;
                CREATE TABLE `t` (`a;b` int DEFAULT 1 COMMENT 'it''s; \\' -- no comment');
                LOCK TABLES `t` WRITE;
                /*!40000 ALTER TABLE `t` DISABLE KEYS */;
                INSERT INTO `t` VALUES (1,'\\\\'),(2,0x00FF),('DEFINER=`x`@`y`; USE other; \\\\! ls');
                UNLOCK TABLES;
                DO SETVAL(`q;`, 1005, 0);
                COMMIT;
                """;
        assertThat(filtered(dump).replaceAll("\n+", "\n")).isEqualTo(dump);
        assertThat(left).isEmpty();
    }

    @Test
    void commentsAndTheMarkOfTheSandboxAreLeftOut() throws IOException {
        assertThat(filtered(
                        "/*M!999999\\- enable the sandbox mode */ \n-- MariaDB dump; \\! x\n# USE y;\n/* ; \\! */DROP TABLE"
                                + " a;\n/*!999999\\- enable the sandbox mode */;"))
                .matches("(?s)\\s*DROP TABLE a;\n");
        assertThat(left).containsOnly("the mark of the sandbox").hasSize(2);
    }

    @Test
    void whatIsMadeBelongsToWhoeverLoadsIt() throws IOException {
        assertThat(filtered("""
                /*!50001 CREATE ALGORITHM=UNDEFINED */
                /*!50013 DEFINER=`ro``ot`@`%` SQL SECURITY DEFINER */
                /*!50001 VIEW `v` AS select 'DEFINER=`a`@`b`' AS `x` */;
                """)).isEqualTo("""
                /*!50001 CREATE ALGORITHM=UNDEFINED */
                /*!50013  SQL SECURITY DEFINER */
                /*!50001 VIEW `v` AS select 'DEFINER=`a`@`b`' AS `x` */;
                """);
        assertThat(filtered("""
                DELIMITER ;;
                /*!50003 CREATE*/ /*!50017 DEFINER=`root`@`localhost`*/ /*!50003 TRIGGER r BEFORE INSERT ON t FOR EACH ROW BEGIN
                  -- kept; it is the text of the trigger
                  SET NEW.a = 1; /* kept; */
                END */;;
                CREATE DEFINER='a b'@'%' PROCEDURE `p`() BEGIN SELECT 1; END ;;
                CREATE DEFINER=CURRENT_USER() EVENT e ON SCHEDULE EVERY 1 DAY DO DELETE FROM t ;;
                CREATE OR REPLACE DEFINER = root @ localhost FUNCTION f() RETURNS int RETURN 1;;
                DELIMITER ;
                DROP TABLE a;
                """).replaceAll("[ \n]+", " "))
                .isEqualTo(
                        "DELIMITER ;; /*!50003 CREATE*/ /*!50017 */ /*!50003 TRIGGER r BEFORE INSERT ON t FOR EACH ROW BEGIN --"
                                + " kept; it is the text of the trigger SET NEW.a = 1; /* kept; */ END */;; CREATE PROCEDURE `p`()"
                                + " BEGIN SELECT 1; END ;; CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO DELETE FROM t ;; CREATE OR"
                                + " REPLACE FUNCTION f() RETURNS int RETURN 1;; DELIMITER ; DROP TABLE a; ");
        assertThat(left).hasSize(5).containsOnly("whose it is");
    }

    @Test
    void settingsOfTheServerAreLeftOut() throws IOException {
        assertThat(filtered("""
                SET @@GLOBAL.GTID_PURGED=/*!80000 '+'*/ 'abc:1-5';
                SET GLOBAL max_connections=1;
                SET @@SESSION.SQL_LOG_BIN= 0;
                SET @MYSQLDUMP_TEMP_LOG_BIN = @@SESSION.SQL_LOG_BIN;
                SET @@PERSIST.x=1;
                SET NAMES utf8mb4;
                ALTER DATABASE `other` CHARACTER SET utf8mb3 ;
                """).strip()).isEqualTo("SET NAMES utf8mb4;");
        assertThat(left).hasSize(6);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\\! touch x",
                "DROP TABLE a; \\! touch x",
                "INSERT INTO t VALUES (1) \\! touch x\n;",
                "system touch x\n",
                "source /etc/passwd\n",
                "\\. /etc/passwd",
                "USE other; DROP TABLE t;",
                "use other\nDROP TABLE t;",
                "/*!40000 USE other */;",
                "/*!40000 DROP DATABASE IF EXISTS `a`*/;",
                "CREATE DATABASE `other`;",
                "CREATE SCHEMA other;",
                "CREATE OR REPLACE DATABASE x;",
                "GRANT ALL ON *.* TO x;",
                "REVOKE ALL ON x FROM y;",
                "CREATE USER x;",
                "ALTER USER x;",
                "DROP USER x;",
                "CREATE ROLE x;",
                "SET PASSWORD = 'x';",
                "SET ROLE x;",
                "LOAD DATA INFILE '/etc/passwd' INTO TABLE t;",
                "SELECT 1 INTO OUTFILE '/tmp/x';",
                "INSTALL PLUGIN x SONAME 'y';",
                "CREATE FUNCTION f RETURNS STRING SONAME 'x.so';",
                "CREATE AGGREGATE FUNCTION f RETURNS STRING /*!40000 soname*/ 'x.so';",
                "CREATE SERVER s FOREIGN DATA WRAPPER mysql OPTIONS (HOST 'x');",
                "FLUSH PRIVILEGES;",
                "SHUTDOWN;",
                "KILL 1;",
                "PREPARE x FROM 'y';",
                "EXECUTE IMMEDIATE 'DROP DATABASE x';",
                "CALL x();",
                "DO x();",
                "DO SETVAL(`other`.`q`, 1, 0);",
                "DO SETVAL(`q`, x(), 0);",
                "DELIMITER \\!\n",
                "DELIMITER a\n",
                "tee /tmp/x\n",
                "CREATE DEFINER=`root`@`localhost`",
                "INSERT INTO t VALUES ('no end",
                "DROP /* no end",
                "/*!40000 DROP TABLE a; */",
                "`USE` x;",
                "(SELECT 1);"
            })
    void everythingElseIsRefused(String dump) {
        assertThatThrownBy(() -> filtered("DROP TABLE first;\n" + dump))
                .isInstanceOf(UnsafeDumpException.class)
                .hasMessageContaining("The dump has");
    }

    /** G8: however the text comes in pieces, a row that looks like a definer is data, and a definer across two pieces is one. */
    @Test
    void g8_rowsAreDataWhereverTheyAreCut() throws IOException {
        for (int size : List.of(4080, 4096, 8190, 65530, 65536)) {
            String dump = "INSERT INTO t VALUES ('" + "x".repeat(size) + "/*!50013 DEFINER=`a`@`b` */');\n"
                    + "/*!50003 CREATE*/ /*!50017 DEFINER=`a`@`b`*/ /*!50003 TRIGGER t BEFORE INSERT ON t FOR EACH ROW SET @a=1 */;\n";
            String out = filtered(dump);
            assertThat(out).startsWith(dump.substring(0, dump.indexOf('\n'))).doesNotContain("50017 DEFINER");
        }
    }

    @Test
    void bytesThatAreNoTextStayAsTheyAre() throws IOException {
        ByteArrayOutputStream dump = new ByteArrayOutputStream();
        dump.write("INSERT INTO t VALUES ('".getBytes(StandardCharsets.US_ASCII));
        for (int i = 0; i < 256; i++) {
            if (i == '\'' || i == '\\') {
                dump.write('\\');
            }
            dump.write(i);
        }
        dump.write("');\n".getBytes(StandardCharsets.US_ASCII));
        assertThat(filtered(dump.toByteArray())).isEqualTo(dump.toByteArray());
    }

    @Test
    void collationsThatAreNotKnownBecomeTheNext() throws IOException {
        assertThat(filtered("""
                CREATE TABLE `t` (`utf8mb4_0900_ai_ci` text COLLATE utf8mb4_0900_ai_ci COMMENT 'utf8mb4_0900_ai_ci', `b` text COLLATE utf8mb4_0900_bin) COLLATE=utf8mb4_uca1400_ai_ci;
                /*!50003 SET collation_connection  = utf8mb4_de_pb_0900_ai_ci */;
                CREATE TABLE `u` (`a` text COLLATE utf8mb4_0900_as_ci, `b` text COLLATE utf8mb4_general_ci);
                """)).isEqualTo("""
                CREATE TABLE `t` (`utf8mb4_0900_ai_ci` text COLLATE utf8mb4_unicode_520_ci COMMENT 'utf8mb4_0900_ai_ci', `b` text COLLATE utf8mb4_bin) COLLATE=utf8mb4_unicode_520_ci;

                /*!50003 SET collation_connection  = utf8mb4_unicode_520_ci */;

                CREATE TABLE `u` (`a` text COLLATE utf8mb4_0900_as_ci, `b` text COLLATE utf8mb4_general_ci);
                """);
        assertThat(left)
                .contains("the collation utf8mb4_0900_ai_ci, instead of which there is utf8mb4_unicode_520_ci")
                .hasSize(4);
        MariaDbReceiver newer = new MariaDbReceiver(1L << 30, true, true);
        assertThat(newer.instead("utf8mb4_0900_ai_ci")).isEmpty();
        assertThat(new MariaDbReceiver(1L << 30, false, true).instead("utf8mb4_uca1400_ai_ci"))
                .isEmpty();
    }

    @Test
    void aStatementThatIsTooLongIsNamed() {
        String dump = "DROP TABLE a;\nINSERT INTO t VALUES ('" + "x".repeat(1000) + "');";
        assertThatThrownBy(() -> MariaDbFilter.filter(
                        new ByteArrayInputStream(dump.getBytes(StandardCharsets.US_ASCII)),
                        words -> OutputStream.nullOutputStream(),
                        new MariaDbReceiver(1000, false, false),
                        left::add))
                .isInstanceOfSatisfying(
                        UnloadableDumpException.class,
                        e -> assertThat(e.limit()).isEqualTo(1000))
                .hasMessageContaining("max_allowed_packet");
    }

    /** One row of 200 MB goes through a program that has far less memory than that for it. */
    @Test
    void aRowMayBeOfAnyLength() throws IOException {
        long length = 200L * 1024 * 1024;
        byte[] begin = "INSERT INTO t VALUES ('".getBytes(StandardCharsets.US_ASCII);
        byte[] end = "');".getBytes(StandardCharsets.US_ASCII);
        InputStream row = new InputStream() {
            private long at;

            @Override
            public int read() {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0];
            }

            @Override
            public int read(byte[] to, int from, int most) {
                if (at >= begin.length + length + end.length) {
                    return -1;
                }
                boolean inside = at >= begin.length && at < begin.length + length;
                int count = inside ? (int) Math.min(most, begin.length + length - at) : 1;
                if (inside) {
                    Arrays.fill(to, from, from + count, (byte) 'x');
                } else {
                    to[from] = at < begin.length ? begin[(int) at] : end[(int) (at - begin.length - length)];
                }
                at += count;
                return count;
            }
        };
        long[] written = {0};
        OutputStream count = new OutputStream() {
            @Override
            public void write(int b) {
                written[0]++;
            }

            @Override
            public void write(byte[] b, int from, int most) {
                written[0] += most;
            }
        };
        MariaDbFilter.filter(row, words -> count, OLD, left::add);
        assertThat(written[0]).isEqualTo(begin.length + length + end.length + 1);
    }
}
