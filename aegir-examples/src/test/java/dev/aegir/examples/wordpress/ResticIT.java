// SPDX-License-Identifier: Apache-2.0
package dev.aegir.examples.wordpress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aegir.Aegir;
import dev.aegir.examples.Browser.Page;
import dev.aegir.examples.backup.BackUpAndProve;
import dev.aegir.host.Secret;
import dev.aegir.lab.LabBucket;
import dev.aegir.lab.LabServer;
import dev.aegir.model.Backup;
import dev.aegir.model.Backup.Level;
import dev.aegir.model.HostKey;
import dev.aegir.model.Id;
import dev.aegir.model.Name;
import dev.aegir.model.Retention;
import dev.aegir.model.SecretRef;
import dev.aegir.model.Server;
import dev.aegir.model.Service;
import dev.aegir.model.ServiceKind;
import dev.aegir.model.Site;
import dev.aegir.task.BackupSite;
import dev.aegir.task.DeleteBackup;
import dev.aegir.task.EnrolServer;
import dev.aegir.task.InstallSite;
import dev.aegir.task.PrepareServer;
import dev.aegir.task.PruneBackups;
import dev.aegir.task.RestoreSite;
import dev.aegir.task.TaskInfo;
import dev.aegir.task.TaskState;
import dev.aegir.task.VerifyBackup;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A real WordPress is kept in repositories of restic, and is what it was when it is restored. */
@Tag("lab")
@Timeout(600)
class ResticIT {
    private static final String NAME = "blog.example.net";
    private static final SecretRef PASSWORD = SecretRef.of("restic/vault");
    private static final String LOCAL = "/srv/aegir/restic";
    private static WordPressLab lab;
    private static LabServer vault;

    @TempDir
    Path home;

    @BeforeAll
    static void open() {
        lab = new WordPressLab();
        vault = lab.lab.server("vault", spec -> spec.fileSystem("/srv/aegir/backups", 24L << 20));
    }

    @AfterAll
    static void close() {
        lab.close();
    }

    /** A blog that is backed up to a repository on its own server. */
    private BackedUpBlog installed(Aegir aegir) throws Exception {
        aegir.secrets().keep(PASSWORD, Secret.of("correct 'horse' \"battery\" $taple"));
        offer(aegir, restic());
        WordPressLab.codebase(aegir, "wp", "/opt/applications/wordpress-6.8");
        Site site = WordPressLab.site(NAME, "wp", "php84").backup("web1/restic");
        aegir.run(new InstallSite(site)).orThrow();
        BackedUpBlog blog = new BackedUpBlog(lab, site).settled(aegir);
        blog.as(
                "mkdir -p files/2026; echo 'a picture' >files/2026/a.txt; ln -s a.txt files/2026/b.txt;"
                        + " chmod 0640 files/2026/a.txt; mkfifo files/fifo; ln -s /etc/passwd files/out; printf x >files/caf\\\\351");
        return blog;
    }

    private static Service restic() {
        return Service.of(ServiceKind.BACKUP, "restic").named("restic").with("password", PASSWORD.name());
    }

    private static void offer(Aegir aegir, Service service) throws InterruptedException {
        Server web1 = aegir.inventory().server(Name.of("web1")).orElseThrow();
        aegir.run(new EnrolServer(web1.offering(service))).orThrow();
        aegir.run(new PrepareServer("web1")).orThrow();
    }

    private static Id backedUp(Aegir aegir) throws InterruptedException {
        return Id.of(aegir.run(BackupSite.of(NAME).frozen()).orThrow().result("backup.id"));
    }

    private static Backup backup(Aegir aegir, Id id) {
        return aegir.inventory().backup(id).orElseThrow();
    }

    /** Runs restic as a person would, to look at what there is. */
    private static String byHand(String... words) {
        String command = "RESTIC_PASSWORD_FILE=/proc/self/fd/0 exec restic --no-cache -r " + LOCAL + " \"$@\"";
        String[] all = new String[words.length + 4];
        List.of("sh", "-c", command, "restic").toArray(all);
        System.arraycopy(words, 0, all, 4, words.length);
        return lab.web1
                .execWithInput("correct 'horse' \"battery\" $taple", all)
                .orThrow()
                .stdout();
    }

