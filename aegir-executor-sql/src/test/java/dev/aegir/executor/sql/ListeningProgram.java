// SPDX-License-Identifier: Apache-2.0
package dev.aegir.executor.sql;

import dev.aegir.spi.Store;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;

/** A program that listens to a store's queue, says what it begins, and ends nothing. */
final class ListeningProgram {
    private ListeningProgram() {}

    /**
     * Runs until it is killed.
     *
     * @param arguments the store's file
     */
    public static void main(String[] arguments) throws Exception {
        Store store = Stores.open(Path.of(arguments[0]));
        store.queue()
                .listen(
                        id -> {
                            System.out.println(
                                    store.ledger().begin(id, Instant.now()).isPresent() ? "began " + id : "lost " + id);
                            new CountDownLatch(1).await();
                        },
                        2);
        System.out.println("listening");
        new CountDownLatch(1).await();
    }
}
