// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

/** Tables of servers that speak MySQL's protocol, with rows that are hard to compare, and how they change. */
interface MariaDbSamples extends LargeLoads, Seeding {
    @Override
    default String hard() {
        return """
                SET SESSION sql_mode = '', time_zone = '+00:00';
                CREATE TABLE hard (k VARCHAR(9) PRIMARY KEY, c VARCHAR(9), d VARCHAR(9), b LONGBLOB, f DOUBLE, z DATE, t TIMESTAMP,
                    n DECIMAL(20,10), i BIT(9), g GEOMETRY, v INT AS (LENGTH(c)) STORED, e ENUM('a', 'ü'), l VARCHAR(9) CHARACTER SET latin1)
                    CHARACTER SET utf8mb4;
                INSERT INTO hard (k, c, d, b, f, z, t, n, i, g, e, l) VALUES ('N', 'N', NULL, UNHEX('00FF23'), 1e300, '0000-00-00',
                    '2026-01-01', 1.5, b'101', POINT(1, 2), 'ü', 'ü'), ('swap', 'a#', 'b', NULL, 0.1, NULL, 0, NULL, NULL, NULL, NULL, NULL);
                """;
    }

    @Override
    default String keys() {
        return "SHOW CREATE TABLE much; SHOW CREATE TABLE child;";
    }

    @Override
    default String much() {
        return """
                CREATE TABLE child (id INT PRIMARY KEY, p INT, b VARCHAR(60));
                CREATE TABLE much (id INT AUTO_INCREMENT PRIMARY KEY, a VARCHAR(100) UNIQUE, b TEXT, KEY (b(20)),
                    KEY ba (b(9), a), KEY aa (a(5)));
                ALTER TABLE child ADD FOREIGN KEY (p) REFERENCES much (id);
                INSERT INTO much SELECT seq, MD5(seq), REPEAT(SHA1(seq), 3) FROM seq_1_to_80000;
                INSERT INTO child SELECT seq, seq, SHA1(seq) FROM seq_1_to_30000;
                CREATE TRIGGER r BEFORE INSERT ON much FOR EACH ROW SET NEW.b = 'spoilt';
                CREATE VIEW v AS SELECT a FROM much;
                """;
    }

    @Override
    default String grown() {
        return """
                CREATE TABLE much (id BIGINT AUTO_INCREMENT PRIMARY KEY, a VARCHAR(100) UNIQUE, b TEXT, KEY (b(20)));
                INSERT INTO much SELECT seq, MD5(seq), REPEAT(SHA1(seq), 12) FROM seq_1_to_60000;
                INSERT INTO much VALUES (-25000, 'low', 'x'), (-5, 'below', 'x'), (10250000, 'far', 'x'), (99000000, 'beyond', 'x');
                CREATE TABLE child (id INT PRIMARY KEY, p BIGINT, FOREIGN KEY (p) REFERENCES much (id) ON DELETE CASCADE);
                INSERT INTO child SELECT seq, seq * 2 - 1 FROM seq_1_to_30000;
                CREATE TABLE parent (id INT PRIMARY KEY, a TEXT);
                INSERT INTO parent SELECT seq, SHA1(seq) FROM seq_1_to_9;
                CREATE TABLE orphan (id INT PRIMARY KEY, p INT, FOREIGN KEY (p) REFERENCES parent (id) ON DELETE CASCADE);
                INSERT INTO orphan SELECT seq, seq FROM seq_1_to_9;
                CREATE TABLE keyless (a INT, b TEXT); INSERT INTO keyless VALUES (1, 'x'), (1, 'x');
                CREATE TABLE `o'p``t %` (name VARCHAR(99) PRIMARY KEY, at DATETIME DEFAULT '0000-00-00 00:00:00');
                INSERT INTO `o'p``t %` (name) VALUES ('a'), ('it''s; -- \\ x');
                CREATE TABLE going (a INT); CREATE TABLE emptied (id INT AUTO_INCREMENT PRIMARY KEY);
                INSERT INTO emptied VALUES (1), (2), (3);
                CREATE TABLE altered (a INT PRIMARY KEY, b INT); INSERT INTO altered VALUES (1, 2);
                CREATE TABLE counting (id INT AUTO_INCREMENT PRIMARY KEY, at DATETIME NOT NULL DEFAULT '0000-00-00 00:00:00');
                INSERT INTO counting (id) VALUES (5);
                CREATE TABLE still (id INT PRIMARY KEY, g INT AS (id + 1) STORED); INSERT INTO still (id) VALUES (1);
                """;
    }

    /** Of the first range of much a value that must be unique goes to another; both are large enough to be loaded beside the program. */
    @Override
    default String changed() {
        return """
                DELETE FROM much WHERE id = 2; INSERT INTO child SELECT 40000, 30;
                UPDATE much SET a = MD5(2) WHERE id = 45000;
                DELETE FROM much WHERE id = 99000000; DELETE FROM much WHERE id = 10250000;
                UPDATE parent SET a = 'new' WHERE id = 3;
                INSERT INTO keyless VALUES (1, 'x');
                UPDATE `o'p``t %` SET name = 'b' WHERE name = 'a';
                DROP TABLE going; CREATE TABLE come (a INT PRIMARY KEY); INSERT INTO come VALUES (1);
                TRUNCATE emptied; INSERT INTO emptied VALUES (2);
                ALTER TABLE altered MODIFY b VARCHAR(9), COMMENT 'changed';
                INSERT INTO counting (id) VALUES (99); DELETE FROM counting WHERE id = 99;
                """;
    }

    @Override
    default String beside() {
        return """
                SELECT TABLE_NAME, AUTO_INCREMENT FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() ORDER BY 1;
                SELECT TABLE_NAME, COLUMN_NAME, COLUMN_TYPE FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE()
                    ORDER BY 1, 2;
                SELECT TABLE_NAME, INDEX_NAME, COLUMN_NAME FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = DATABASE()
                    ORDER BY 1, 2, 3;
                SELECT TABLE_NAME, CONSTRAINT_NAME, REFERENCED_TABLE_NAME FROM information_schema.REFERENTIAL_CONSTRAINTS
                    WHERE CONSTRAINT_SCHEMA = DATABASE() ORDER BY 1, 2;
                SELECT TRIGGER_NAME FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = DATABASE();
                """;
    }

    @Override
    default String obstacle() {
        return "CREATE VIEW seen AS SELECT a FROM much; CREATE TRIGGER t BEFORE INSERT ON much FOR EACH ROW SET NEW.b = 'x';";
    }
}
