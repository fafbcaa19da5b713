// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aegir.model.Database;
import dev.aegir.model.HostPath;
import dev.aegir.model.Id;
import dev.aegir.model.Name;
import dev.aegir.model.SecretRef;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Whose a database is. */
class FoundTest {
    private static final Place PLACE = new Place(
            Name.of("web1"),
            Software.MARIADB,
            HostPath.of("/run/mysqld/mysqld.sock"),
            3306,
            "utf8mb4_bin",
            Optional.empty());
    private static final Database THEIRS =
            new Database(Id.next(), "web1:/var/www/blog", "blog", "nobody", SecretRef.of("a"), List.of());

    /** Whoever takes over a site gets no database of another site by naming that. */
    @Test
    void aSitesDatabaseIsTakenOverByNobody() {
        Id other = Id.next();
        Found found = new Found(true, "aegir:" + other, true, List.of());
        assertThatThrownBy(() -> found.requireNobodys(PLACE, THEIRS))
                .isInstanceOf(ForeignDatabaseException.class)
                .hasMessageContaining(other.value())
                .hasMessageContaining("Clone that site");
        assertThatCode(() -> new Found(true, "", true, List.of()).requireNobodys(PLACE, THEIRS))
                .doesNotThrowAnyException();
        assertThatCode(() -> new Found(true, "my blog", true, List.of()).requireNobodys(PLACE, THEIRS))
                .doesNotThrowAnyException();
    }
}
