// SPDX-License-Identifier: Apache-2.0
package dev.aegir.architecture;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;

/** Who may know whom: arrows point at core, and inside core in one direction. */
@AnalyzeClasses(packages = "dev.aegir", importOptions = Published.class)
class ModulesTest {
    /** Every package of ours that is not of core. */
    private static final String[] PLUGINS = {
        "dev.aegir.backend..", "dev.aegir.engine..", "dev.aegir.executor..", "dev.aegir.testkit.."
    };

    private static final DescribedPredicate<JavaClass> CORE = resideInAPackage("dev.aegir..")
            .and(DescribedPredicate.not(resideInAnyPackage(PLUGINS)))
            .as("core");

    @ArchTest
    static final ArchRule coreKnowsNoPlugin = noClasses()
            .that(CORE)
            .should()
            .dependOnClassesThat(resideInAnyPackage(PLUGINS))
            .because("arrows point at core only");

    @ArchTest
    static final ArchRule coreNeedsLittle = classes()
            .that(CORE)
            .should()
            .onlyDependOnClassesThat(CORE.or(resideInAnyPackage(
                    "java..", "org.slf4j", "com.fasterxml.jackson..", "jakarta.inject", "org.jspecify.annotations")))
            .because("what core depends on is forced on every user");

    /** {@code dev.aegir.engine.http} and all below it is one plugin, {@code dev.aegir.engine.app} another. */
    @ArchTest
    static final ArchRule pluginsKnowNoOtherPlugin = slices().assignedFrom(new Plugins())
            .should()
            .notDependOnEachOther()
            .because("no engine knows a backend, no backend an engine, and each is a dependency of its own");

    @ArchTest
    static final ArchRule pluginsStayOutOfCoresInternals = noClasses()
            .that()
            .resideInAnyPackage(PLUGINS)
            .should()
            .dependOnClassesThat()
            .resideInAPackage("dev.aegir.internal..")
            .because("what our own plugins need, everyone's need: it belongs into the SPI");

    @ArchTest
    static final ArchRule modelTalksToNothing = classes()
            .that()
            .resideInAPackage("dev.aegir.model..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("dev.aegir.model..", "java..", "org.jspecify.annotations")
            .because("values are understood without anything around them");

    @ArchTest
    static final ArchRule jacksonStaysInside = noClasses()
            .that(CORE.and(resideOutsideOfPackage("dev.aegir.internal..")))
            .should()
            .dependOnClassesThat()
            .resideInAPackage("com.fasterxml.jackson..")
            .because("how values are stored must stay ours to change");

    @ArchTest
    static final ArchRule corePackagesHaveNoCycles = slices().assignedFrom(new PublicCorePackages())
            .should()
            .beFreeOfCycles()
            .because("packages that need each other are one package");

    private static final class Plugins implements SliceAssignment {
        @Override
        public SliceIdentifier getIdentifierOf(JavaClass type) {
            String[] names = type.getPackageName().split("\\.");
            return resideInAnyPackage(PLUGINS).test(type) && !names[2].equals("testkit")
                    ? SliceIdentifier.of(names[2], names[3])
                    : SliceIdentifier.ignore();
        }

        @Override
        public String getDescription() {
            return "plugins";
        }
    }

    private static final class PublicCorePackages implements SliceAssignment {
        @Override
        public SliceIdentifier getIdentifierOf(JavaClass type) {
            return CORE.and(resideOutsideOfPackage("dev.aegir.internal..")).test(type)
                    ? SliceIdentifier.of(type.getPackageName())
                    : SliceIdentifier.ignore();
        }

        @Override
        public String getDescription() {
            return "public packages of core";
        }
    }
}
