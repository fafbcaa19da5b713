// SPDX-License-Identifier: Apache-2.0
package dev.aegir.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What the compiler does not see. */
class SourcesTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Set<String> NOT_OURS = Set.of(".git", ".idea", ".settings", "target");

    private static final Pattern SOURCE = Pattern.compile(".*\\.java|.*\\.sh|pom\\.xml|.*Dockerfile");
    private static final String LICENCE = "SPDX-License-Identifier: Apache-2.0";

    /** A promise that nobody keeps, or a test that never runs. Spelt so that this file has none. */
    private static final Pattern UNFINISHED =
            Pattern.compile("\\bTO[D]O\\b|\\bFIX[M]E\\b|@[D]isabled\\b|[p]rintStackTrace\\(\\)");

    @Test
    void sayTheirLicenceAtTheTop() throws IOException {
        List<Path> silent = new ArrayList<>();
        for (Path file : sources()) {
            if (Files.readAllLines(file).stream().limit(3).noneMatch(line -> line.contains(LICENCE))) {
                silent.add(ROOT.relativize(file));
            }
        }
        assertThat(silent).isEmpty();
    }

    @Test
    void areFinished() throws IOException {
        List<String> unfinished = new ArrayList<>();
        for (Path file : sources()) {
            List<String> lines = Files.readAllLines(file);
            for (int i = 0; i < lines.size(); i++) {
                if (UNFINISHED.matcher(lines.get(i)).find()) {
                    unfinished.add(ROOT.relativize(file) + ":" + (i + 1) + ": "
                            + lines.get(i).strip());
                }
            }
        }
        assertThat(unfinished).isEmpty();
    }

    private static List<Path> sources() throws IOException {
        List<Path> found = new ArrayList<>();
        Files.walkFileTree(ROOT, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
                return NOT_OURS.contains(directory.getFileName().toString())
                        ? FileVisitResult.SKIP_SUBTREE
                        : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                if (SOURCE.matcher(file.getFileName().toString()).matches() || isProgram(file)) {
                    found.add(file);
                }
                return FileVisitResult.CONTINUE;
            }
        });
        assertThat(found).as("sources below %s", ROOT).isNotEmpty();
        return found;
    }

    private static boolean isProgram(Path file) {
        return file.getParent().equals(ROOT.resolve("bin")) || file.getParent().equals(ROOT.resolve(".ci"));
    }
}
