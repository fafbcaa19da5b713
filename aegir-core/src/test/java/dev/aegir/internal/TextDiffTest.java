// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TextDiffTest {
    @Test
    void equalTextsDoNotDiffer() {
        assertThat(TextDiff.unified("", "")).isEmpty();
        assertThat(TextDiff.unified("a\nb\n", "a\nb\n")).isEmpty();
    }

    @Test
    void newAndRemovedTexts() {
        assertThat(TextDiff.unified("", "a\nb\n")).isEqualTo("+a\n+b\n");
        assertThat(TextDiff.unified("a\nb\n", "")).isEqualTo("-a\n-b\n");
    }

    @Test
    void aChangeHasThreeLinesAroundIt() {
        String before = lines(1, 20);
        String after = before.replace("line 10\n", "line ten\nand more\n");
        assertThat(TextDiff.unified(before, after))
                .isEqualTo("@@\n line 7\n line 8\n line 9\n-line 10\n+line ten\n+and more\n"
                        + " line 11\n line 12\n line 13\n@@\n");
    }

    @Test
    void changesFarApartHaveAGapBetweenThem() {
        String before = lines(1, 30);
        String after = before.replace("line 1\n", "").replace("line 30\n", "line 30\nline 31\n");
        assertThat(TextDiff.unified(before, after))
                .isEqualTo("-line 1\n line 2\n line 3\n line 4\n@@\n line 28\n line 29\n line 30\n+line 31\n");
    }

    @Test
    void linesThatOnlyEndDifferently() {
        assertThat(TextDiff.unified("a\nb", "a\nb\n")).isEqualTo("(only the ends of lines differ)\n");
        assertThat(TextDiff.unified("a\r\nb\r\n", "a\nb\n")).isEqualTo("(only the ends of lines differ)\n");
    }

    /** Whatever two texts are, the lines with - and those without sign are the one, those with + and without the other. */
    @Test
    void tellsHowToGetFromOneToTheOther() {
        Random random = new Random(42);
        for (int i = 0; i < 300; i++) {
            List<String> before = words(random);
            List<String> after = words(random);
            String diff = TextDiff.unified(text(before), text(after));
            if (before.equals(after)) {
                assertThat(diff).isEmpty();
                continue;
            }
            long removed = diff.lines().filter(line -> line.startsWith("-")).count();
            long added = diff.lines().filter(line -> line.startsWith("+")).count();
            assertThat(before.size() - removed).isEqualTo(after.size() - added);
            assertThat(removed + added).isPositive();
            if (!diff.contains("@@")) {
                assertThat(side(diff, '-')).isEqualTo(before);
                assertThat(side(diff, '+')).isEqualTo(after);
            }
        }
    }

    @Test
    void aSmallChangeOfALargeFileIsASmallDifference() {
        String before = lines(1, 50_000);
        String after = before.replace("line 25000\n", "changed\n");
        assertThat(TextDiff.unified(before, after).lines()).hasSize(10);
    }

    @Test
    void hugeTextsThatHaveNothingInCommonAreReplaced() {
        assertThat(TextDiff.unified(lines(1, 3000), lines(10_001, 13_000)).lines())
                .hasSize(6000);
    }

    private static String lines(int from, int to) {
        return IntStream.rangeClosed(from, to).mapToObj(i -> "line " + i + "\n").collect(Collectors.joining());
    }

    private static List<String> words(Random random) {
        return IntStream.range(0, random.nextInt(8))
                .mapToObj(i -> String.valueOf((char) ('a' + random.nextInt(4))))
                .toList();
    }

    private static String text(List<String> lines) {
        return lines.stream().map(line -> line + "\n").collect(Collectors.joining());
    }

    private static List<String> side(String diff, char sign) {
        List<String> side = new ArrayList<>();
        diff.lines()
                .filter(line -> line.charAt(0) == ' ' || line.charAt(0) == sign)
                .forEach(line -> side.add(line.substring(1)));
        return side;
    }
}
