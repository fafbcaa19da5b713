// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.app.drupal;

import dev.aegir.model.ImportRules;
import dev.aegir.model.ImportRules.Directory;
import dev.aegir.model.Name;
import dev.aegir.spi.ImportFormat;
import java.util.List;
import java.util.Optional;

/**
 * What {@code drush archive-dump} makes: {@code MANIFEST.ini}, a dump, and the web root. Public files are below {@code
 * sites}, private ones beside or in them; archives of several sites are refused.
 */
public final class DrushArchiveFormat implements ImportFormat {
    private static final String SITE = "[^/]+/sites/(?!all/)[^/]+/";

    /** For ServiceLoader. */
    public DrushArchiveFormat() {}

    @Override
    public String name() {
        return "drush-archive";
    }

    @Override
    public Optional<ImportRules> rules(Name application) {
        return application.value().equals("drupal")
                ? Optional.of(new ImportRules(
                        Name.of(name()),
                        List.of("MANIFEST\\.ini", "[^/]+/sites"),
                        List.of(
                                new Directory("files", SITE + "files"),
                                new Directory("private", SITE + "(files/)?private")),
                        Optional.of("[^/]+\\.sql")))
                : Optional.empty();
    }
}
