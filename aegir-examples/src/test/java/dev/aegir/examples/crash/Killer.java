// SPDX-License-Identifier: Apache-2.0
package dev.aegir.examples.crash;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs the program that is killed. */
final class Killer {
    private Killer() {}

    /**
     * Runs it and, when it waits at its deadly point, kills it.
     *
     * @return what it said that others understand, which is something
     */
    static List<String> run(Path home, Scenario scenario, String deadly, World world) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xshare:auto",
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
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
