// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aegir.engine.app.drupal.AegirBackupFormat;
import dev.aegir.engine.app.drupal.DrushArchiveFormat;
import dev.aegir.engine.app.drupal.DrushDumpFormat;
import dev.aegir.model.ImportRules;
import dev.aegir.model.Name;
import dev.aegir.spi.ImportFormat;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What each format knows its archives by, and takes of them, by the names that such archives have. */
class ImportFormatsTest {
    private static final List<String> DRUSH = List.of(
            "MANIFEST.ini",
            "example_db.sql",
            "docroot",
            "docroot/index.php",
            "docroot/core/modules/node/node.sql",
            "docroot/sites",
            "docroot/sites/all",
            "docroot/sites/all/files",
            "docroot/sites/default",
            "docroot/sites/default/settings.php",
            "docroot/sites/default/files",
            "docroot/sites/default/files/private",
            "docroot/sites/default/modules",
            "docroot/modules/custom/sites/default/files");
    private static final List<String> DRUSH_11 = List.of(
            "MANIFEST.yml",
            "database",
            "database/database.sql",
            "files",
            "files/private",
            "files/database/database.sql",
            "code",
            "code/MANIFEST.ini",
            "code/web/sites/default/files",
            "code/database/database.sql");
    private static final List<String> AEGIR = List.of(
            "settings.php",
            "drushrc.php",
            "local.settings.php",
            "database.sql",
            "files",
            "files/database.sql",
            "private",
            "private/files",
            "private/temp",
            "modules",
            "modules/x/x.module");
    private static final List<String> WORDPRESS = List.of(
            "public_html",
            "public_html/wp-config.php",
            "public_html/wp-content",
            "public_html/wp-content/uploads",
            "public_html/wp-content/dump.sql",
            "public_html/wp-content/plugins/kit/uploads",
            "blog.sql");

    /** What is taken, by what it becomes; nothing when the format does not know the names. */
    private static Map<String, String> taken(ImportFormat format, String application, List<String> names) {
        ImportRules rules = format.rules(Name.of(application)).orElseThrow();
        Map<String, String> taken = new TreeMap<>();
        if (rules.markers().stream().allMatch(marker -> names.stream().anyMatch(name -> name.matches(marker)))) {
            rules.directories().forEach(each -> taken.put(each.target(), matching(names.stream(), each.pattern())));
            taken.put("database", matching(names.stream(), rules.database().orElseThrow()));
        }
        return taken;
    }

    private static String matching(Stream<String> names, String pattern) {
        return String.join(" ", names.filter(name -> name.matches(pattern)).toList());
    }

    @Test
    void eachKnowsItsOwn() {
        assertThat(taken(new DrushArchiveFormat(), "drupal", DRUSH))
                .isEqualTo(Map.of(
                        "files", "docroot/sites/default/files",
                        "private", "docroot/sites/default/files/private",
                        "database", "example_db.sql"));
        assertThat(taken(new DrushDumpFormat(), "drupal", DRUSH_11))
                .isEqualTo(Map.of("files", "files", "private", "files/private", "database", "database/database.sql"));
        assertThat(taken(new AegirBackupFormat(), "drupal", AEGIR))
                .isEqualTo(Map.of("files", "files", "private", "private/files", "database", "database.sql"));
        assertThat(taken(new WordPressArchiveFormat(), "wordpress", WORDPRESS))
                .isEqualTo(Map.of("files", "public_html/wp-content/uploads", "database", "blog.sql"));
        assertThat(taken(
                        new WordPressArchiveFormat(),
                        "wordpress",
                        List.of("wp-content", "wp-content/uploads", "wp-content/x.sql", "sql/dump.sql")))
                .isEqualTo(Map.of("files", "wp-content/uploads", "database", "sql/dump.sql"));
    }

    @Test
    void noneKnowsAnothers() {
        assertThat(taken(new DrushArchiveFormat(), "drupal", AEGIR)).isEmpty();
        assertThat(taken(new AegirBackupFormat(), "drupal", DRUSH)).isEmpty();
        assertThat(taken(new AegirBackupFormat(), "drupal", DRUSH_11)).isEmpty();
        assertThat(taken(new DrushArchiveFormat(), "drupal", DRUSH_11)).isEmpty();
        assertThat(taken(new DrushDumpFormat(), "drupal", DRUSH)).isEmpty();
        assertThat(taken(new DrushDumpFormat(), "drupal", AEGIR)).isEmpty();
        assertThat(new DrushDumpFormat().rules(Name.of("wordpress"))).isEmpty();
        assertThat(taken(new WordPressArchiveFormat(), "wordpress", AEGIR)).isEmpty();
        assertThat(new DrushArchiveFormat().rules(Name.of("wordpress"))).isEmpty();
        assertThat(new AegirBackupFormat().rules(Name.of("php"))).isEmpty();
        assertThat(new WordPressArchiveFormat().rules(Name.of("drupal"))).isEmpty();
    }

    @Test
    void allAreFound() {
        assertThat(ServiceLoader.load(ImportFormat.class).stream()
                        .map(each -> each.get().name())
                        .toList())
                .contains("drush-archive", "drush-dump", "aegir3-backup", "wordpress-archive");
    }
}
