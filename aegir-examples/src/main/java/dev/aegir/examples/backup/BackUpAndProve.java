// SPDX-License-Identifier: Apache-2.0
package dev.aegir.examples.backup;

import dev.aegir.Aegir;
import dev.aegir.Due;
import dev.aegir.model.Backup;
import dev.aegir.model.Backup.Level;
import dev.aegir.model.Codebase;
import dev.aegir.model.Id;
import dev.aegir.model.Retention;
import dev.aegir.model.Server;
import dev.aegir.model.Service;
import dev.aegir.model.ServiceKind;
import dev.aegir.model.Site;
import dev.aegir.task.BackupCodebase;
import dev.aegir.task.BackupSite;
import dev.aegir.task.DeleteBackup;
import dev.aegir.task.DrillBackup;
import dev.aegir.task.EnrolServer;
import dev.aegir.task.PrepareServer;
import dev.aegir.task.PruneBackups;
import dev.aegir.task.RestoreCodebase;
import dev.aegir.task.RestoreCopy;
import dev.aegir.task.RestoreSite;
import dev.aegir.task.RestoreSite.What;
import dev.aegir.task.TaskInfo;
import dev.aegir.task.UpdateCodebase;
import dev.aegir.task.UpdateSite;
import dev.aegir.task.VerifyBackup;
import java.util.List;

/** Backs a site up, proves the backup, and makes the site what it was. */
public final class BackUpAndProve {
    private final Aegir aegir;

    /**
     * With an Aegir whose inventory has a site.
     *
     * @param aegir the Aegir
     */
    public BackUpAndProve(Aegir aegir) {
        this.aegir = aegir;
    }

    /**
     * A server that keeps backups.
     *
     * @param vault the server
     * @throws InterruptedException when the thread is interrupted
     */
    public void offer(Server vault) throws InterruptedException {
        // tag::service[]
        Server keeping =
                vault.offering(Service.of(ServiceKind.BACKUP, "archive").with("directory", "/srv/aegir/backups"));
        aegir.run(new EnrolServer(keeping)).orThrow();
        aegir.run(new PrepareServer("vault")).orThrow();
        // end::service[]
    }

    /**
     * A server that keeps backups it cannot read, and cannot forge.
     *
     * @param vault the server
     * @param recipient the public key of age that they are encrypted to
     * @param signer the public key of Ed25519 that they are signed by
     * @throws InterruptedException when the thread is interrupted
     */
    public void offerProtected(Server vault, String recipient, String signer) throws InterruptedException {
        // tag::protected[]
        Server keeping = vault.offering(Service.of(ServiceKind.BACKUP, "archive")
                .with("recipients", recipient)
                .with("identity", "age/backups")
                .with("signing-key", "signing/backups")
                .with("signed-by", signer));
        aegir.run(new EnrolServer(keeping)).orThrow();
        aegir.run(new PrepareServer("vault")).orThrow();
        // end::protected[]
    }

    /**
     * A server that keeps backups in a repository of restic, for sites on any server.
     *
     * @param vault the server; it has an account {@code restic} that the secret {@code ssh/restic} opens
     * @param host where the servers of the sites find it
     * @throws InterruptedException when the thread is interrupted
     */
    public void offerRestic(Server vault, String host) throws InterruptedException {
        // tag::restic[]
        Server keeping = vault.offering(Service.of(ServiceKind.BACKUP, "restic")
                .with("repository", "/srv/restic/sites")
                .with("password", "restic/vault")
                .with("sftp.user", "restic")
                .with("sftp.key", "ssh/restic")
                .with("sftp.host", host)
                .with("sftp.port", "22"));
        aegir.run(new EnrolServer(keeping)).orThrow();
        aegir.run(new PrepareServer("vault")).orThrow();
        // end::restic[]
    }

    /**
     * A backup that was proved.
     *
     * @param site the site's name
     * @return its id
     * @throws InterruptedException when the thread is interrupted
     */
    public Id backUp(String site) throws InterruptedException {
        // tag::backup[]
        TaskInfo taken =
                aegir.run(BackupSite.of(site).to("vault/backup").frozen()).orThrow();
        Id backup = Id.of(taken.result("backup.id"));
        // end::backup[]

        // tag::verify[]
        aegir.run(new VerifyBackup(backup, Level.SAMPLE)).orThrow();
        aegir.run(new VerifyBackup(backup, Level.FULL)).orThrow();
        // end::verify[]
        return backup;
    }

    /**
     * The proof of all proofs.
     *
     * @param backup the backup's id
     * @throws InterruptedException when the thread is interrupted
     */
    public void drill(Id backup) throws InterruptedException {
        // tag::drill[]
        aegir.run(new DrillBackup(backup)).orThrow();
        // end::drill[]
    }

