// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import dev.aegir.model.Database;
import dev.aegir.model.Id;
import dev.aegir.model.SecretRef;
import java.util.List;

/** Databases for tests on fake hosts. */
final class FakeDatabases {
    private static final Id OWNER = Id.of("01JZZZZZZZZZZZZZZZZZZZZZZZ");
    private static final Id NEIGHBOUR = Id.of("01JYYYYYYYYYYYYYYYYYYYYYYY");

    private FakeDatabases() {}

    static Database sample(List<String> clients) {
        return new Database(OWNER, "docs.example.net", "docs_db", "docs", SecretRef.of("site/docs/db"), clients);
    }

    static Database neighbour() {
        return new Database(
                NEIGHBOUR,
                "neighbour.example.net",
                "docsXdb",
                "neighbour",
                SecretRef.of("site/neighbour/db"),
                List.of());
    }

    static Database named(String name, String user) {
        return new Database(OWNER, "docs.example.net", name, user, SecretRef.of("site/docs/db"), List.of());
    }
}
