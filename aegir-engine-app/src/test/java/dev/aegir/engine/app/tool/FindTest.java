// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.app.tool;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Only a file of the code, or one of root's, is taken for a program; in a real shell. */
class FindTest {
    private static final String PHP = "#!/usr/bin/env php\n<?php\n";

    @TempDir
    Path top;

    private Path code;
    private Path program;

    @BeforeEach
    void make() throws IOException {
        code = Files.createDirectories(top.resolve("code"));
        program = Files.createDirectories(code.resolve("vendor/bin")).resolve("wp");
    }

    private String found(Path... places) throws IOException, InterruptedException {
        List<String> words = new ArrayList<>();
        try (InputStream in = Tools.class.getResourceAsStream("find.sh")) {
            words.addAll(List.of(
                    "sh",
                    "-c",
                    new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8),
                    "find",
                    code.toString()));
        }
        for (Path place : places) {
            words.add(place.toString());
        }
        Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        return said;
    }

    @Test
    void programsOfTheCode() throws Exception {
        assertThat(found(program)).isEmpty();
        Files.writeString(program, PHP);
        assertThat(found(program)).isEqualTo("0 php\n");
        assertThat(found(code.resolve("bin/wp"), program))
                .as("the first that is there")
                .isEqualTo("1 php\n");
        Files.writeString(program, "<?php\nexit(0);\n");
        assertThat(found(program)).isEqualTo("0 php\n");
        for (String shell : List.of("#!/bin/sh\n", "#!/usr/bin/env sh\n", "#!/usr/bin/env bash\n", "#!/bin/bash\n")) {
            Files.writeString(program, shell);
            assertThat(found(program)).as(shell).isEqualTo("0 sh\n");
        }
    }

    @Test
    void linksStayInTheCode() throws Exception {
        Path real = Files.writeString(
                Files.createDirectories(code.resolve("vendor/wp-cli")).resolve("wp"), PHP);
        Files.createSymbolicLink(program, Path.of("../wp-cli/wp"));
        assertThat(found(program)).isEqualTo("0 php\n");
        Files.delete(program);
        Files.move(real, top.resolve("wp"));
        Files.createSymbolicLink(program, top.resolve("wp"));
        assertThat(found(program)).isEqualTo("0 a link that leads out of the code\n");
        Files.delete(program);
        Files.createDirectories(top.resolve("codes"));
        Files.writeString(top.resolve("codes/wp"), PHP);
        Files.createSymbolicLink(program, top.resolve("codes/wp"));
        assertThat(found(program)).isEqualTo("0 a link that leads out of the code\n");
        Files.delete(program);
        Files.createSymbolicLink(program, top.resolve("nothing"));
        assertThat(found(program)).isEqualTo("0 no file that can be read\n");
    }

    @Test
    void whatIsNoProgram() throws Exception {
        Files.createDirectory(program);
        assertThat(found(program)).isEqualTo("0 no file that can be read\n");
        Files.delete(program);
        for (byte[] content : List.of(
                new byte[] {0x7f, 'E', 'L', 'F', 0, 1}, new byte[0], "0 php\n".getBytes(StandardCharsets.US_ASCII))) {
            Files.write(program, content);
            assertThat(found(program)).isEqualTo("0 neither a program in PHP nor one for a shell\n");
        }
    }

    @Test
    void programsOfTheServerAreRootsAlone() throws Exception {
        assertThat(found(Path.of("/usr/bin/ldd")))
                .as("a script of the system's")
                .isEqualTo("0 sh\n");
        Path other = Files.writeString(top.resolve("wp"), PHP);
        assertThat(other.toFile().setWritable(true, false)).isTrue();
        assertThat(found(other)).isEqualTo("0 a file that others than root can change\n");
    }
}
