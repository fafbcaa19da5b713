// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** A dump is the same however its bytes arrive. */
class DumpReaderTest {
    /** Gives one byte at a time, as a slow connection may. */
    private static InputStream slow(byte[] bytes) {
        return new ByteArrayInputStream(bytes) {
            @Override
            public int read(byte[] to, int from, int most) {
                return super.read(to, from, Math.min(most, 1));
            }
        };
    }

    @Test
    void bytesAreReadOnce() throws IOException {
        byte[] bytes = ("a;;b'" + "x".repeat(200_000) + "'c").getBytes(StandardCharsets.US_ASCII);
        for (InputStream in : new InputStream[] {slow(bytes), new ByteArrayInputStream(bytes)}) {
            DumpReader reader = new DumpReader(in);
            assertThat(reader.peek()).isEqualTo('a');
            assertThat(reader.next()).isEqualTo('a');
            assertThat(reader.follows(new byte[] {';', ';', ';'}, 0)).isFalse();
            assertThat(reader.follows(new byte[] {'-', ';', ';'}, 1)).isTrue();
            assertThat(reader.next()).isEqualTo('b');
            assertThat(reader.next()).isEqualTo('\'');
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            while (reader.peek() != '\'') {
                reader.copy('\'', '\\', out);
            }
            assertThat(out.size()).isEqualTo(200_000);
            assertThat(reader.offset()).isEqualTo(200_005);
            assertThat(reader.next()).isEqualTo('\'');
            assertThat(reader.follows(new byte[] {'c', 'd'}, 0)).isFalse();
            assertThat(reader.next()).isEqualTo('c');
            assertThat(reader.next()).isEqualTo(-1);
            assertThat(reader.peek()).isEqualTo(-1);
            assertThat(reader.copy('a', 'b', out)).isZero();
        }
    }

    @Test
    void bytesAreWrittenInOrder() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        DumpWriter writer = new DumpWriter(out);
        byte[] long1 = "y".repeat(70_000).getBytes(StandardCharsets.US_ASCII);
        writer.write('a');
        writer.write(long1);
        writer.write(long1, 0, 60_000);
        writer.write('b');
        writer.write(long1, 0, 10_000);
        writer.flush();
        assertThat(out.toString(StandardCharsets.US_ASCII))
                .isEqualTo("a" + "y".repeat(130_000) + "b" + "y".repeat(10_000));
    }
}
