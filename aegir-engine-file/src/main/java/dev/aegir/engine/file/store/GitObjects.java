// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.file.store;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

/**
 * Which object of git has the content of a path, for many paths, in 40 bytes each. By a part of the path's checksum: whoever finds
 * two that are alike there gets the wrong object, and is told so by the index's checksum. Not thread-safe.
 */
final class GitObjects {
    private static final int WORDS = 3;
    private static final int BYTES = 20;
    private long[] keys = new long[1 << 10];
    private long[] objects = new long[WORDS << 10];
    private int size;

    void put(String path, String object) {
        if (size * 5L >= keys.length * 4L) {
            grow();
        }
        int place = place(keys, key(path));
        size += keys[place] == 0 ? 1 : 0;
        keys[place] = key(path);
        ByteBuffer bytes = ByteBuffer.wrap(Arrays.copyOf(HexFormat.of().parseHex(object), WORDS * Long.BYTES));
        for (int i = 0; i < WORDS; i++) {
            objects[place * WORDS + i] = bytes.getLong();
        }
    }

    Optional<String> get(String path) {
        int place = place(keys, key(path));
        if (keys[place] == 0) {
            return Optional.empty();
        }
        ByteBuffer bytes = ByteBuffer.allocate(WORDS * Long.BYTES);
        for (int i = 0; i < WORDS; i++) {
            bytes.putLong(objects[place * WORDS + i]);
        }
        return Optional.of(HexFormat.of().formatHex(bytes.array(), 0, BYTES));
    }

    private static long key(String path) {
        long key = ByteBuffer.wrap(Sums.begun().digest(GitNames.bytes(path))).getLong();
        return key == 0 ? 1 : key;
    }

    private static int place(long[] keys, long key) {
        int mask = keys.length - 1;
        int place = (int) key & mask;
        while (keys[place] != 0 && keys[place] != key) {
            place = (place + 1) & mask;
        }
        return place;
    }

    private void grow() {
        int length = Math.multiplyExact(keys.length, 2);
        long[] more = new long[length];
        long[] moved = new long[Math.multiplyExact(length, WORDS)];
        for (int i = 0; i < keys.length; i++) {
            if (keys[i] != 0) {
                int place = place(more, keys[i]);
                more[place] = keys[i];
                System.arraycopy(objects, i * WORDS, moved, place * WORDS, WORDS);
            }
        }
        keys = more;
        objects = moved;
    }
}
