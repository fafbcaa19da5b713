// SPDX-License-Identifier: Apache-2.0
package dev.aegir.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_THROW_GENERIC_EXCEPTIONS;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING;

import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** How a library behaves inside someone else's program. */
@AnalyzeClasses(packages = "dev.aegir", importOptions = Published.class)
class CodingTest {
    @ArchTest
    static final ArchRule noStandardStreams = noClasses()
            .that()
            // Looks over them whether an engine under test prints on them.
            .doNotHaveFullyQualifiedName("dev.aegir.testkit.StandardStreams")
            .should(ACCESS_STANDARD_STREAMS)
            .because(
                    "standard streams belong to the program; a library logs through slf4j or returns what it has to say");

    @ArchTest
    static final ArchRule noJavaUtilLogging =
            NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING.because("there is one log: slf4j");

    @ArchTest
    static final ArchRule noGenericExceptions =
            NO_CLASSES_SHOULD_THROW_GENERIC_EXCEPTIONS.because("what is thrown says whose turn it is");
}
