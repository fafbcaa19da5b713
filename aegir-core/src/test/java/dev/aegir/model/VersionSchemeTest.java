// SPDX-License-Identifier: Apache-2.0
package dev.aegir.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which of two versions is newer; what PHP and Composer say of the same ones is in the tables. */
class VersionSchemeTest {
    @Test
    void drupal() {
        List<String> oldestFirst = List.of(
                "6.x-9.0",
                "7.x-1.2",
                "7.x-1.2+5-dev",
                "7.x-1.10",
                "7.x-1.x-dev",
                "8.x-1.0-unstable3",
                "8.x-1.0-alpha9",
                "8.x-1.0-alpha10",
                "8.x-1.0-beta1",
                "8.x-1.0-rc1",
                "8.x-1.0",
                "8.x-1.9",
                "8.x-1.10",
                "1.99.0",
                "8.x-1.x-dev",
                "2.0.0-dev",
                "2.0.0-alpha1",
                "2.0.0",
                "2.0.9",
                "2.0.10",
                "2.0.x-dev",
                "2.1.0",
                "2.x-dev",
                "9.5.11",
                "10.1.6",
                "10.3-dev",
                "10.10.0");
        strictly(VersionScheme.DRUPAL, oldestFirst);
        assertThat(VersionScheme.DRUPAL.compare("8.x-2.0", "2.0.0")).hasValue(0);
        assertThat(VersionScheme.DRUPAL.compare("10.3-dev", "10.3.x-dev")).hasValue(0);
    }

    /** From PHP 8.2: version_compare of each with its neighbours. */
    @Test
    void wordPress() {
        strictly(
                VersionScheme.WORDPRESS,
                List.of(
                        "1.0-foo",
                        "1.0-dev",
                        "1.0alpha",
                        "1.0a2",
                        "1.0-beta1",
                        "1.0b2",
                        "1.0-RC1",
                        "1.0rc2",
                        "1.0",
                        "1.0.0",
                        "1.0.0-pl1",
                        "1.0.1",
                        "1.1",
                        "1.9",
                        "1.10",
                        "6.1.1",
                        "6.8-beta1-59900",
                        "6.8",
                        "20240101000000000000000"));
    }

    @Test
    void composer() {
        strictly(
                VersionScheme.COMPOSER,
                List.of(
                        "0.9",
                        "1.0.0-dev",
                        "1.0.0-alpha1",
                        "v1.0.0-beta.2",
                        "1.0.0-RC1",
                        "1.0.0",
                        "1.0.0-patch1",
                        "1.0.1",
                        "1.9.0",
                        "v1.10.0",
                        "1.10.x-dev",
                        "1.x-dev",
                        "2.0.0"));
        assertThat(VersionScheme.COMPOSER.compare("v1.2", "1.2.0.0")).hasValue(0);
        assertThat(VersionScheme.COMPOSER.compare("1.2.0+build.7", "1.2.0")).hasValue(0);
        assertThat(VersionScheme.COMPOSER.compare("1.0.0-b2", "1.0-BETA2")).hasValue(0);
    }

    @ParameterizedTest
    @CsvSource({"DRUPAL,'',1.0", "DRUPAL,VERSION,1.0", "COMPOSER,dev-main,1.0", "COMPOSER,dev-main,dev-other"})
    void whatHasNoOrder(VersionScheme scheme, String one, String other) {
        assertThat(scheme.compare(one, other)).isEmpty();
        assertThat(scheme.compare(other, one)).isEmpty();
        assertThat(scheme.compare(one, one)).hasValue(0);
    }

    private static void strictly(VersionScheme scheme, List<String> oldestFirst) {
        for (int i = 0; i < oldestFirst.size(); i++) {
            for (int j = 0; j < oldestFirst.size(); j++) {
                String one = oldestFirst.get(i);
                String other = oldestFirst.get(j);
                assertThat(scheme.compare(one, other).stream().map(Integer::signum))
                        .as(one + " and " + other)
                        .containsExactly(Integer.compare(i, j));
            }
        }
    }
}
