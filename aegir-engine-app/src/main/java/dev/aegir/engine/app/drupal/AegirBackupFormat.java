// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.app.drupal;

import dev.aegir.model.ImportRules;
import dev.aegir.model.ImportRules.Directory;
import dev.aegir.model.Name;
import dev.aegir.spi.ImportFormat;
import java.util.List;
import java.util.Optional;

/**
 * What Aegir 3 and its kin keep as backups: what was in the directory of a site, with {@code settings.php}, {@code drushrc.php},
 * {@code files} and {@code private/files}, and the dump {@code database.sql}.
 */
public final class AegirBackupFormat implements ImportFormat {
    /** For ServiceLoader. */
    public AegirBackupFormat() {}

    @Override
    public String name() {
        return "aegir3-backup";
    }

    @Override
    public Optional<ImportRules> rules(Name application) {
        return application.value().equals("drupal")
                ? Optional.of(new ImportRules(
                        Name.of(name()),
                        List.of("settings\\.php", "drushrc\\.php", "database\\.sql"),
                        List.of(new Directory("files", "files"), new Directory("private", "private/files")),
                        Optional.of("database\\.sql")))
                : Optional.empty();
    }
}
