// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.app.scan;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Settings are read as text, and only what they say plainly is taken. */
class FoundSettingsTest {
    private static FoundSettings wordpress(String text) {
        return FoundSettings.read(ScanCode.Kind.WORDPRESS, text);
    }

    private static FoundSettings drupal(String text) {
        return FoundSettings.read(ScanCode.Kind.DRUPAL, text);
    }

    @Test
    void asTheyComeWithTheCode() {
        assertThat(wordpress("define( 'DB_NAME', 'blog_1' );\r\n$table_prefix = 'wp_';\r\n"))
                .isEqualTo(new FoundSettings(Optional.of("blog_1"), Optional.of("wp_")));
        assertThat(wordpress(
                        "// define('DB_NAME', 'old');\n  define(\"DB_NAME\",'new-1'); # ours\n$table_prefix=\"x_\";\n"))
                .isEqualTo(new FoundSettings(Optional.of("new-1"), Optional.of("x_")));
        assertThat(
                        drupal(
                                " *   'database' => 'databasename',\n# 'prefix' => 'x',\n  'database' => 'shop',\n  'prefix' => '',\n"))
                .isEqualTo(new FoundSettings(Optional.of("shop"), Optional.of("")));
        assertThat(FoundSettings.read(ScanCode.Kind.COMPOSER, "define('DB_NAME', 'x');"))
                .isEqualTo(new FoundSettings(Optional.empty(), Optional.empty()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "define('DB_NAME', getenv('DB'));",
                "define('DB_NAME', 'a' . 'b');",
                "define('DB_NAME', 'a\\'b');",
                "define('DB_NAME', 'a'); define('DB_HOST', 'x');",
                "define('DB_NAME', 'a');\ndefine('DB_NAME', 'b');",
                "if ($x) define('DB_NAME', 'a');",
                "define('DB_NAME', \"a$b\");",
                "define('DB_NAME', 'a\");"
            })
    void whateverElseTheySayIsNotKnown(String text) {
        assertThat(wordpress(text).database()).isEmpty();
    }

    @Test
    void twoDatabasesOfADrupalAreNoneThatIsKnown() {
        assertThat(drupal("'database' => 'a',\n'database' => 'b',\n").database())
                .isEmpty();
        assertThat(drupal("$databases['default'] = ['database' => 'a'];\n").database())
                .isEmpty();
    }
}
