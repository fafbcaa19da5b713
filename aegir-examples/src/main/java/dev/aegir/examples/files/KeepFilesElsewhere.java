// SPDX-License-Identifier: Apache-2.0
package dev.aegir.examples.files;

import dev.aegir.Aegir;
import dev.aegir.model.Id;
import dev.aegir.model.Server;
import dev.aegir.model.Service;
import dev.aegir.model.ServiceKind;
import dev.aegir.task.EnrolServer;
import dev.aegir.task.FetchFiles;
import dev.aegir.task.PrepareServer;
import dev.aegir.task.RemoveStoredFiles;
import dev.aegir.task.StoreFiles;
import dev.aegir.task.TaskInfo;

/** What a site writes is also in a bucket, on a storage box or in a repository of git, and comes back from there. */
public final class KeepFilesElsewhere {
    private KeepFilesElsewhere() {}

    /** The secrets {@code s3/id} and {@code s3/key} open the bucket. */
    public static void offerBucket(Aegir aegir, Server vault, String endpoint, String insecure)
            throws InterruptedException {
        // tag::bucket[]
        Service offsite = Service.of(ServiceKind.FILE, "s3")
                .named("offsite")
                .with("endpoint", endpoint)
                .with("insecure", insecure)
                .with("bucket", "sites")
                .with("prefix", "aegir")
                .with("id", "s3/id")
                .with("key", "s3/key");
        aegir.run(new EnrolServer(vault.offering(offsite))).orThrow();
        aegir.run(new PrepareServer(vault.name().value())).orThrow();
        // end::bucket[]
    }

    /** The secret {@code ssh/box} is the private key of the account. */
    public static void offerBox(Aegir aegir, Server vault, String host, String port, String hostKey)
            throws InterruptedException {
        // tag::box[]
        Service box = Service.of(ServiceKind.FILE, "sftp")
                .named("box")
                .with("host", host)
                .with("port", port)
                .with("user", "box")
                .with("host-key", hostKey)
                .with("key", "ssh/box")
                .with("directory", "store");
        aegir.run(new EnrolServer(vault.offering(box))).orThrow();
        aegir.run(new PrepareServer(vault.name().value())).orThrow();
        // end::box[]
    }

    public static void offerDirectory(Aegir aegir, Server vault, String directory) throws InterruptedException {
        // tag::directory[]
        Service nas = Service.of(ServiceKind.FILE, "directory").named("nas").with("directory", directory);
        aegir.run(new EnrolServer(vault.offering(nas))).orThrow();
        aegir.run(new PrepareServer(vault.name().value())).orThrow();
        // end::directory[]
    }

    public static void offerRepositories(Aegir aegir, Server vault) throws InterruptedException {
        // tag::git[]
        Service history = Service.of(ServiceKind.FILE, "git").named("history").with("directory", "/srv/git");
        aegir.run(new EnrolServer(vault.offering(history))).orThrow();
        aegir.run(new PrepareServer(vault.name().value())).orThrow();
        // end::git[]
    }

    /** The secret {@code git/key} is the private key of an account that may write the repository. */
    public static void offerRepository(Aegir aegir, Server vault, String url, String hostKey)
            throws InterruptedException {
        // tag::remote[]
        Service hosted = Service.of(ServiceKind.FILE, "git")
                .named("hosted")
                .with("url", url)
                .with("credential", "git/key")
                .with("host-key", hostKey);
        aegir.run(new EnrolServer(vault.offering(hosted))).orThrow();
        aegir.run(new PrepareServer(vault.name().value())).orThrow();
        // end::remote[]
    }

    public static TaskInfo store(Aegir aegir, String name, String store) throws InterruptedException {
        // tag::store[]
        TaskInfo stored = aegir.run(StoreFiles.of(name, store)).orThrow();
        System.out.println(stored.result("stored.sent.bytes") + " bytes sent");
        // end::store[]
        return stored;
    }

    public static void fetch(Aegir aegir, String name, String store) throws InterruptedException {
        // tag::fetch[]
        aegir.run(FetchFiles.of(name, store)).orThrow();
        // end::fetch[]
    }

    public static void fetchInto(Aegir aegir, String name, String store) throws InterruptedException {
        // tag::other[]
        Id source = aegir.inventory().site(name).orElseThrow().id();
        aegir.run(FetchFiles.of("staging." + name, store).from(source)).orThrow();
        // end::other[]
    }

    /** As it was then, whatever was stored since. */
    public static void fetchEarlier(Aegir aegir, String name, String store, TaskInfo stored)
            throws InterruptedException {
        // tag::version[]
        String version = stored.result("stored.version");
        aegir.run(FetchFiles.of(name, store).version(version)).orThrow();
        // end::version[]
    }

    public static void remove(Aegir aegir, Id site, String store) throws InterruptedException {
        // tag::remove[]
        RemoveStoredFiles task = RemoveStoredFiles.of(site, store);
        System.out.println(aegir.preview(task));
        aegir.run(task).orThrow();
        // end::remove[]
    }
}