    private static long snapshots() {
        return byHand("list", "snapshots").lines().count();
    }

    @Test
    void aSiteIsWhatItWasWhenItIsRestored() throws Exception {
        try (Aegir aegir = lab.fresh(home)) {
            BackedUpBlog blog = installed(aegir);
            BackUpAndProve example = new BackUpAndProve(aegir);
            aegir.run(new PrepareServer("web1")).orThrow(); // There is one: it is never made again.
            assertThat(snapshots()).as("only the mark").isEqualTo(1);
            String rows = blog.rows(aegir);
            String files = wanted(blog.files());

            Id first = backedUp(aegir);
            assertThat(byHand(
                            "ls",
                            backup(aegir, first)
                                    .contents()
                                    .orElseThrow()
                                    .parts()
                                    .get(0)
                                    .file()))
                    .contains("/files/files/out", "/database/")
                    .doesNotContain("/files/files/out/");
            long size = size();
            Id second = backedUp(aegir);
            assertThat(size() - size).as("what is there is not stored twice").isLessThan(size / 4);
            for (Level level : List.of(Level.STRUCTURE, Level.SAMPLE, Level.FULL)) {
                aegir.run(new VerifyBackup(first, level)).orThrow();
            }
            assertThat(backup(aegir, first).verified().orElseThrow().level()).isEqualTo(Level.FULL);
            example.drill(first);
            assertThat(backup(aegir, first).verified().orElseThrow().level()).isEqualTo(Level.DRILL);

            blog.title("Changed by mistake");
            blog.as("rm files/2026/a.txt; echo worse >files/2026/c.txt; mkdir files/2027");
            Id safety = example.restore(NAME, first);
            assertThat(blog.rows(aegir)).isEqualTo(rows);
            assertThat(blog.files()).isEqualTo(files);
            assertThat(lab.browser(NAME).get("/").body()).contains("Hello world!");
            assertThat(blog.left(aegir)).isEmpty();

            Site copy = WordPressLab.site("copy.example.net", "wp", "php82");
            example.restoreCopy(second, copy);
            assertThat(lab.browser("copy.example.net").get("/")).returns(200, Page::status);

            assertThat(snapshots()).isEqualTo(4);
            aegir.run(new DeleteBackup(safety)).orThrow();
            assertThat(snapshots()).isEqualTo(3);
            Id third = backedUp(aegir);
            aegir.run(new PruneBackups(NAME, new Retention(0, 0, 0, 0, 0, 1, Duration.ZERO)))
                    .orThrow();
            assertThat(aegir.inventory().backups()).extracting(Backup::id).contains(third);
            assertThat(snapshots()).isEqualTo(1 + aegir.inventory().backups().size());
            assertThat(byHand("prune", "--dry-run")).contains("to delete:", "0 blobs / 0 B");
            aegir.run(new VerifyBackup(third, Level.FULL)).orThrow();
        }
    }

    /** Of links that lead out and FIFOs nothing comes back. */
    private static String wanted(String files) {
        return files.lines()
                .filter(line -> !line.matches("files/(fifo|out)\\|.*"))
                .map(line -> line + "\n")
                .reduce("", String::concat);
    }

    private static long size() {
        return Long.parseLong(lab.web1
                .exec("sh", "-c", "du -sb " + LOCAL + "/data | cut -f 1")
                .stdout()
                .strip());
    }

