// SPDX-License-Identifier: Apache-2.0
package dev.aegir.examples.wordpress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aegir.Aegir;
import dev.aegir.examples.Browser.Page;
import dev.aegir.examples.files.KeepFilesElsewhere;
import dev.aegir.host.Secret;
import dev.aegir.lab.LabServer;
import dev.aegir.model.Environment;
import dev.aegir.model.Id;
import dev.aegir.model.SecretRef;
import dev.aegir.model.Server;
import dev.aegir.model.Site;
import dev.aegir.task.DeleteSite;
import dev.aegir.task.DisableSite;
import dev.aegir.task.FetchFiles;
import dev.aegir.task.InstallSite;
import dev.aegir.task.StoreFiles;
import dev.aegir.task.Task;
import dev.aegir.task.TaskInfo;
import dev.aegir.task.TaskState;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a WordPress has uploaded is kept in a bucket, on a storage box and in repositories of git, and comes back. */
@Tag("lab")
@Timeout(300)
class FileStoresIT {
    private static final String NAME = "blog.example.net";
    private static final String STORE = "web1/offsite";
    private static final int DEADLY = 5;
    private static WordPressLab lab;

    @TempDir
    Path home;

    @BeforeAll
    static void open() {
        lab = new WordPressLab();
        // A browser names hosts itself, which Java's client must be told before anybody uses it, as the store does.
        lab.browser(NAME);
    }

    @AfterAll
    static void close() {
        lab.web1.exec("sh", "-c", "rm -f /etc/ssh/sshd_config.d/box.conf; systemctl restart ssh");
        lab.close();
    }

    private static Server web1(Aegir aegir) {
        return aegir.inventory().server("web1").orElseThrow();
    }

    private static void failed(Aegir aegir, Task task, String why) throws InterruptedException {
        TaskInfo info = aegir.run(task);
        assertThat(info.state()).as(info.toString()).isEqualTo(TaskState.ROLLED_BACK);
        assertThat(info.cause().orElse("")).contains(why);
        assertThat(info.toString()).doesNotContain("the/secret+key");
    }

    @Test
    void whatASiteWritesIsAlsoElsewhere() throws Exception {
        try (BucketServer bucket = new BucketServer("127.0.0.1", "sites", "the-id", "the/secret+key")) {
            List<String> sent = new CopyOnWriteArrayList<>();
            Site site = WordPressLab.site(NAME, "wp", "php84");
            Site staging = WordPressLab.site("staging." + NAME, "wp", "php82")
                    .environment(Environment.STAGING)
                    .with("cron", "off");
            BackedUpBlog blog = new BackedUpBlog(lab, site);
            BackedUpBlog copy = new BackedUpBlog(lab, staging);
            try (Aegir aegir = lab.fresh(home)) {
                aegir.secrets().keep(SecretRef.of("s3/id"), Secret.of("the-id"));
                aegir.secrets().keep(SecretRef.of("s3/key"), Secret.of("the/secret+key"));
                WordPressLab.codebase(aegir, "wp", "/opt/applications/wordpress-6.8");
                aegir.run(new InstallSite(site)).orThrow();
                aegir.run(new InstallSite(staging)).orThrow();
                BackedUpBlog settled = blog.settled(aegir);
                assertThat(settled).isEqualTo(blog);
                KeepFilesElsewhere.offerBucket(aegir, web1(aegir), bucket.endpoint(), "yes");
                blog.as(
                        "mkdir -p files/notes/empty; for i in $(seq 30); do echo $i >files/notes/$i; done; cd files;"
                                + " echo x >-e; echo y >\"$(printf 'two\\nlines')\"; printf x >\"$(printf 'caf\\351')\";"
                                + " ln -s notes/1 link; chmod 640 notes/2; find . -exec touch -h -d '2026-01-02 03:04:05.5' {} +");
            }
            String files = blog.files();
            killedInTheMiddle(bucket, sent);
            try (Aegir aegir = Aegir.open(home)) {
                TaskInfo stored =
                        aegir.submit(KilledStore.submission(NAME, STORE)).await(Duration.ofMinutes(2));
                assertThat(stored.state()).as(stored.toString()).isEqualTo(TaskState.SUCCEEDED);
                List<String> objects =
                        sent.stream().filter(name -> name.contains("/objects/")).toList();
                assertThat(objects.size() - objects.stream().distinct().count())
                        .as("what was sent is not sent again, but for what was on its way")
                        .isLessThanOrEqualTo(4);

                sent.clear();
                blog.as("echo changed >files/notes/1");
                TaskInfo again = KeepFilesElsewhere.store(aegir, NAME, STORE);
                assertThat(again.result("stored.sent.bytes")).isEqualTo("8");
                assertThat(sent).as("one object and the index").hasSize(2);

                KeepFilesElsewhere.fetchInto(aegir, NAME, STORE);
                assertThat(copy.files()).isEqualTo(blog.files().replace(account(site), account(staging)));
                assertThat(copy.as("ls -A | grep -c '^[.][br]' || true").strip())
                        .isEqualTo("0");
                assertThat(lab.browser("staging." + NAME).get("/")).returns(200, Page::status);

                whatIsNotAsItWasIsNotUsed(aegir, bucket, blog);
                boxKeepsIt(aegir, blog);
                directoryKeepsIt(aegir, blog);
                repositoryKeepsWhatWas(aegir, blog);
                repositoryElsewhereKeepsIt(aegir, blog);
                assertThat(files).isNotEqualTo(blog.files());
                whatIsStoredGoesWithoutTheSite(aegir, bucket, staging.id());
            }
        }
    }

