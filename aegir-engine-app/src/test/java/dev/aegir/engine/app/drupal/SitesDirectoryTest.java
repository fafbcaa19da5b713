// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.app.drupal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aegir.model.Id;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the program does with real directories. */
class SitesDirectoryTest {
    private static final Id SITE = Id.of("01ARZ3NDEKTSV4RRFFQ69G5FAV");
    private static final Id CODE = Id.of("01ARZ3NDEKTSV4RRFFQ69G5FAW");

    @TempDir
    Path top;

    private Path sites;

    @BeforeEach
    void drupal() throws IOException {
        Files.createDirectories(top.resolve("web/core/lib"));
        Files.writeString(top.resolve("web/core/lib/Drupal.php"), "<?php\n");
        sites = Files.createDirectories(top.resolve("web/sites"));
        Files.createDirectories(top.resolve("home/settings"));
    }

    private record Said(int exit, String out) {}

    private Said run(String what, String action, Id id) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder("sh", "-c", Resource.shell("t", "sites.sh"))
                .redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment().put("root", top.resolve("web").toString());
        builder.environment().put("home", top.resolve("home").toString());
        builder.environment().put("what", what);
        builder.environment().put("action", action);
        builder.environment().put("id", id.value());
        builder.environment().put("text", SitesDirectory.dispatcher(CODE));
        builder.environment().put("key", "1.2");
        Process process = builder.start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Said(process.waitFor(), out.replace("\n", " ").strip());
    }

    @Test
    void theDispatcherIsWrittenOnce() throws Exception {
        assertThat(run("dispatcher", "look", CODE)).isEqualTo(new Said(0, "change"));
        assertThat(run("dispatcher", "make", CODE)).isEqualTo(new Said(0, "written"));
        assertThat(sites.resolve("sites.php")).hasContent(SitesDirectory.dispatcher(CODE));
        assertThat(run("dispatcher", "make", CODE)).isEqualTo(new Said(0, ""));
        assertThat(run("dispatcher", "look", CODE)).isEqualTo(new Said(0, ""));
        Files.writeString(sites.resolve("sites.php"), "<?php // Aegir codebase " + CODE + ", older\n");
        assertThat(run("dispatcher", "make", CODE)).isEqualTo(new Said(0, "written"));
        assertThat(sites.toFile().list()).containsExactly("sites.php");
    }

    @Test
    void whatIsNotOursStays() throws Exception {
        Files.writeString(sites.resolve("sites.php"), "<?php $sites = [];\n");
        assertThat(run("dispatcher", "make", CODE).exit()).isEqualTo(64);
        assertThat(sites.resolve("sites.php")).hasContent("<?php $sites = [];");
        Files.createSymbolicLink(sites.resolve(SITE.value()), Path.of("/srv/other/settings"));
        assertThat(run("site", "make", SITE).exit()).isEqualTo(64);
        assertThat(run("site", "remove", SITE).exit()).isEqualTo(64);
        assertThat(Files.readSymbolicLink(sites.resolve(SITE.value()))).isEqualTo(Path.of("/srv/other/settings"));
    }

    @Test
    void aSiteIsLinkedAndUnlinked() throws Exception {
        assertThat(run("site", "look", SITE)).isEqualTo(new Said(0, "change change"));
        assertThat(run("site", "make", SITE)).isEqualTo(new Said(0, "linked linked"));
        assertThat(run("site", "make", SITE)).isEqualTo(new Said(0, ""));
        Files.createDirectories(top.resolve("home/files"));
        Files.writeString(top.resolve("home/files/a.txt"), "a");
        assertThat(sites.resolve(SITE + "/files/a.txt")).hasContent("a");
        assertThat(run("site", "remove", SITE)).isEqualTo(new Said(0, "unlinked"));
        assertThat(run("site", "remove", SITE)).isEqualTo(new Said(0, ""));
        assertThat(top.resolve("home/files/a.txt")).exists();
    }

    @Test
    void noDrupalIsSaid() throws Exception {
        Files.delete(top.resolve("web/core/lib/Drupal.php"));
        assertThat(run("dispatcher", "make", CODE).exit()).isEqualTo(66);
        assertThat(run("site", "make", SITE).exit()).isEqualTo(66);
    }
}
