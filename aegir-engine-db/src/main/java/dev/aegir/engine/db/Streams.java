// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;

/** Reads what programs say while they run, so that none of them waits for being read. */
final class Streams {
    /** Longer than the titles of the tables of any database that this program has to do with. */
    private static final int MOST = 32 * 1024 * 1024;

    private Streams() {}

    /** What a stream says, to its end; of what is very long the beginning. */
    static CompletableFuture<String> text(InputStream stream) {
        CompletableFuture<String> text = new CompletableFuture<>();
        Thread reader = new Thread(
                () -> {
                    try {
                        String first = new String(stream.readNBytes(MOST), StandardCharsets.UTF_8);
                        stream.transferTo(OutputStream.nullOutputStream());
                        text.complete(first);
                    } catch (IOException e) {
                        text.complete("");
                    }
                },
                "aegir-database");
        reader.setDaemon(true);
        reader.start();
        return text;
    }
}
