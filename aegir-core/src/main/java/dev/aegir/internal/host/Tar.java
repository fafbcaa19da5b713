// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal.host;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Writes regular files as a tar archive in memory.
 *
 * @see <a href="https://www.gnu.org/software/tar/manual/html_node/Standard.html">the ustar format, and GNU long names</a>
 */
final class Tar {
    private static final int BLOCK = 512;
    private static final int SHORT_NAME = 99;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final long seconds;

    Tar(long seconds) {
        this.seconds = seconds;
    }

    void file(String name, byte[] content, String mode, String user, String group) {
        byte[] raw = name.getBytes(StandardCharsets.UTF_8);
        if (raw.length > SHORT_NAME) {
            byte[] terminated = new byte[raw.length + 1];
            System.arraycopy(raw, 0, terminated, 0, raw.length);
            header("././@LongLink".getBytes(StandardCharsets.US_ASCII), terminated.length, "0644", "root", "root", 'L');
            data(terminated);
            raw = java.util.Arrays.copyOf(raw, SHORT_NAME);
        }
        header(raw, content.length, mode, user, group, '0');
        data(content);
    }

    byte[] finished() {
        out.writeBytes(new byte[2 * BLOCK]);
        return out.toByteArray();
    }

    private void data(byte[] content) {
        out.writeBytes(content);
        int rest = content.length % BLOCK;
        if (rest != 0) {
            out.writeBytes(new byte[BLOCK - rest]);
        }
    }

    private void header(byte[] name, int size, String mode, String user, String group, char type) {
        byte[] block = new byte[BLOCK];
        System.arraycopy(name, 0, block, 0, name.length);
        text(block, 100, "000" + mode); // eight octal digits with their NUL
        text(block, 108, "0000000");
        text(block, 116, "0000000");
        text(block, 124, String.format("%011o", size));
        text(block, 136, String.format("%011o", seconds));
        block[156] = (byte) type;
        text(block, 257, "ustar");
        text(block, 263, "00");
        text(block, 265, user);
        text(block, 297, group);
        java.util.Arrays.fill(block, 148, 156, (byte) ' ');
        int sum = 0;
        for (byte b : block) {
            sum += b & 0xff;
        }
        text(block, 148, String.format("%06o", sum));
        block[154] = 0;
        out.writeBytes(block);
    }

    private static void text(byte[] block, int at, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(bytes, 0, block, at, bytes.length);
    }
}
