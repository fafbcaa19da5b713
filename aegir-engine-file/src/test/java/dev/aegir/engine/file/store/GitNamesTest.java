// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.file.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What things of a site are called in a repository. */
class GitNamesTest {
    @Test
    void whatIsOrdinaryIsCalledAsItIs() {
        for (String name :
                List.of("files/a.txt", "files/a b/-e", "files/\u00e9\"'$`*", "files/gi/x~1", "a.git/b.gitignore")) {
            assertThat(GitNames.path(name)).isEqualTo("tree/" + name);
        }
    }

    @Test
    void whatMeansSomethingIsNot() {
        for (String name : List.of(
                ".git",
                ".GIT",
                ".gitattributes",
                ".gitmodules",
                ".git ",
                ".git::$INDEX_ALLOCATION",
                "git~1",
                "GITMOD~12",
                "gi7eb~1",
                // With what is between letters and not shown: U+200C.
                Entry.bytes(".g\u200cit"))) {
            String path = GitNames.path("files/" + name + "/x");
            assertThat(path).as(name).startsWith("tree/files/%").endsWith("/x");
            assertThat(path.toLowerCase(Locale.ROOT)).doesNotContain(".g").doesNotContain("/g");
        }
        assertThat(GitNames.path("files/a\nb\\c%\u007f")).isEqualTo("tree/files/a%0Ab%5Cc%25%7F");
    }

    /** So that no two are ever one. */
    @Test
    void whatItIsCanBeTold() {
        Pattern coded = Pattern.compile("%([0-9A-F]{2})");
        Random random = new Random(1);
        for (int i = 0; i < 100_000; i++) {
            StringBuilder name = new StringBuilder();
            for (int j = random.nextInt(8); j >= 0; j--) {
                name.append(".git~1%\\\n2E5C/x\u00e9".charAt(random.nextInt(16)));
            }
            String shown = name.toString().replaceAll("/+", "/").replaceAll("^/|/$", "");
            String back = coded.matcher(GitNames.path(shown).substring("tree/".length()))
                    .replaceAll(each ->
                            Matcher.quoteReplacement(String.valueOf((char) HexFormat.fromHexDigits(each.group(1)))));
            assertThat(back).isEqualTo(shown);
        }
    }

    @Test
    void objectsAreFound() {
        GitObjects objects = new GitObjects();
        for (int i = 0; i < 5000; i++) {
            objects.put(
                    "tree/" + i, Sums.of(new byte[] {(byte) i, (byte) (i >> 8)}).substring(0, 40));
        }
        for (int i = 0; i < 5000; i++) {
            assertThat(objects.get("tree/" + i))
                    .contains(Sums.of(new byte[] {(byte) i, (byte) (i >> 8)}).substring(0, 40));
        }
        assertThat(objects.get("tree/none")).isEmpty();
    }
}