    @Test
    void whateverIsKilledLeavesAllOfABackupOrNothing() throws Exception {
        Id taken = Id.next();
        BackedUpBlog blog;
        try (Aegir aegir = lab.fresh(home)) {
            blog = installed(aegir);
            CompletableFuture<Boolean> killed = CompletableFuture.supplyAsync(() -> lab.web1
                    .exec("timeout", "60", "sh", "-c", "until pkill -KILL -r R,S,D -x restic; do sleep 0.01; done")
                    .succeeded());
            TaskInfo task = aegir.run(BackupSite.of(NAME));
            assertThat(killed.join()).isTrue();
            assertThat(task.state()).as(task.toString()).isEqualTo(TaskState.ROLLED_BACK);
            assertThat(snapshots()).isEqualTo(1);
            assertThat(aegir.inventory().backups()).isEmpty();

            // What is open to nobody cannot be backed up, and that is no success.
            blog.as("mkdir -m 0 files/closed");
            TaskInfo closed = aegir.run(BackupSite.of(NAME));
            assertThat(closed.state()).isEqualTo(TaskState.ROLLED_BACK);
            assertThat(closed.cause().orElse("")).contains("files/closed");
            blog.as("rmdir files/closed");
        }

        // The program dies when restic has made its snapshot, and before anybody has written that down.
        String[] words = {"1 after running once unshare", NAME, taken.value()};
        assertThat(KilledBackup.killed(home, words)).isEqualTo("AT after running once unshare");
        assertThat(snapshots()).isEqualTo(2);
        try (Aegir aegir = Aegir.open(home)) {
            TaskInfo task = aegir.submit(KilledBackup.submission(home.toString(), words[0], words[1], words[2]))
                    .await(Duration.ofMinutes(3));
            assertThat(task.state()).as(task.toString()).isEqualTo(TaskState.SUCCEEDED);
            assertThat(snapshots()).as("found again, and not made twice").isEqualTo(2);
            aegir.run(new VerifyBackup(taken, Level.FULL)).orThrow();
            devicesNeverComeBack(aegir, blog);
            damageIsFoundAndNothingOfItIsUsed(aegir, blog);
        }
    }

    private static void devicesNeverComeBack(Aegir aegir, BackedUpBlog blog) throws Exception {
        String device = "/srv/aegir/sites/" + blog.site().id() + "/files/2026/null";
        lab.web1.exec("mknod", "-m", "0666", device, "c", "1", "3").orThrow();
        Id backup = backedUp(aegir);
        String files = blog.files();
        TaskInfo restored = aegir.run(RestoreSite.of(NAME, backup));
        assertThat(restored.state()).as(restored.toString()).isEqualTo(TaskState.ROLLED_BACK);
        assertThat(restored.cause().orElse("")).contains("/files/files/2026/null: operation not permitted");
        assertThat(blog.files()).isEqualTo(files);
        assertThat(blog.left(aegir)).isEmpty();
        lab.web1.exec("rm", device).orThrow();
    }

    private static void damageIsFoundAndNothingOfItIsUsed(Aegir aegir, BackedUpBlog blog) throws Exception {
        blog.as("head -c 3000000 /dev/urandom >files/2026/large");
        Id backup = backedUp(aegir);
        // In the middle of the largest pack file is what was in files.
        lab.web1
                .exec(
                        "sh",
                        "-ec",
                        "cd " + LOCAL
                                + "/data; p=$(find . -type f -printf '%s %p\\n' | sort -n | tail -n 1 | cut -d ' ' -f 2);"
                                + " chmod u+w $p; printf XXXXXXXX | dd of=$p bs=1 seek=1500000 conv=notrunc status=none")
                .orThrow();
        String rows = blog.rows(aegir);
        String files = blog.files();
        aegir.run(new VerifyBackup(backup, Level.STRUCTURE)).orThrow();
        TaskInfo full = aegir.run(new VerifyBackup(backup, Level.FULL));
        assertThat(full.state()).isEqualTo(TaskState.ROLLED_BACK);
        assertThat(full.cause().orElse("")).contains("is damaged", "ciphertext verification failed");
        assertThat(backup(aegir, backup).verified()).isEmpty();
        offer(aegir, restic().with("sample", "100%"));
        TaskInfo sample = aegir.run(new VerifyBackup(backup, Level.SAMPLE));
        assertThat(sample.cause().orElse("")).contains("is damaged", "Pack ID does not match");

        TaskInfo restored = aegir.run(RestoreSite.of(NAME, backup));
        assertThat(restored.state()).as(restored.toString()).isEqualTo(TaskState.ROLLED_BACK);
        assertThat(blog.rows(aegir)).isEqualTo(rows);
        assertThat(blog.files()).isEqualTo(files);
        assertThat(blog.left(aegir)).isEmpty();

        byHand(
                "forget",
                backup(aegir, backup).contents().orElseThrow().parts().get(0).file());
        assertThat(aegir.run(new VerifyBackup(backup, Level.STRUCTURE)).cause().orElse(""))
                .contains("is not in", "any more");
    }

