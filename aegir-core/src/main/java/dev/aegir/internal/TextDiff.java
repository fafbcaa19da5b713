// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal;

import java.util.ArrayList;
import java.util.List;

/** The difference between two texts, line by line, as people know it from {@code diff -u}. */
public final class TextDiff {
    private static final int CONTEXT = 3;
    private static final int MAX_CELLS = 4_000_000;

    private TextDiff() {}

    /**
     * Compares two texts by their longest common subsequence of lines.
     *
     * @param before the text as it is
     * @param after the text as it shall be
     * @return lines that begin with a space, {@code -} or {@code +}, with three lines around each difference; empty when the
     *     texts are equal
     */
    public static String unified(String before, String after) {
        if (before.equals(after)) {
            return "";
        }
        List<String> old = before.lines().toList();
        List<String> now = after.lines().toList();
        if (old.equals(now)) {
            return "(only the ends of lines differ)\n";
        }
        // What is the same at both ends costs nothing, so that a small change of a large file stays a small difference.
        int shorter = Math.min(old.size(), now.size());
        int head = 0;
        while (head < shorter && old.get(head).equals(now.get(head))) {
            head++;
        }
        int tail = 0;
        while (tail < shorter - head && old.get(old.size() - 1 - tail).equals(now.get(now.size() - 1 - tail))) {
            tail++;
        }
        List<String> oldMiddle = old.subList(head, old.size() - tail);
        List<String> nowMiddle = now.subList(head, now.size() - tail);
        List<String> all = new ArrayList<>();
        old.subList(0, head).forEach(line -> all.add(" " + line));
        all.addAll(
                (long) (oldMiddle.size() + 1) * (nowMiddle.size() + 1) > MAX_CELLS
                        ? replaced(oldMiddle, nowMiddle)
                        : merged(oldMiddle, nowMiddle));
        old.subList(old.size() - tail, old.size()).forEach(line -> all.add(" " + line));
        return shortened(all);
    }

    private static List<String> replaced(List<String> old, List<String> now) {
        List<String> out = new ArrayList<>();
        old.forEach(line -> out.add("-" + line));
        now.forEach(line -> out.add("+" + line));
        return out;
    }

    private static List<String> merged(List<String> old, List<String> now) {
        int[][] common = new int[old.size() + 1][now.size() + 1];
        for (int i = old.size() - 1; i >= 0; i--) {
            for (int j = now.size() - 1; j >= 0; j--) {
                common[i][j] = old.get(i).equals(now.get(j))
                        ? common[i + 1][j + 1] + 1
                        : Math.max(common[i + 1][j], common[i][j + 1]);
            }
        }
        List<String> out = new ArrayList<>();
        int i = 0;
        int j = 0;
        while (i < old.size() || j < now.size()) {
            if (i < old.size() && j < now.size() && old.get(i).equals(now.get(j))) {
                out.add(" " + old.get(i++));
                j++;
            } else if (j == now.size() || i < old.size() && common[i + 1][j] >= common[i][j + 1]) {
                out.add("-" + old.get(i++));
            } else {
                out.add("+" + now.get(j++));
            }
        }
        return out;
    }

    private static String shortened(List<String> lines) {
        boolean[] shown = new boolean[lines.size()];
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).charAt(0) != ' ') {
                for (int k = Math.max(0, i - CONTEXT); k <= Math.min(lines.size() - 1, i + CONTEXT); k++) {
                    shown[k] = true;
                }
            }
        }
        StringBuilder out = new StringBuilder();
        boolean gap = false;
        for (int i = 0; i < lines.size(); i++) {
            if (shown[i]) {
                out.append(lines.get(i)).append('\n');
                gap = false;
            } else if (!gap) {
                out.append("@@\n");
                gap = true;
            }
        }
        return out.toString();
    }
}
