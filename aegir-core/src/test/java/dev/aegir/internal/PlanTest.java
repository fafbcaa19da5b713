// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aegir.host.Command;
import dev.aegir.host.DriftPolicy;
import dev.aegir.model.HostPath;
import dev.aegir.model.InvalidValueException;
import dev.aegir.model.Name;
import dev.aegir.model.RefusedException;
import dev.aegir.task.ConfigChange;
import dev.aegir.task.Plan;
import dev.aegir.task.Stage;
import dev.aegir.task.Step;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The arithmetic of plans: where steps go, and where the point of no return is then. */
class PlanTest {
    private static Step step(String name) {
        return new World.Act("none", name);
    }

    private static Step[] steps(String names) {
        return names.isEmpty()
                ? new Step[0]
                : List.of(names.split(" ")).stream().map(PlanTest::step).toArray(Step[]::new);
    }

    /** Stages by their steps' names, the commit point with a bar behind it. */
    private static String shown(Plan plan) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < plan.stages().size(); i++) {
            out.append(out.length() == 0 ? "" : " ")
                    .append(plan.stages().get(i).steps().stream()
                            .map(Step::name)
                            .collect(Collectors.joining("+")));
            if (plan.commitStage().equals(OptionalInt.of(i))) {
                out.append(" |");
            }
        }
        return out.toString();
    }

    private static Plan committed() {
        return Plan.of(steps("a b")).commit().then(steps("c d"));
    }

    @ParameterizedTest
    @CsvSource({
        "before, a, x y a b | c d",
        "before, b, a x y b | c d",
        "before, c, a b | x y c d",
        "before, d, a b | c x y d",
        "after, a, a x y b | c d",
        "after, b, a b | x y c d",
        "after, c, a b | c x y d",
        "after, d, a b | c d x y"
    })
    void stepsAreAddedOnTheirSideOfTheCommitPoint(String where, String name, String expected) {
        Plan plan = where.equals("before")
                ? committed().before(name, steps("x y"))
                : committed().after(name, steps("x y"));
        assertThat(shown(plan)).isEqualTo(expected);
        assertThat(shown(committed())).as("plans do not change").isEqualTo("a b | c d");
    }

    @Test
    void nothingAddedIsNothingChanged() {
        assertThat(committed().before("a")).isEqualTo(committed());
        assertThat(committed().after("d")).isEqualTo(committed());
        assertThat(committed().then()).isEqualTo(committed());
        assertThat(committed().then(List.of())).isEqualTo(committed());
    }

    @Test
    void nextToAStepOfAStageIsNextToTheStage() {
        Plan plan = Plan.of(step("a"))
                .together(List.of(List.of(step("b"), step("e")), List.of(step("c")), List.of(), List.of(step("d"))))
                .commit();
        assertThat(shown(plan)).isEqualTo("a b+c+d e |");
        assertThat(shown(plan.before("c", steps("x")))).isEqualTo("a x b+c+d e |");
        assertThat(shown(plan.after("c", steps("x")))).isEqualTo("a b+c+d x e |");
        assertThat(shown(plan.after("e", steps("x")))).isEqualTo("a b+c+d e | x");
        assertThat(plan.steps()).extracting(Step::name).containsExactly("a", "b", "c", "d", "e");
        assertThat(shown(plan.together(List.of()))).isEqualTo(shown(plan));
    }

    @Test
    void namesAreUnique() {
        assertThatThrownBy(() -> Plan.of(steps("a b a")))
                .isInstanceOf(InvalidValueException.class)
                .hasMessageContaining("two steps of this name");
        assertThatThrownBy(() -> committed().then(steps("a"))).hasMessageContaining("\"a\"");
        assertThatThrownBy(() -> committed().before("a", steps("d"))).hasMessageContaining("\"d\"");
        assertThatThrownBy(() -> Plan.empty().together(List.of(List.of(step("a")), List.of(step("a")))))
                .hasMessageContaining("\"a\"");
    }

    @Test
    void anUnknownStepIsNamedWithThoseThereAre() {
        assertThatThrownBy(() -> committed().before("z", steps("x")))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("\"z\"")
                .hasMessageContaining("[\"a\", \"b\", \"c\", \"d\"]");
        assertThat(committed().step("c")).contains(step("c"));
        assertThat(committed().step("z")).isEmpty();
    }

    @Test
    void thereIsOneCommitPointAtMost() {
        assertThatThrownBy(() -> committed().commit()).isInstanceOf(RefusedException.class);
        assertThatThrownBy(() -> Plan.empty().commit()).isInstanceOf(RefusedException.class);
        assertThatThrownBy(() -> new Plan(List.of(), OptionalInt.of(0))).isInstanceOf(InvalidValueException.class);
        assertThatThrownBy(() -> new Plan(committed().stages(), OptionalInt.of(4)))
                .isInstanceOf(InvalidValueException.class);
        assertThatThrownBy(() -> new Plan(committed().stages(), OptionalInt.of(-1)))
                .isInstanceOf(InvalidValueException.class);
        assertThatThrownBy(() -> new Stage(List.of())).isInstanceOf(InvalidValueException.class);
    }

    @Test
    void mergedChangesMayWriteTheSameFileAlike() {
        ConfigChange one = change("one").write(HostPath.of("/etc/shared"), "s").build();
        ConfigChange two = change("two").write(HostPath.of("/etc/shared"), "s").build();
        ConfigChange merged = ConfigChange.merged("both", List.of(one, two));
        assertThat(merged.change().files())
                .extracting(file -> file.path().value())
                .containsExactly("/etc/one", "/etc/shared", "/etc/two");
        assertThat(merged.change().checks()).hasSize(1);
        ConfigChange other =
                change("three").write(HostPath.of("/etc/shared"), "t").build();
        assertThatThrownBy(() -> ConfigChange.merged("both", List.of(one, other)))
                .hasMessageContaining("/etc/shared");
        ConfigChange keep = change("four").drift(DriftPolicy.KEEP).build();
        assertThatThrownBy(() -> ConfigChange.merged("both", List.of(one, keep)))
                .isInstanceOf(InvalidValueException.class);
    }

    private static ConfigChange.Builder change(String name) {
        return ConfigChange.named(name, Name.of("web1"))
                .write(HostPath.of("/etc/" + name), name)
                .check(Command.of("nginx", "-t"));
    }
}