    @Test
    void anotherServerKeepsItBySftpAndABucket() throws Exception {
        try (Aegir aegir = lab.fresh(home)) {
            vault.reset();
            vault.exec("sh", "-ec", """
                    useradd -r -m -d /srv/restic -s /bin/sh restic
                    install -d -o restic -m 0700 /srv/restic/.ssh
                    ssh-keygen -q -t ed25519 -N '' -f /root/key
                    { printf 'restrict,command="internal-sftp" '; cat /root/key.pub; } >/srv/restic/.ssh/authorized_keys
                    chown restic /srv/restic/.ssh/authorized_keys
                    """).orThrow();
            aegir.secrets().keep(SecretRef.of("ssh/restic"), Secret.of(vault.file("/root/key")));
            BackedUpBlog blog = installed(aegir);
            BackUpAndProve example = new BackUpAndProve(aegir);
            Server server =
                    Server.at("vault", vault.address()).hostKey(vault.hostKey()).credential(WordPressLab.KEY);
            example.offerRestic(server, "vault");
            String rows = blog.rows(aegir);
            String files = wanted(blog.files());
            Id backup = Id.of(aegir.run(BackupSite.of(NAME).to("vault/backup").frozen())
                    .orThrow()
                    .result("backup.id"));
            aegir.run(new VerifyBackup(backup, Level.FULL)).orThrow();
            blog.title("Changed by mistake");
            blog.as("rm -r files/2026");
            Id safety = example.restore(NAME, backup);
            assertThat(blog.rows(aegir)).isEqualTo(rows);
            assertThat(blog.files()).isEqualTo(files);
            assertThat(blog.left(aegir)).isEmpty();
            example.delete(safety).orThrow();
            assertThat(vault.exec("sh", "-c", "find /srv/restic/sites ! -user restic | wc -l")
                            .stdout()
                            .strip())
                    .as("files that are not the account's")
                    .isEqualTo("0");
            assertThat(lab.web1
                            .exec(
                                    "sh",
                                    "-c",
                                    "find /run -path '/run/aegir-restic?*'; find /root/.ssh -name known_hosts")
                            .stdout())
                    .as("keys and known hosts leave nothing")
                    .isBlank();

            aBucketKeepsIt(aegir, blog);

            // Somebody else answers there.
            Server known = aegir.inventory().server(Name.of("vault")).orElseThrow();
            vault.exec("sh", "-ec", """
                    rm /etc/ssh/ssh_host_ed25519_key*; ssh-keygen -q -t ed25519 -N '' -f /etc/ssh/ssh_host_ed25519_key
                    """).orThrow();
            assertThat(known.hostKey()).isNotEqualTo(Optional.of(HostKey.of(vault.hostKey())));
            vault.exec("systemctl", "restart", "ssh").orThrow();
            TaskInfo refused = aegir.run(BackupSite.of(NAME).to("vault/backup"));
            assertThat(refused.state()).as(refused.toString()).isEqualTo(TaskState.ROLLED_BACK);
            assertThat(refused.cause().orElse("")).contains("host key");
        }
    }

