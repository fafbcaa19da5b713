// SPDX-License-Identifier: Apache-2.0
package dev.aegir.executor.sql;

import dev.aegir.model.Id;
import dev.aegir.spi.Claim;
import dev.aegir.spi.Documents.Document;
import dev.aegir.spi.LedgerStep;
import dev.aegir.spi.LedgerTask;
import dev.aegir.spi.Store;
import dev.aegir.spi.Transition;
import dev.aegir.task.Lock;
import dev.aegir.task.StepState;
import dev.aegir.task.TaskState;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A program that changes a store as fast as it can, says after each change what it was told, and is killed. */
final class BusyProgram {
    private BusyProgram() {}

    /**
     * Runs until it is killed.
     *
     * @param arguments the store's file; a word that is different in each run
     */
    public static void main(String[] arguments) {
        Store store = Stores.open(Path.of(arguments[0]));
        for (int thread = 0; thread < 6; thread++) {
            String name = arguments[1] + "-" + thread;
            Thread worker = new Thread(() -> change(store, name), name);
            worker.start();
        }
    }

    private static void change(Store store, String name) {
        for (int i = 0; ; i++) {
            String key = name + "-" + i;
            LedgerTask task = Stores.submit(store, key, Lock.exclusive("site", name), Lock.shared("server", "web1"));
            say("task " + task.id() + " " + key);
            Claim claim = store.ledger().begin(task.id(), Instant.now()).orElseThrow();
            say("fence " + task.id() + " " + claim.task().fence());
            LedgerStep step =
                    new LedgerStep(0, 0, "step", "test", "{}", StepState.STARTED, 1, Map.of(), Optional.empty());
            Transition planned = Transition.planned(List.of(step), -1, List.of(Stores.line(task.id(), "planned")));
            store.ledger().record(task.id(), claim.task().fence(), planned, Instant.now());
            say("event " + task.id() + " planned");
            store.ledger().append(List.of(Stores.line(task.id(), "said " + i)));
            say("event " + task.id() + " said " + i);
            store.documents()
                    .save(new Document(
                            "site", Id.next(), key, Set.of("www-" + key), Set.of("link"), "{\"i\":" + i + "}"));
            say("document " + key);
            Transition done = Transition.steps(List.of(step.state(StepState.DONE)), List.of())
                    .into(TaskState.SUCCEEDED, Optional.empty());
            store.ledger().record(task.id(), claim.task().fence(), done, Instant.now());
            say("ended " + task.id());
        }
    }

    private static synchronized void say(String line) {
        System.out.println(line);
    }
}
