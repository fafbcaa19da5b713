// SPDX-License-Identifier: Apache-2.0
package dev.aegir.benchmark;

import dev.aegir.host.Secret;
import dev.aegir.lab.Lab;
import dev.aegir.lab.LabBucket;
import dev.aegir.lab.LabServer;
import dev.aegir.model.Environment;
import dev.aegir.model.SecretRef;
import dev.aegir.model.Server;
import dev.aegir.model.Service;
import dev.aegir.model.ServiceKind;
import dev.aegir.model.Site;
import dev.aegir.task.EnrolServer;
import dev.aegir.task.FetchFiles;
import dev.aegir.task.InstallSite;
import dev.aegir.task.PrepareServer;
import dev.aegir.task.RemoveStoredFiles;
import dev.aegir.task.StoreFiles;
import java.util.List;

/**
 * How long it takes to keep what a site writes in a store of files and to bring it back from there, into another site; and what memory
 * that takes. The stores are on the same machine: a bucket of a program beside this one, and an account for SFTP, a directory and a
 * repository of git on the site's server.
 */
public final class StoreBenchmark {
    private static final String NAME = Content.FILES.site();
    private static final Site OTHER = Site.of("fetched.example.net", "code")
            .environment(Environment.STAGING)
            .http("bench/http")
            .runtime("bench/runtime");

    private final SiteOptions options;
    private final Hosting hosting;
    private final Timings timings = new Timings(List.of("aegir"));

    private StoreBenchmark(SiteOptions options, Hosting hosting) throws Exception {
        this.options = options;
        this.hosting = hosting;
    }

    /**
     * Measures.
     *
     * @param arguments the options; a wrong one says which there are
     * @throws Exception when something fails
     */
    public static void main(String[] arguments) throws Exception {
        try {
            SiteOptions options = SiteOptions.parse("store", arguments).filesOnly();
            try (Lab lab = Lab.open();
                    Hosting hosting = new Hosting(options, lab, "bench");
                    LabBucket bucket = LabBucket.open("127.0.0.1")) {
                new StoreBenchmark(options, hosting).everything(bucket);
            }
        } catch (WrongOptionException e) {
            e.end();
        }
    }

    private void everything(LabBucket bucket) throws Exception {
        offer(bucket);
        hosting.run(new InstallSite(OTHER));
        List<String> stores = List.of("s3", "sftp", "directory", "git").stream()
                .filter(options::wants)
                .toList();
        for (int run = 1; run <= options.runs(); run++) {
            Hosting.say("Run " + run + " of " + options.runs());
            for (String store : stores) {
                timed(store + ", first", () -> hosting.run(StoreFiles.of(NAME, "bench/" + store)));
            }
            hosting.change(Content.FILES, run);
            for (String store : stores) {
                timed(store + ", again with 1 % changed", () -> hosting.run(StoreFiles.of(NAME, "bench/" + store)));
            }
            for (String store : stores) {
                fetch(store);
                hosting.run(RemoveStoredFiles.of(hosting.site(Content.FILES).id(), "bench/" + store));
            }
            timings.write(options.output(), "round trips");
        }
        Hosting.say("\n" + timings.markdown("round trips"));
        Hosting.say("Written to " + options.output());
    }

    /** Into a site that has nothing. */
    private void fetch(String store) throws Exception {
        Site other = hosting.aegir().inventory().site(OTHER.name()).orElseThrow();
        hosting.shell("bench", "find \"$1\" -mindepth 1 -delete", files(other));
        FetchFiles task = FetchFiles.of(OTHER.name().value(), "bench/" + store)
                .from(hosting.site(Content.FILES).id());
        timed(store + ", fetched", () -> hosting.run(task));
        if (!hosting.fingerprint("bench", files(other))
                .equals(hosting.fingerprint("bench", files(hosting.site(Content.FILES))))) {
            throw new IllegalStateException(store + " has brought other files than there were");
        }
    }

    private static String files(Site site) {
        return Hosting.directory(site) + "/files";
    }

    private void timed(String what, Timings.Timed timed) throws Exception {
        long requests = hosting.requests();
        timings.time(what, "aegir", timed);
        timings.note(what, String.valueOf(hosting.requests() - requests));
    }

    private void offer(LabBucket bucket) throws Exception {
        LabServer machine = hosting.machine("bench");
        machine.exec("sh", "-ec", """
                mkdir -p /srv/git
                id box >/dev/null 2>&1 || useradd --system --home-dir /srv/box --shell /usr/sbin/nologin box
                install -d -o root -g root -m 755 /srv/box
                install -d -o box -g box -m 700 /srv/box/store
                cp ~/.ssh/authorized_keys /etc/ssh/box.keys
                chmod 644 /etc/ssh/box.keys
                printf '%s\\n' 'Match User box' 'AuthorizedKeysFile /etc/ssh/box.keys' 'ChrootDirectory /srv/box' \\
                    'ForceCommand internal-sftp' 'AllowTcpForwarding no' >/etc/ssh/sshd_config.d/box.conf
                systemctl reload ssh
                """).orThrow();
        hosting.aegir().secrets().keep(SecretRef.of("s3/id"), Secret.of(LabBucket.ID));
        hosting.aegir().secrets().keep(SecretRef.of("s3/key"), Secret.of(LabBucket.KEY));
        Server server = hosting.aegir().inventory().server("bench").orElseThrow();
        hosting.run(new EnrolServer(server.offering(Service.of(ServiceKind.FILE, "s3")
                        .with("endpoint", bucket.endpoint())
                        .with("insecure", "yes")
                        .with("bucket", LabBucket.NAME)
                        .with("id", "s3/id")
                        .with("key", "s3/key")
                        .named("s3"))
                .offering(Service.of(ServiceKind.FILE, "sftp")
                        .with("host", machine.address().getHost())
                        .with("port", String.valueOf(machine.sshPort()))
                        .with("user", "box")
                        .with("host-key", machine.hostKey())
                        .with("key", KeySecrets.NAME.name())
                        .with("directory", "store")
                        .named("sftp"))
                .offering(Service.of(ServiceKind.FILE, "directory")
                        .with("directory", "/srv/nas/aegir")
                        .named("directory"))
                .offering(Service.of(ServiceKind.FILE, "git")
                        .with("directory", "/srv/git")
                        .named("git"))));
        hosting.run(new PrepareServer(server.name()));
    }
}