    private static void aBucketKeepsIt(Aegir aegir, BackedUpBlog blog) throws Exception {
        try (LabBucket bucket = LabBucket.open(here())) {
            aegir.secrets().keep(SecretRef.of("s3/id"), Secret.of(LabBucket.ID));
            aegir.secrets().keep(SecretRef.of("s3/key"), Secret.of(LabBucket.KEY));
            offer(
                    aegir,
                    restic().named("bucket")
                            .with("repository", "s3:" + bucket.endpoint() + "/" + LabBucket.NAME + "/wordpress")
                            .with("s3.id", "s3/id")
                            .with("s3.key", "s3/key")
                            .with("s3.lookup", "path"));
            blog.as("head -c 5000000 /dev/urandom >files/large");
            String rows = blog.rows(aegir);
            String files = wanted(blog.files());
            Id backup = toBucket(aegir);
            aegir.run(new VerifyBackup(backup, Level.SAMPLE)).orThrow();
            aegir.run(new VerifyBackup(backup, Level.FULL)).orThrow();
            blog.title("Changed by mistake");
            blog.as("rm -r files/2026");
            Id safety = new BackUpAndProve(aegir).restore(NAME, backup);
            assertThat(blog.rows(aegir)).isEqualTo(rows);
            assertThat(blog.files()).isEqualTo(files);
            aegir.run(new DeleteBackup(safety)).orThrow();
            blog.as("rm files/large; echo more >files/2026/d.txt");
            Id second = toBucket(aegir);
            aegir.run(new VerifyBackup(second, Level.FULL)).orThrow();
            assertThat(lengths(bucket, "snapshots"))
                    .as("the mark and two backups")
                    .hasSize(3);
            assertThat(sum(lengths(bucket, "data")))
                    .as("what is there is not stored twice")
                    .isBetween(5_000_000L, 10_000_000L);
            aegir.run(new PruneBackups(NAME, new Retention(0, 0, 0, 0, 0, 1, Duration.ZERO)))
                    .orThrow();
            assertThat(lengths(bucket, "snapshots")).as("the mark and a backup").hasSize(2);
            assertThat(sum(lengths(bucket, "data")))
                    .as("what nobody needs is gone")
                    .isLessThan(5_000_000);
            aegir.run(new VerifyBackup(second, Level.FULL)).orThrow();
            assertThat(aegir.inventory().backup(backup)).isEmpty();
            assertThat(lab.web1
                            .exec("stat", "-c", "%a %U", "/var/cache/aegir-restic")
                            .stdout())
                    .isEqualTo("700 root\n");

            // Nobody without the key gets in, and nothing is left of the attempt.
            aegir.secrets().keep(SecretRef.of("s3/key"), Secret.of("wr0ng-key"));
            TaskInfo refused = aegir.run(BackupSite.of(NAME).to("web1/bucket"));
            assertThat(refused.state()).as(refused.toString()).isEqualTo(TaskState.ROLLED_BACK);
            assertThat(refused.toString()).doesNotContain("wr0ng-key");
        }
    }

    private static Id toBucket(Aegir aegir) throws InterruptedException {
        return Id.of(aegir.run(BackupSite.of(NAME).to("web1/bucket").frozen())
                .orThrow()
                .result("backup.id"));
    }

    private static List<Long> lengths(LabBucket bucket, String kind) {
        return List.copyOf(bucket.objects()
                .subMap("wordpress/" + kind + "/", "wordpress/" + kind + "0")
                .values());
    }

    private static long sum(List<Long> lengths) {
        return lengths.stream().mapToLong(Long::longValue).sum();
    }

    /** The address at which the lab's servers find this program. */
    private static String here() throws Exception {
        byte[] there = InetAddress.getByName(lab.web1
                        .exec("hostname", "-i")
                        .orThrow()
                        .stdout()
                        .strip()
                        .split(" ")[0])
                .getAddress();
        for (NetworkInterface each : Collections.list(NetworkInterface.getNetworkInterfaces())) {
            for (InterfaceAddress address : each.getInterfaceAddresses()) {
                byte[] ours = address.getAddress().getAddress();
                int bits = address.getNetworkPrefixLength();
                if (ours.length == there.length
                        && new BigInteger(1, ours)
                                        .xor(new BigInteger(1, there))
                                        .shiftRight(ours.length * 8 - bits)
                                        .signum()
                                == 0) {
                    return address.getAddress().getHostAddress();
                }
            }
        }
        throw new IllegalStateException("this machine is in no network of the lab's");
    }
}