    private static String account(Site site) {
        return site.id().account();
    }

    /** When the fifth object arrives nobody waits for an answer any more. */
    private void killedInTheMiddle(BucketServer bucket, List<String> sent) throws Exception {
        CompletableFuture<Process> program = new CompletableFuture<>();
        bucket.room = name -> {
            sent.add(name);
            if (sent.size() == DEADLY) {
                program.join().destroyForcibly(); // SIGKILL
            }
            return true;
        };
        Process started = KilledStore.start(home, NAME, STORE);
        program.complete(started);
        assertThat(started.waitFor(3, TimeUnit.MINUTES)).isTrue();
        assertThat(started.exitValue()).as("killed").isEqualTo(137);
        assertThat(bucket.names()).isNotEmpty().noneMatch(name -> name.endsWith("/index"));
    }

    private static void whatIsNotAsItWasIsNotUsed(Aegir aegir, BucketServer bucket, BackedUpBlog blog)
            throws Exception {
        String files = blog.files();
        String object = bucket.names()
                .filter(name -> name.contains("/objects/"))
                .findFirst()
                .orElseThrow();
        bucket.spoil(object);
        failed(aegir, FetchFiles.of(NAME, STORE), "is not what was stored");
        assertThat(blog.files()).isEqualTo(files);
        bucket.spoil(object);
        assertThatThrownBy(() -> aegir.run(FetchFiles.of(NAME, STORE).from(Id.next())))
                .hasMessageContaining("Files go down");

        bucket.room = name -> false;
        blog.as("echo more >files/notes/more");
        failed(aegir, StoreFiles.of(NAME, STORE), "is full");
        bucket.room = name -> true;

        blog.as("rm -r files/notes; ln -s /etc files/notes");
        KeepFilesElsewhere.fetch(aegir, NAME, STORE);
        assertThat(blog.files()).isEqualTo(files);
        assertThat(blog.as("ls -A | grep -c '^[.][br]' || true").strip()).isEqualTo("0");
        assertThat(blog.visit()).returns(200, Page::status);
    }

    private static void directoryKeepsIt(Aegir aegir, BackedUpBlog blog) throws Exception {
        KeepFilesElsewhere.offerDirectory(aegir, web1(aegir), "/srv/nas/aegir");
        KeepFilesElsewhere.store(aegir, NAME, "web1/nas");
        String files = blog.files();
        blog.as("rm -r files/notes");
        KeepFilesElsewhere.fetch(aegir, NAME, "web1/nas");
        assertThat(blog.files()).isEqualTo(files);
        assertThat(blog.visit()).returns(200, Page::status);
    }

    /** The same server has an account that can do SFTP alone. */
    private static void boxKeepsIt(Aegir aegir, BackedUpBlog blog) throws Exception {
        LabServer box = lab.web1;
        box.exec("sh", "-ec", """
                id box >/dev/null 2>&1 || useradd --system --home-dir /srv/box --shell /usr/sbin/nologin box
                install -d -o root -g root -m 755 /srv/box
                install -d -o box -g box -m 700 /srv/box/store
                cp /root/.ssh/authorized_keys /etc/ssh/box.keys
                chmod 644 /etc/ssh/box.keys
                printf '%s\\n' 'Match User box' 'AuthorizedKeysFile /etc/ssh/box.keys' 'ChrootDirectory /srv/box' \\
                    'ForceCommand internal-sftp' 'AllowTcpForwarding no' >/etc/ssh/sshd_config.d/box.conf
                systemctl restart ssh
                """).orThrow();
        aegir.secrets().keep(SecretRef.of("ssh/box"), Secret.of(Files.readString(lab.lab.privateKey())));
        KeepFilesElsewhere.offerBox(
                aegir,
                web1(aegir),
                String.valueOf(box.address().getHost()),
                String.valueOf(box.sshPort()),
                box.hostKey());
        KeepFilesElsewhere.store(aegir, NAME, "web1/box");
        String files = blog.files();
        blog.as("rm -r files/notes");
        KeepFilesElsewhere.fetch(aegir, NAME, "web1/box");
        assertThat(blog.files()).isEqualTo(files);
    }

