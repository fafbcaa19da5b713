// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.app;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Writes tar archives as nobody should: any name, any type, any header. */
final class Tar {
    private static final int BLOCK = 512;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    Tar file(String name, String content) {
        return entry(name, '0', 0644, "", content.getBytes(StandardCharsets.UTF_8));
    }

    Tar directory(String name) {
        return entry(name, '5', 0755, "", new byte[0]);
    }

    Tar symlink(String name, String target) {
        return entry(name, '2', 0777, target, new byte[0]);
    }

    Tar hardlink(String name, String target) {
        return entry(name, '1', 0644, target, new byte[0]);
    }

    /** Extended headers for the next entry. */
    Tar pax(String... keysAndValues) {
        StringBuilder records = new StringBuilder();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            String record = " " + keysAndValues[i] + "=" + keysAndValues[i + 1] + "\n";
            int length = record.getBytes(StandardCharsets.UTF_8).length;
            int digits = Integer.toString(length).length();
            int total = length + digits;
            if (Integer.toString(total).length() != digits) {
                total = length + digits + 1;
            }
            records.append(total).append(record);
        }
        return entry("pax", 'x', 0644, "", records.toString().getBytes(StandardCharsets.UTF_8));
    }

    Tar entry(String name, char type, int mode, String target, byte[] content) {
        return entry(name, type, mode, target, content, content.length);
    }

    Tar entry(String name, char type, int mode, String target, byte[] content, long size) {
        byte[] header = new byte[BLOCK];
        put(header, 0, name);
        put(header, 100, String.format("%07o", mode));
        put(header, 108, "0000000");
        put(header, 116, "0000000");
        put(header, 124, String.format("%011o", size));
        put(header, 136, "00000000000");
        Arrays.fill(header, 148, 156, (byte) ' ');
        header[156] = (byte) type;
        put(header, 157, target);
        put(header, 257, "ustar");
        put(header, 263, "00");
        int sum = 0;
        for (byte each : header) {
            sum += each & 0xff;
        }
        put(header, 148, String.format("%06o", sum));
        header[154] = 0;
        out.writeBytes(header);
        out.writeBytes(content);
        out.writeBytes(new byte[(BLOCK - content.length % BLOCK) % BLOCK]);
        return this;
    }

    byte[] bytes() {
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        whole.writeBytes(out.toByteArray());
        whole.writeBytes(new byte[2 * BLOCK]);
        return whole.toByteArray();
    }

    private static void put(byte[] header, int at, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        System.arraycopy(bytes, 0, header, at, bytes.length);
    }
}
