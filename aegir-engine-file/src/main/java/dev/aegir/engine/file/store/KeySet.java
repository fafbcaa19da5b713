// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.file.store;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * Remembers many names or checksums with a number each, in 20 bytes: by the first half of a SHA-256, of which nobody can make two
 * that are alike. Not thread-safe.
 */
final class KeySet {
    private static final int NONE = -1;
    private long[] first = new long[1 << 10];
    private long[] second = new long[1 << 10];
    private int[] numbers = filled(1 << 10);
    private int size;

    /** Remembers a name. */
    void name(String name) {
        put(Sums.begun().digest(name.getBytes(StandardCharsets.ISO_8859_1)), 0);
    }

    boolean hasName(String name) {
        return number(Sums.begun().digest(name.getBytes(StandardCharsets.ISO_8859_1))) != NONE;
    }

    /** Remembers a checksum, as 64 digits, with a number that is not negative. */
    void sum(String sha256, int number) {
        put(HexFormat.of().parseHex(sha256), number);
    }

    boolean hasSum(String sha256) {
        return number(HexFormat.of().parseHex(sha256)) != NONE;
    }

    boolean hasSum(String sha256, int number) {
        return number(HexFormat.of().parseHex(sha256)) == number;
    }

    int size() {
        return size;
    }

    private int number(byte[] sum) {
        ByteBuffer all = ByteBuffer.wrap(sum);
        return numbers[place(all.getLong(), all.getLong())];
    }

    private void put(byte[] sum, int number) {
        ByteBuffer all = ByteBuffer.wrap(sum);
        long a = all.getLong();
        long b = all.getLong();
        if (size * 2 >= numbers.length) {
            grow();
        }
        int place = place(a, b);
        size += numbers[place] == NONE ? 1 : 0;
        first[place] = a;
        second[place] = b;
        numbers[place] = number;
    }

    /** Where it is, or would be. */
    private int place(long a, long b) {
        int mask = numbers.length - 1;
        int place = (int) b & mask;
        while (numbers[place] != NONE && !(first[place] == a && second[place] == b)) {
            place = (place + 1) & mask;
        }
        return place;
    }

    private void grow() {
        long[] a = first;
        long[] b = second;
        int[] each = numbers;
        int length = Math.multiplyExact(each.length, 2);
        first = new long[length];
        second = new long[length];
        numbers = filled(length);
        for (int i = 0; i < each.length; i++) {
            if (each[i] != NONE) {
                int place = place(a[i], b[i]);
                first[place] = a[i];
                second[place] = b[i];
                numbers[place] = each[i];
            }
        }
    }

    private static int[] filled(int length) {
        int[] all = new int[length];
        Arrays.fill(all, NONE);
        return all;
    }
}
