// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.app;

import dev.aegir.model.ImportRules;
import dev.aegir.model.ImportRules.Directory;
import dev.aegir.model.Name;
import dev.aegir.spi.ImportFormat;
import java.util.List;
import java.util.Optional;

/**
 * WordPress as people pack it by hand: {@code wp-content} at the top or in a directory there, and one dump, a file {@code .sql}
 * beside it or above. Its tables may begin with anything; those of one WordPress they must be.
 */
public final class WordPressArchiveFormat implements ImportFormat {
    private static final String ABOVE = "([^/]+/){0,2}";

    /** For ServiceLoader. */
    public WordPressArchiveFormat() {}

    @Override
    public String name() {
        return "wordpress-archive";
    }

    @Override
    public Optional<ImportRules> rules(Name application) {
        return application.value().equals("wordpress")
                ? Optional.of(new ImportRules(
                        Name.of(name()),
                        List.of(ABOVE + "wp-content", "(?!wp-content/)" + ABOVE + "(?<!wp-content/)[^/]+\\.sql"),
                        List.of(new Directory("files", ABOVE + "wp-content/uploads")),
                        Optional.of("(?!wp-content/)" + ABOVE + "(?<!wp-content/)[^/]+\\.sql")))
                : Optional.empty();
    }
}
