// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aegir.engine.db.CheckForeignDump.Seen;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What can be told of dumps that other programs have made, by the programs of this machine. */
class ForeignDumpTest {
    private static final String TABLES = """
            CREATE TABLE `a` (
              `b` int COMMENT 'CREATE TABLE '
            ) ENGINE=InnoDB;
            INSERT INTO `a` VALUES (1,'x\\nCREATE TABLE y');
            CREATE TABLE IF NOT EXISTS `c` (`d` int);
            """;

    @TempDir
    Path temporary;

    private Optional<Seen> seen(String dump) throws IOException, InterruptedException {
        Path file = Files.writeString(temporary.resolve("database.sql"), dump);
        Process process = new ProcessBuilder("sh", "-c", CheckForeignDump.LOOK, "aegir-dump", file.toString()).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return process.waitFor() == 0 ? Seen.of(said) : Optional.empty();
    }

    private Optional<String> wrong(String dump, Software software) throws IOException, InterruptedException {
        return seen(dump).orElseThrow().wrong(software);
    }

    @Test
    void aWholeOneSaysSo() throws Exception {
        String mysql =
                "-- MySQL dump 10.13  Distrib 5.7.44\n" + TABLES + "\n-- Dump completed on 2026-01-02  3:04:05\n";
        assertThat(seen(mysql)).contains(new Seen("MySQL", true, 2, ";"));
        assertThat(wrong(mysql, Software.MARIADB)).isEmpty();
        String maria =
                "/*!999999\\- enable the sandbox mode */ \n-- MariaDB dump 10.19\n" + TABLES + "-- Dump completed\n";
        assertThat(wrong(maria, Software.MARIADB)).isEmpty();
        String postgres = "--\n-- PostgreSQL database dump\n--\n\nCREATE TABLE public.a (\n b int\n);\n"
                + "--\n-- PostgreSQL database dump complete\n--\n";
        assertThat(wrong(postgres, Software.POSTGRESQL)).isEmpty();
        assertThat(wrong(postgres, Software.MARIADB).orElseThrow()).contains("is of PostgreSQL");
        assertThat(wrong(mysql, Software.POSTGRESQL).orElseThrow()).contains("is of MySQL");
    }

    /** Abuse case 28, as far as it can be told of what others have made. */
    @Test
    void whatIsCutOffIsRefused() throws Exception {
        String begin = "-- MySQL dump 10.13\n" + TABLES;
        assertThat(wrong(begin, Software.MARIADB).orElseThrow()).contains("is cut off", "2 tables");
        assertThat(wrong(TABLES.substring(0, TABLES.length() - 3), Software.MARIADB)
                        .orElseThrow())
                .contains("is cut off");
        assertThat(wrong("INSERT INTO a VALUES (1);\n", Software.MARIADB).orElseThrow())
                .contains("no tables");
        assertThat(seen("")).isEmpty();
    }

    /** A program that was told to leave comments out; only its last statement can be looked at. */
    @Test
    void whatSaysNothingOfItselfIsTakenAndNotCalledProved() throws Exception {
        assertThat(seen(TABLES + "\n\n")).contains(new Seen("-", false, 2, ";"));
        assertThat(wrong(TABLES, Software.MARIADB)).isEmpty();
    }
}
