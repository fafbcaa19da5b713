// SPDX-License-Identifier: Apache-2.0
package dev.aegir.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.PackageMatcher;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.Set;
import org.jspecify.annotations.NullMarked;

/** What users may implement is in one place; everything else they can only call, and so it can change inside. */
@AnalyzeClasses(packages = "dev.aegir", importOptions = Published.class)
class PublicTypesTest {
    /** Open, and named here because they are at home elsewhere than in {@code dev.aegir.spi}. */
    private static final Set<String> OPEN = Set.of(
            "dev.aegir.host.Host",
            "dev.aegir.host.HostFiles",
            "dev.aegir.host.RunningCommand",
            "dev.aegir.model.AegirException",
            "dev.aegir.model.Resource",
            "dev.aegir.task.Step",
            "dev.aegir.task.StepContext",
            "dev.aegir.task.Task");

    @ArchTest
    static final ArchRule openTypesLiveInTheSpi = classes()
            .that(arePublicApi())
            .should(beClosed())
            .because("public means \"call\" or \"implement\", and the package says which");

    @ArchTest
    static final ArchRule nothingIsNullUnlessItSaysSo = classes()
            .that(DescribedPredicate.describe(
                    "are in a package", type -> !type.getSimpleName().equals("package-info")))
            .should(beInANullMarkedPackage());

    private static DescribedPredicate<JavaClass> arePublicApi() {
        PackageMatcher internal = PackageMatcher.of("dev.aegir..internal..");
        PackageMatcher spi = PackageMatcher.of("dev.aegir.spi..");
        return DescribedPredicate.describe(
                "are public outside of the spi and of internal packages",
                type -> isVisible(type)
                        && !internal.matches(type.getPackageName())
                        && !spi.matches(type.getPackageName()));
    }

    private static boolean isVisible(JavaClass type) {
        return type.getModifiers().contains(JavaModifier.PUBLIC)
                && type.getEnclosingClass().map(PublicTypesTest::isVisible).orElse(true);
    }

    private static ArchCondition<JavaClass> beClosed() {
        return new ArchCondition<>("be final, a record, an enum, sealed or an annotation") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                boolean closed = type.getModifiers().contains(JavaModifier.FINAL)
                        || type.isRecord()
                        || type.isEnum()
                        || type.isSealed()
                        || type.isAnnotation()
                        || OPEN.contains(type.getName())
                        || isContract(type);
                events.add(new SimpleConditionEvent(
                        type,
                        closed,
                        type.getName()
                                + " is open. Make it final or sealed, or move it to dev.aegir.spi if users shall implement it "
                                + type.getSourceCodeLocation()));
            }
        };
    }

    /** A contract is a test class that plugin authors subclass: that is what it is for. */
    private static boolean isContract(JavaClass type) {
        return type.getPackageName().startsWith("dev.aegir.testkit")
                && type.getSimpleName().endsWith("Contract")
                && type.getModifiers().contains(JavaModifier.ABSTRACT);
    }

    private static ArchCondition<JavaClass> beInANullMarkedPackage() {
        return new ArchCondition<>("be in a package that is @NullMarked by its package-info") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                events.add(new SimpleConditionEvent(
                        type,
                        type.getPackage().isAnnotatedWith(NullMarked.class),
                        "the package of " + type.getName() + " has no package-info.java with @NullMarked"));
            }
        };
    }
}
