// SPDX-License-Identifier: Apache-2.0
package dev.aegir.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aegir.model.PackageComparison.Kind;
import dev.aegir.spi.StoredForm;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What changes for who goes from one set of packages to another. */
class PackagesTest {
    private static Packages.Entry module(String name, String version, int schema, int oldest) {
        return new Packages.Entry(
                "module",
                name,
                version,
                VersionScheme.DRUPAL,
                "A module",
                "project",
                Optional.of(schema),
                Optional.of(oldest),
                List.of("system"),
                Optional.of(true));
    }

    private static Packages packages(Packages.Entry... entries) {
        return new Packages(
                Id.of("01ARZ3NDEKTSV4RRFFQ69G5FAV"),
                Instant.parse("2026-03-04T05:06:07Z"),
                List.of(entries),
                List.of(new Packages.Drift("acme/tool", "1.0", "", false)));
    }

    private static final Packages HERE = packages(
            module("token", "8.x-1.9", 8100, 8000),
            module("views", "10.1.6", 8000, 8000),
            module("gone", "1.0.0", 8000, 8000),
            module("same", "1.0.0", 8000, 8000),
            module("custom", "", 8000, 8000),
            module("ahead", "2.1.0", 9200, 9000));
    private static final Packages TARGET = packages(
            module("token", "8.x-1.10", 8000, 8000),
            module("views", "10.3.6", 10000, 9500),
            module("new", "1.0.0", 8000, 8000),
            module("same", "1.0.0", 8000, 8000),
            module("custom", "1.0.0", 8000, 8000),
            module("ahead", "2.0.9", 9200, 9000));

    @Test
    void everyDifferenceIsTold() {
        PackageComparison comparison = HERE.compare(TARGET);
        assertThat(comparison.differences().stream().map(each -> each.kind() + " " + each.name()))
                .containsExactly(
                        "DOWNGRADE ahead",
                        "CHANGED custom",
                        "MISSING gone",
                        "ADDED new",
                        "UPGRADE token",
                        "SCHEMA_LOWER token",
                        "UPGRADE views",
                        "SCHEMA_TOO_OLD views");
        assertThat(comparison.of(Kind.UPGRADE)).hasSize(2);
        assertThat(comparison.table()).isEqualTo("""
                downgrade       module  ahead   2.1.0                      2.0.9
                changed         module  custom  ?                          1.0.0
                missing         module  gone    1.0.0                      -
                added           module  new     -                          1.0.0
                upgrade         module  token   8.x-1.9                    8.x-1.10
                schema lower    module  token   8.x-1.9 (8100, from 8000)  8.x-1.10 (8000, from 8000)
                upgrade         module  views   10.1.6                     10.3.6
                schema too old  module  views   10.1.6 (8000, from 8000)   10.3.6 (10000, from 9500)
                """);
        assertThat(HERE.compare(HERE).differences()).isEmpty();
        assertThat(HERE.compare(HERE).table()).isEmpty();
    }

    @Test
    void aTableForPeople() {
        Packages site = packages(
                module("token", "8.x-1.9", 8100, 8000), Packages.Entry.of("theme", "plain", "", VersionScheme.DRUPAL));
        assertThat(site.table()).isEqualTo("""
                module  token  8.x-1.9  8100  on  A module
                theme   plain  ?        -     -
                """.replace(
                "TITLE", module("token", "", 0, 0).title()).replaceAll(" +\n", "\n"));
        assertThat(packages().table()).isEmpty();
    }

    @Test
    void whatConcernsASite() {
        Packages site = packages(
                module("gone", "1.0.0", 8000, 8000),
                off(module("unused", "1.0.0", 8000, 8000)),
                module("ahead", "2.1.0", 9300, 9000));
        assertThat(site.compare(TARGET).of(Kind.MISSING)).hasSize(2);
        assertThat(site.compare(TARGET).ofWhatIsOn().differences().stream()
                        .map(each -> each.kind() + " " + each.name()))
                .containsExactly("DOWNGRADE ahead", "SCHEMA_LOWER ahead", "MISSING gone");
    }

    private static Packages.Entry off(Packages.Entry entry) {
        return new Packages.Entry(
                entry.type(),
                entry.name(),
                entry.version(),
                entry.scheme(),
                entry.title(),
                entry.origin(),
                entry.schema(),
                entry.oldest(),
                entry.dependencies(),
                Optional.of(false));
    }

    @Test
    void areStored() {
        assertThat(StoredForm.read(StoredForm.write(HERE), Packages.class)).isEqualTo(HERE);
        assertThat(HERE.find("module", "token").orElseThrow().version()).isEqualTo("8.x-1.9");
    }
}