    /**
     * A new site of a backup.
     *
     * @param backup the backup's id
     * @param copy the new site
     * @throws InterruptedException when the thread is interrupted
     */
    public void restoreCopy(Id backup, Site copy) throws InterruptedException {
        // tag::copy[]
        aegir.run(new RestoreCopy(backup, copy)).orThrow();
        // end::copy[]
    }

    /**
     * The site as it was.
     *
     * @param site the site's name
     * @param backup the backup's id
     * @return the id of the safety backup
     * @throws InterruptedException when the thread is interrupted
     */
    public Id restore(String site, Id backup) throws InterruptedException {
        // tag::restore[]
        TaskInfo restored = aegir.run(RestoreSite.of(site, backup)).orThrow();
        Id safety = Id.of(restored.result("backup.id"));
        // end::restore[]
        return safety;
    }

    /**
     * Only the database as it was.
     *
     * @param site the site's name
     * @param backup the backup's id
     * @throws InterruptedException when the thread is interrupted
     */
    public void restoreDatabase(String site, Id backup) throws InterruptedException {
        // tag::database[]
        aegir.run(RestoreSite.of(site, backup).only(What.DATABASE)).orThrow();
        // end::database[]
    }

    /**
     * Only one upload, and one table, as they were.
     *
     * @param site the site's name
     * @param backup the backup's id
     * @throws InterruptedException when the thread is interrupted
     */
    public void restoreParts(String site, Id backup) throws InterruptedException {
        // tag::parts[]
        aegir.run(RestoreSite.of(site, backup).onlyPath("files/2026/a.txt")).orThrow();
        aegir.run(RestoreSite.of(site, backup).onlyTable("wp_posts")).orThrow();
        // end::parts[]
    }

    /**
     * Backups, proofs and what is kept, each at its own time.
     *
     * @param name the site's name
     * @return what was due
     * @throws InterruptedException when the thread is interrupted
     */
    public Due regularly(String name) throws InterruptedException {
        // tag::schedule[]
        Site site = aegir.inventory().site(name).orElseThrow();
        aegir.run(new UpdateSite(site.with("schedule.backup", "P1D at 02:00 within PT3H")
                        .with("schedule.sample", "P1D at 06:00")
                        .with("schedule.full", "P7D at 07:00")
                        .with("schedule.drill", "P30D at 10:00")
                        .with("schedule.prune", "P1D at 12:00")
                        .with("schedule.keep", "0,7,5,12,2,3")))
                .orThrow();
        // end::schedule[]
        // tag::due[]
        Due due = aegir.submitDue();
        due.refused().forEach(System.err::println);
        // end::due[]
        return due;
    }

    /**
     * Code as it was.
     *
     * @param codebase the codebase's name
     * @param again the codebase that it becomes, in a directory of its own
     * @throws InterruptedException when the thread is interrupted
     */
    public void code(String codebase, Codebase again) throws InterruptedException {
        // tag::code[]
        TaskInfo kept = aegir.run(new BackupCodebase(codebase, "web1/backup")).orThrow();
        Id code = Id.of(kept.result("backup.id"));
        aegir.run(new RestoreCodebase(code, again)).orThrow();
        // end::code[]
    }

    /**
     * Code that is backed up regularly.
     *
     * @param codebase the codebase's name
     * @return what was due
     * @throws InterruptedException when the thread is interrupted
     */
    public Due codeRegularly(String codebase) throws InterruptedException {
        // tag::code-schedule[]
        Codebase code = aegir.inventory().codebase(codebase).orElseThrow();
        aegir.run(new UpdateCodebase(code.with("schedule.backup", "P7D at 03:00 within PT3H")
                        .with("schedule.service", "web1/backup")
                        .with("schedule.full", "P7D at 08:00")
                        .with("schedule.prune", "P7D at 12:00")))
                .orThrow();
        // end::code-schedule[]
        return aegir.submitDue();
    }

    /**
     * Only what shall be kept.
     *
     * @param site the site's name
     * @return what is left, newest first
     * @throws InterruptedException when the thread is interrupted
     */
    public List<Backup> prune(String site) throws InterruptedException {
        // tag::prune[]
        aegir.run(new PruneBackups(site, Retention.usual())).orThrow();
        List<Backup> left = aegir.inventory()
                .backupsOf(aegir.inventory().site(site).orElseThrow().id());
        // end::prune[]
        return left;
    }

    /**
     * One backup less.
     *
     * @param backup the backup's id
     * @return how that ended
     * @throws InterruptedException when the thread is interrupted
     */
    public TaskInfo delete(Id backup) throws InterruptedException {
        // tag::delete[]
        TaskInfo deleted = aegir.run(new DeleteBackup(backup));
        // end::delete[]
        return deleted;
    }
}
