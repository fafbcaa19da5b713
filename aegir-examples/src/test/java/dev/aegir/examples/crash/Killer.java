// SPDX-License-Identifier: Apache-2.0
package dev.aegir.examples.crash;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.spi.ToolProvider;

/** Runs the program that is killed. Most of what that takes is the start of a Java machine, so classes come from an archive. */
final class Killer {
    private final Path directory;

    /** With a directory for what makes programs start faster. */
    Killer(Path directory) {
        this.directory = directory;
    }

    /** As the tests have it, but for directories, of which no archive is made. */
    private String classPath() throws IOException {
        List<String> path = new ArrayList<>();
        for (String each : System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"))
                .split(File.pathSeparator)) {
            if (Files.isDirectory(Path.of(each))) {
                Path jar = directory.resolve("classes-" + path.size() + ".jar");
                if (!Files.exists(jar)) {
                    int exit = ToolProvider.findFirst("jar")
                            .orElseThrow()
                            .run(
                                    System.out,
                                    System.err,
                                    "--create",
                                    "--no-compress",
                                    "--file",
                                    jar.toString(),
                                    "-C",
                                    each,
                                    ".");
                    assertThat(exit).as("jar of " + each).isZero();
                }
                path.add(jar.toString());
            } else {
                path.add(each);
            }
        }
        return String.join(File.pathSeparator, path);
    }

    /** What is not killed makes the archive of a kind of site, which the others use. */
    private String archive(Scenario scenario, String deadly) {
        Path archive = directory.resolve(scenario.kind() + ".jsa");
        return (deadly.equals("0") && !Files.exists(archive) ? "-XX:ArchiveClassesAtExit=" : "-XX:SharedArchiveFile=")
                + archive;
    }

    /**
     * Runs it and, when it waits at its deadly point, kills it.
     *
     * @return what it said that others understand, which is something
     */
    List<String> run(Path home, Scenario scenario, String deadly, World world) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xshare:auto",
                archive(scenario, deadly),
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
                "-cp",
                classPath(),
                CrashedProgram.class.getName(),
                home.toString(),
                scenario.name(),
                deadly));
        command.addAll(world.words());
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try (BufferedReader said =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            List<String> all = new ArrayList<>();
            for (String line = said.readLine(); line != null; line = said.readLine()) {
                all.add(line);
                if (line.startsWith("AT ")) {
                    process.destroyForcibly(); // SIGKILL
                    break;
                }
            }
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            // Libraries may complain in between.
            List<String> ours = all.stream()
                    .filter(line -> line.matches("(AT|POINT|ENDED) .*"))
                    .toList();
            assertThat(ours).as(String.join("\n", all)).isNotEmpty();
            return ours;
        } finally {
            process.destroyForcibly();
        }
    }

    static String last(List<String> lines) {
        return lines.get(lines.size() - 1);
    }
}
