// SPDX-License-Identifier: Apache-2.0
package dev.aegir.benchmark;

import dev.aegir.Aegir;
import dev.aegir.engine.app.DirectoryEngine;
import dev.aegir.engine.app.StaticApplication;
import dev.aegir.engine.http.NginxEngine;
import dev.aegir.model.Server;
import dev.aegir.spi.Secrets;
import dev.aegir.spi.Store;
import dev.aegir.task.CreateCodebase;
import dev.aegir.task.EnrolServer;
import dev.aegir.task.Inventory;
import dev.aegir.task.PrepareServer;
import dev.aegir.task.Task;
import dev.aegir.task.TaskInfo;
import dev.aegir.task.VerifyServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;

/**
 * The whole task: submitted, planned from the inventory, journalled durably step by step, the server looked at, and its sites
 * published.
 */
final class TaskContender implements Contender {
    private final Path home = Files.createTempDirectory("aegir-benchmark");
    private final CountedSsh ssh = new CountedSsh();
    private final Inventory inventory;
    private final Aegir aegir;

    TaskContender(Server server, Secrets secrets) throws IOException, InterruptedException {
        Store store = JournalBenchmark.open(home);
        inventory = store.documents().inventory(true);
        aegir = Aegir.builder()
                .onlyWhatIsNamed()
                .backend(ssh)
                .engine(new NginxEngine())
                .engine(new DirectoryEngine())
                .application(new StaticApplication())
                .store(store)
                .secrets(secrets)
                .open();
        for (Task task : List.of(
                new EnrolServer(server), new PrepareServer(server.name()), new CreateCodebase(Fleet.codebase()))) {
            aegir.run(task).orThrow();
        }
    }

    @Override
    public Measured converge(Fleet fleet, Case which) throws InterruptedException {
        // As if they had been installed: what is measured is to bring a server back to what is known of it.
        switch (which) {
            case FIRST -> {
                inventory.sites().forEach(site -> inventory.removeSite(site.id()));
                fleet.sites().forEach(inventory::save);
            }
            case ONE_CHANGED -> inventory.save(fleet.sites().get(0));
            case UNCHANGED -> {}
        }
        long requests = ssh.requests();
        long begun = System.nanoTime();
        TaskInfo done = aegir.run(new VerifyServer("web"));
        Measured measured = Measured.since(begun, OptionalLong.of(ssh.requests() - requests));
        done.orThrow();
        return measured;
    }

    @Override
    public void close() {
        aegir.close();
        Temporary.delete(home);
    }
}