    private static void repositoryKeepsWhatWas(Aegir aegir, BackedUpBlog blog) throws Exception {
        lab.web1.exec("rm", "-rf", "/srv/git").orThrow();
        KeepFilesElsewhere.offerRepositories(aegir, web1(aegir));
        TaskInfo first = KeepFilesElsewhere.store(aegir, NAME, "web1/history");
        String files = blog.files();
        blog.as("rm -r files/notes; echo other >files/other");
        KeepFilesElsewhere.store(aegir, NAME, "web1/history");
        KeepFilesElsewhere.fetchEarlier(aegir, NAME, "web1/history", first);
        assertThat(blog.files()).isEqualTo(files);
        assertThat(blog.visit()).returns(200, Page::status);
        assertThatThrownBy(() -> aegir.run(FetchFiles.of(NAME, STORE).version("1")))
                .hasMessageContaining("no earlier version");
    }

    /** An account that can do git alone, and that is reached by a URL. */
    private void repositoryElsewhereKeepsIt(Aegir aegir, BackedUpBlog blog) throws Exception {
        lab.web1.exec("sh", "-ec", """
                grep -qx /usr/bin/git-shell /etc/shells || echo /usr/bin/git-shell >>/etc/shells
                id keeper >/dev/null 2>&1 || useradd --system --home-dir /srv/keeper --shell /usr/bin/git-shell keeper
                rm -rf /srv/keeper
                install -d -o keeper -m 700 /srv/keeper /srv/keeper/.ssh
                install -o keeper -m 600 /root/.ssh/authorized_keys /srv/keeper/.ssh/authorized_keys
                runuser -u keeper -- git init --quiet --bare /srv/keeper/files.git
                """).orThrow();
        String hostKey = lab.web1
                .exec("cut", "-d", " ", "-f", "1,2", "/etc/ssh/ssh_host_ed25519_key.pub")
                .orThrow()
                .stdout()
                .strip();
        String key = Files.readString(lab.lab.privateKey());
        aegir.secrets().keep(SecretRef.of("git/key"), Secret.of(key));
        KeepFilesElsewhere.offerRepository(aegir, web1(aegir), "ssh://keeper@localhost/srv/keeper/files.git", hostKey);
        TaskInfo stored = KeepFilesElsewhere.store(aegir, NAME, "web1/hosted");
        String files = blog.files();
        blog.as("rm -r files/notes");
        KeepFilesElsewhere.fetchEarlier(aegir, NAME, "web1/hosted", stored);
        assertThat(blog.files()).isEqualTo(files);
        assertThat(said(key.lines().skip(2).findFirst().orElseThrow()))
                .as("files with the key, but for that of the secret")
                .isEmpty();
    }

    /** What the program has written down, inventory, journal and log, that has a text in it. */
    private List<Path> said(String text) throws IOException {
        try (Stream<Path> files = Files.walk(home)) {
            List<Path> all = files.filter(Files::isRegularFile)
                    .filter(file -> !file.startsWith(home.resolve("secrets")))
                    .toList();
            List<Path> found = new ArrayList<>();
            for (Path file : all) {
                if (Files.readString(file, StandardCharsets.ISO_8859_1).contains(text)) {
                    found.add(file);
                }
            }
            assertThat(all).isNotEmpty();
            return found;
        }
    }

    private static void whatIsStoredGoesWithoutTheSite(Aegir aegir, BucketServer bucket, Id other) throws Exception {
        Id id = aegir.inventory().site(NAME).orElseThrow().id();
        aegir.run(new DisableSite(NAME)).orThrow();
        aegir.run(new DeleteSite(NAME).withoutSafetyBackup()).orThrow();
        assertThat(bucket.names()).isNotEmpty();
        KeepFilesElsewhere.remove(aegir, other, STORE);
        assertThat(bucket.names()).isNotEmpty();
        for (String store : List.of(STORE, "web1/box", "web1/history", "web1/hosted")) {
            KeepFilesElsewhere.remove(aegir, id, store);
        }
        assertThat(bucket.names()).isEmpty();
        assertThat(lab.web1
                        .exec(
                                "sh",
                                "-c",
                                "find /srv/git /var/cache/aegir/files -mindepth 1; find /srv/box/store -type f;"
                                        + " runuser -u keeper -- git --git-dir=/srv/keeper/files.git for-each-ref")
                        .orThrow()
                        .stdout())
                .isEmpty();
    }
}
