// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.app.drupal;

import dev.aegir.model.ImportRules;
import dev.aegir.model.ImportRules.Directory;
import dev.aegir.model.Name;
import dev.aegir.spi.ImportFormat;
import java.util.List;
import java.util.Optional;

/**
 * What {@code drush archive:dump} of Drush 11 and later makes: {@code MANIFEST.yml}, {@code database/database.sql}, the public files of
 * the site as {@code files}, without what Drupal makes anew, and {@code code}. Private files are in it only where they are below the
 * public ones.
 */
public final class DrushDumpFormat implements ImportFormat {
    /** For ServiceLoader. */
    public DrushDumpFormat() {}

    @Override
    public String name() {
        return "drush-dump";
    }

    @Override
    public Optional<ImportRules> rules(Name application) {
        return application.value().equals("drupal")
                ? Optional.of(new ImportRules(
                        Name.of(name()),
                        List.of("MANIFEST\\.yml", "database/database\\.sql"),
                        List.of(new Directory("files", "files"), new Directory("private", "files/private")),
                        Optional.of("database/database\\.sql")))
                : Optional.empty();
    }
}
