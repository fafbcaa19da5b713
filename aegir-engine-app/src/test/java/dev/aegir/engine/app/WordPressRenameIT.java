// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aegir.lab.Lab;
import dev.aegir.lab.LabServer;
import dev.aegir.spi.StoredForm;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What becomes of stored values when a site is renamed, in real PHP. */
@Tag("lab")
@Timeout(300)
class WordPressRenameIT {
    private static final String CALL = PhpResource.code("wordpress-rename.php")
            + "echo json_encode(array_map(fn ($v) => aegir_rewrite($v, 'old.example', 'https://new.example.org'), "
            + "json_decode(stream_get_contents(STDIN), true)), JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE | JSON_THROW_ON_ERROR);";

    private record Values(List<String> values) {}

    private static Map<String, String> vectors() {
        Map<String, String> all = new LinkedHashMap<>();
        all.put("http://old.example/x", "https://new.example.org/x");
        all.put("https://old.example", "https://new.example.org");
        all.put("HTTP://OLD.example", "https://new.example.org");
        all.put("//old.example/a", "//new.example.org/a");
        all.put("see http://old.example. And", "see https://new.example.org. And");
        all.put("q=http%3A%2F%2Fold.example%2Fx", "q=https%3A%2F%2Fnew.example.org%2Fx");
        all.put("{\"u\":\"http:\\/\\/old.example\\/x\"}", "{\"u\":\"https:\\/\\/new.example.org\\/x\"}");
        for (String other : List.of(
                "http://old.example.net",
                "http://old.example:80",
                "http://my-old.example",
                "http://my.old.example",
                "ann@old.example",
                "http://ann@old.example",
                "ftp://old.example",
                "old.example")) {
            all.put(other, other);
        }
        // Lengths are bytes, names of members stay, objects are never made, what is inside is rewritten too.
        all.put(
                "a:1:{s:18:\"http://old.example\";s:21:\"http://old.example/é\";}",
                "a:1:{s:18:\"http://old.example\";s:26:\"https://new.example.org/é\";}");
        all.put(
                "O:4:\"Evil\":2:{s:1:\"a\";i:1;s:1:\"b\";s:13:\"//old.example\";}",
                "O:4:\"Evil\":2:{s:1:\"a\";i:1;s:1:\"b\";s:17:\"//new.example.org\";}");
        all.put(
                "a:1:{i:0;s:40:\"a:1:{s:1:\"x\";s:18:\"http://old.example\";}\";}",
                "a:1:{i:0;s:45:\"a:1:{s:1:\"x\";s:23:\"https://new.example.org\";}\";}");
        return all;
    }

    /** They look serialised, and are not, or only their class could read them. */
    private static List<String> unreadable() {
        return List.of(
                "a:1:{i:0;s:99:\"http://old.example\";}",
                "a:2:{i:0;s:18:\"http://old.example\";}",
                "C:4:\"Evil\":18:{http://old.example}",
                "a:1:{i:0;s:18:\"http://old.example\";}x",
                "a:1:{i:0;".repeat(300) + "s:18:\"http://old.example\";" + "}".repeat(300));
    }

    @Test
    void addressesBecomeTheNewOneAndNothingElseDoes() {
        try (Lab lab = Lab.open()) {
            LabServer server = lab.server("web1");
            for (String php : List.of("php8.2", "php8.4")) {
                assertThat(rewritten(server, php, List.copyOf(vectors().keySet())))
                        .isEqualTo("[" + String.join(",", quoted(vectors().values())) + "]");
                assertThat(rewritten(server, php, unreadable())).isEqualTo("[null,null,null,null,null]");
            }
        }
    }

    private static String rewritten(LabServer server, String php, List<String> values) {
        String all = StoredForm.write(new Values(values));
        String array = all.substring(all.indexOf('['), all.lastIndexOf(']') + 1);
        return server.execWithInput(array, php, "-r", CALL).orThrow().stdout();
    }

    private static List<String> quoted(Iterable<String> texts) {
        List<String> all = new ArrayList<>();
        texts.forEach(text -> all.add(StoredForm.write(text)));
        return all;
    }
}
