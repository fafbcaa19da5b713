// SPDX-License-Identifier: Apache-2.0
package dev.aegir.examples.wordpress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aegir.Aegir;
import dev.aegir.examples.backup.BackUpAndProve;
import dev.aegir.examples.portable.ImportAndExport;
import dev.aegir.host.Secret;
import dev.aegir.lab.LabServer;
import dev.aegir.model.Backup.Level;
import dev.aegir.model.Id;
import dev.aegir.model.SecretRef;
import dev.aegir.model.Server;
import dev.aegir.model.Site;
import dev.aegir.task.BackupSite;
import dev.aegir.task.DrillBackup;
import dev.aegir.task.ExportBackup;
import dev.aegir.task.InstallSite;
import dev.aegir.task.RestoreSite;
import dev.aegir.task.ScanCodebase;
import dev.aegir.task.Task;
import dev.aegir.task.TaskInfo;
import dev.aegir.task.TaskState;
import dev.aegir.task.VerifyBackup;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A real WordPress is backed up to a server that can neither read its backups nor make others of them. */
@Tag("lab")
@Timeout(600)
class ProtectedBackupIT {
    private static final String NAME = "blog.example.net";
    private static final SecretRef IDENTITY = SecretRef.of("age/backups");
    private static final SecretRef SIGNING = SecretRef.of("signing/backups");
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

    private static String shell(LabServer server, String script) {
        return server.exec("sh", "-ec", script).orThrow().stdout();
    }

    private static String on(LabServer server, String input, String script) {
        return server.execWithInput(input, "sh", "-ec", script)
                .orThrow()
                .stdout()
                .strip();
    }

    private static Id backedUp(Aegir aegir) throws Exception {
        return Id.of(aegir.run(BackupSite.of(NAME).to("vault/backup").frozen())
                .orThrow()
                .result("backup.id"));
    }

    private static void refused(Aegir aegir, Task task, String why) throws Exception {
        TaskInfo ended = aegir.run(task);
        assertThat(ended.state()).as(ended.toString()).isEqualTo(TaskState.ROLLED_BACK);
        assertThat(ended.cause().orElse("")).contains(why);
    }

    @Test
    void onlyTheHolderOfTheKeyReadsThemAndOnlyTheirMakerMakesThem() throws Exception {
        try (Aegir aegir = lab.fresh(home)) {
            vault.reset();
            String identity = shell(lab.web1, "age-keygen 2>/dev/null").strip();
            String signing = shell(lab.web1, "openssl genpkey -algorithm ed25519");
            aegir.secrets().keep(SIGNING, Secret.of(signing));
            String signer = on(lab.web1, signing, "openssl pkey -pubout | grep -v -e -----");
            BackUpAndProve example = new BackUpAndProve(aegir);
            example.offerProtected(
                    Server.at("vault", vault.address()).hostKey(vault.hostKey()).credential(WordPressLab.KEY),
                    on(lab.web1, identity, "age-keygen -y"),
                    signer);
            WordPressLab.codebase(aegir, "wp", "/opt/applications/wordpress-6.8");
            Site site = WordPressLab.site(NAME, "wp", "php84");
            aegir.run(new InstallSite(site)).orThrow();
            BackedUpBlog blog = new BackedUpBlog(lab, site).settled(aegir);
            blog.write("A title nobody else reads", "first");
            blog.as("sleep 3.1"); // what was written just now would look as if it had changed since
            backedUp(aegir);
            blog.as("echo second >files/2026/second.txt; rm files/2026/first.txt");
            Id last = backedUp(aegir);
            assertThat(aegir.inventory().backup(last).orElseThrow().base()).isPresent();
            String rows = blog.rows(aegir);
            String files = blog.files();
            blog.write("Changed by mistake", "third");

            // All of this was done without it.
            aegir.run(new VerifyBackup(last, Level.STRUCTURE)).orThrow();
            String later = blog.files();
            refused(aegir, new VerifyBackup(last, Level.FULL), "the secret age/backups that opens it is not there");
            refused(aegir, RestoreSite.of(NAME, last), "the secret age/backups that opens it is not there");
            assertThat(blog.files()).isEqualTo(later);
            assertThat(blog.left(aegir)).isEmpty();

            aegir.secrets().keep(IDENTITY, Secret.of(identity));
            aegir.run(new DrillBackup(last)).orThrow();
            example.restore(NAME, last);
            assertThat(blog.rows(aegir)).isEqualTo(rows);
            assertThat(blog.files()).isEqualTo(files);
            // Until now nothing was opened but where it was unpacked.
            aegir.run(new VerifyBackup(last, Level.FULL)).orThrow();
            aegir.run(new ExportBackup(last, "web1", "/srv/aegir/moved.tar")).orThrow();
            aegir.run(new ScanCodebase("wp")).orThrow();
            Site moved = WordPressLab.site("moved.example.net", "wp", "php84");
            ImportAndExport.bringProtected(aegir, "/srv/aegir/moved.tar", moved, signer)
                    .orThrow();
            assertThat(lab.browser("moved.example.net")
                            .get("/wp-content/uploads/2026/second.txt")
                            .body())
                    .isEqualTo("second\n");
            nothingIsLeftInClear();
            anotherHandIsNoticed(aegir, blog, last);
        }
    }

    /** Neither keys on any server, nor contents where the backups are. */
    private static void nothingIsLeftInClear() {
        String places = "/srv /var /tmp /run /etc /root /dev/shm";
        for (LabServer server : new LabServer[] {lab.web1, vault}) {
            assertThat(shell(server, "grep -rlIs -e AGE-SECRET-KEY- -e 'BEGIN PRIVATE KEY' " + places + " || :")
                            .lines()
                            .filter(file -> !file.matches("/etc/(ssh|ssl)/.*")))
                    .isEmpty();
        }
        assertThat(shell(vault, "grep -rls -e 'nobody else reads' -e second.txt " + places + " || :"))
                .isEmpty();
        assertThat(shell(vault, "find /srv/aegir/backups -name '*.zst*' ! -name '*.zst.age'"))
                .isEmpty();
    }

    private static void anotherHandIsNoticed(Aegir aegir, BackedUpBlog blog, Id backup) throws Exception {
        String files = blog.files();
        shell(vault, "cd /srv/aegir/backups/*/" + backup + "; sed -i s/FROZEN/LIVE/ manifest.json");
        refused(aegir, RestoreSite.of(NAME, backup), "is not signed by any of");
        refused(aegir, new VerifyBackup(backup, Level.STRUCTURE), "is not signed by any of");
        assertThat(aegir.inventory().backup(backup).orElseThrow().verified()).isEmpty();
        assertThat(blog.files()).isEqualTo(files);
    }
}
