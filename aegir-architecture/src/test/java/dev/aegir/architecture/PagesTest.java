// SPDX-License-Identifier: Apache-2.0
package dev.aegir.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Pages that list all of something list all of it. */
@AnalyzeClasses(packages = "dev.aegir.task", importOptions = Published.class)
class PagesTest {
    @ArchTest
    static final ArchRule everyTaskIsOnThePageOfTasks =
            classes().that().implement("dev.aegir.task.Task").should(beOn(read("docs/tasks.md")));

    @Test
    void everyModuleIsInTheArchitecture() throws IOException {
        String page = read("ARCHITECTURE.md");
        List<String> modules;
        try (Stream<Path> all = Files.list(Path.of(".."))) {
            modules = all.filter(each -> Files.exists(each.resolve("pom.xml")))
                    .map(each -> each.getFileName().toString())
                    .filter(name -> name.startsWith("aegir-") && !name.equals("aegir-architecture"))
                    .toList();
        }
        assertThat(modules)
                .hasSizeGreaterThan(10)
                .allSatisfy(name -> assertThat(page).contains("`" + name + "`"));
    }

    private static ArchCondition<JavaClass> beOn(String page) {
        return new ArchCondition<>("be on docs/tasks.md") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                if (!page.contains("`" + type.getSimpleName() + "(")
                        && !page.contains("`" + type.getSimpleName() + ".of(")) {
                    events.add(SimpleConditionEvent.violated(type, type.getSimpleName() + " is not on docs/tasks.md"));
                }
            }
        };
    }

    private static String read(String page) {
        try {
            return Files.readString(Path.of("..").resolve(page));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
