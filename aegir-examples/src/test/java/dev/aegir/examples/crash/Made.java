// SPDX-License-Identifier: Apache-2.0
package dev.aegir.examples.crash;

import dev.aegir.model.Backup;
import dev.aegir.model.CodeSource;
import dev.aegir.model.Codebase;
import dev.aegir.model.DomainName;
import dev.aegir.model.Id;
import dev.aegir.model.Name;
import dev.aegir.model.Retention;
import dev.aegir.model.SecretRef;
import dev.aegir.model.Server;
import dev.aegir.model.Service;
import dev.aegir.model.ServiceKind;
import dev.aegir.model.ServiceRef;
import dev.aegir.model.Site;
import dev.aegir.model.WwwPolicy;
import dev.aegir.task.AdoptSite;
import dev.aegir.task.BackupSite;
import dev.aegir.task.ChangeRuntime;
import dev.aegir.task.ClearCaches;
import dev.aegir.task.CloneSite;
import dev.aegir.task.CreateCodebase;
import dev.aegir.task.DeleteBackup;
import dev.aegir.task.DeleteCodebase;
import dev.aegir.task.DeleteSite;
import dev.aegir.task.DisableSite;
import dev.aegir.task.DrillBackup;
import dev.aegir.task.EnableSite;
import dev.aegir.task.EnrolServer;
import dev.aegir.task.ExportBackup;
import dev.aegir.task.ImportSite;
import dev.aegir.task.InstallSite;
import dev.aegir.task.LockCodebase;
import dev.aegir.task.LoginLink;
import dev.aegir.task.MigrateSite;
import dev.aegir.task.PrepareServer;
import dev.aegir.task.PruneBackups;
import dev.aegir.task.RenameSite;
import dev.aegir.task.RestoreCopy;
import dev.aegir.task.RestoreSite;
import dev.aegir.task.RetireMigration;
import dev.aegir.task.RevertMigration;
import dev.aegir.task.RotateCredentials;
import dev.aegir.task.RunCron;
import dev.aegir.task.ScanCodebase;
import dev.aegir.task.SetMaintenance;
import dev.aegir.task.SetSiteAliases;
import dev.aegir.task.SyncSite;
import dev.aegir.task.Task;
import dev.aegir.task.UnlockCodebase;
import dev.aegir.task.UpdateDatabase;
import dev.aegir.task.UpdateSite;
import dev.aegir.task.UpgradeSite;
import dev.aegir.task.VerifyBackup;
import dev.aegir.task.VerifyCodebase;
import dev.aegir.task.VerifyServer;
import dev.aegir.task.VerifySite;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The tasks, with the same identities in every program.
 *
 * @param kind what the site is made of
 * @param world where the servers are
 */
record Made(Kind kind, World world) {
    /** What the site is made of. */
    enum Kind {
        /** Pages, and nothing that runs. */
        PAGES,
        /** A program, and files that people write. */
        FILES,
        /** A program, files, and a database. */
        WORDPRESS
    }

    static final String NAME = "docs.example.net";
    static final String RENAMED = "handbook.example.net";
    static final String COPY = "copy.example.net";
    static final String ARCHIVE = "/srv/outgoing/site.tar";
    static final String RUNNING = "/srv/by-hand";
    static final SecretRef KEY = SecretRef.of("ssh/lab");
    static final Id SITE_ID = Id.of("01JCRASH0000000000000000S1");
    static final Id COPY_ID = Id.of("01JCRASH0000000000000000S2");
    static final Id SCRATCH_ID = Id.of("01JCRASH0000000000000000S3");
    static final Id SAFETY_ID = Id.of("01JCRASH0000000000000000B1");
    static final Id BACKUP_ID = Id.of("01JCRASH0000000000000000B2");
    static final Id LATER_ID = Id.of("01JCRASH0000000000000000B3");
    static final Id CODE_ID = Id.of("01JCRASH0000000000000000C1");
    static final Id NEWER_CODE_ID = Id.of("01JCRASH0000000000000000C2");
    private static final List<Id> SERVERS =
            List.of(Id.of("01JCRASH0000000000000000W1"), Id.of("01JCRASH0000000000000000W2"));
    private static final String CODE = "handbook";
    private static final String NEWER_CODE = "handbook-next";

    Task enrol(int number) {
        return new EnrolServer(server(number));
    }

    /** Files go from one to the other without this program, or not at all. */
    Task enrolTalking(int number) {
        return new EnrolServer(server(number)
                .offering(Service.of(ServiceKind.FILE, "rsync")
                        .with("route", "mesh")
                        .with("address", world.servers().get(number).name())));
    }

    private Server server(int number) {
        World.Place place = world.servers().get(number);
        Server server = Server.at("web" + (number + 1), place.address())
                .identified(SERVERS.get(number))
                .hostKey(place.hostKey())
                .credential(KEY)
                .offering(Service.http("nginx"));
        if (kind != Kind.PAGES) {
            Service php = Service.of(ServiceKind.RUNTIME, "php-fpm");
            server = server.offering(php.named("php82").with("version", "8.2"))
                    .offering(Service.of(ServiceKind.BACKUP, "archive"))
                    .offering(Service.of(ServiceKind.BACKUP, "archive")
                            .named("whole")
                            .with("increments", "0"));
            if (kind == Kind.WORDPRESS) {
                server = server.offering(php.named("php84").with("version", "8.4"));
            }
        }
        // A site that moves without its database reaches it from the other server.
        Service database =
                Service.of(ServiceKind.DB, "mariadb").with("listen", "0.0.0.0").with("address", place.name());
        return kind == Kind.WORDPRESS ? server.offering(database) : server;
    }

    Task prepare() {
        return new PrepareServer("web1");
    }

    Task prepareOther() {
        return new PrepareServer("web2");
    }

    Task verifyServer() {
        return new VerifyServer("web1");
    }

    Task code() {
        return code(CODE, CODE_ID, kind == Kind.WORDPRESS ? "wordpress-6.8" : "notes");
    }

    Task newerCode() {
        return code(NEWER_CODE, NEWER_CODE_ID, kind == Kind.WORDPRESS ? "wordpress-6.8" : "notes-next");
    }

    private Task code(String name, Id id, String directory) {
        CodeSource source = kind == Kind.PAGES
                ? CodeSource.git(world.repository(), "v2")
                : CodeSource.directory("/opt/applications/" + directory);
        Codebase fresh = Codebase.of(name, source).on("web1");
        fresh = switch (kind) {
            case PAGES -> fresh.webRoot("public");
            case FILES -> fresh.application("php");
            case WORDPRESS -> fresh.application("wordpress");
        };
        return new CreateCodebase(new Codebase(
                id,
                Name.of(name),
                fresh.application(),
                fresh.source(),
                fresh.webRoot(),
                fresh.revision(),
                fresh.servers(),
                false,
                fresh.settings()));
    }

    Task verifyCode() {
        return new VerifyCodebase(CODE);
    }

    Task lock() {
        return new LockCodebase(CODE);
    }

    Task unlock() {
        return new UnlockCodebase(CODE);
    }

    Task deleteCode() {
        return new DeleteCodebase(CODE);
    }

    private Site site() {
        return bound(Site.of(NAME, CODE).identified(SITE_ID).www(WwwPolicy.REDIRECT), 1);
    }

    private Site bound(Site site, int server) {
        String web = "web" + server + "/";
        Site bound = site.http(web + "http");
        if (kind != Kind.PAGES) {
            bound = bound.runtime(web + "php82").backup("web1/backup");
        }
        return kind == Kind.WORDPRESS ? bound.database(web + "db") : bound;
    }

    Task install() {
        return new InstallSite(site());
    }

    Task verify() {
        return new VerifySite(NAME);
    }

    Task aliases() {
        return new SetSiteAliases(
                DomainName.of(NAME),
                List.of(DomainName.of("manual.example.net")),
                List.of(DomainName.of("old.example.net")));
    }

    Task update() {
        return new UpdateSite(site().redirect("/old", "/"));
    }

    Task disable() {
        return new DisableSite(NAME);
    }

    Task enable() {
        return new EnableSite(NAME);
    }

    Task delete() {
        return new DeleteSite(DomainName.of(NAME), SAFETY_ID, true);
    }

    Task rename() {
        return new RenameSite(DomainName.of(NAME), DomainName.of(RENAMED), true, SAFETY_ID, true);
    }

    Task upgrade() {
        return new UpgradeSite(
                DomainName.of(NAME),
                Name.of(NEWER_CODE),
                List.of(),
                Optional.empty(),
                Optional.of(anotherPassAbove()),
                SAFETY_ID,
                true);
    }

    /** Without what is kept for the safety of it: the task that follows keeps that. */
    Task upgradeAtOnce() {
        return ((UpgradeSite) upgrade()).withoutSafetyBackup();
    }

    Task scanNewer() {
        return new ScanCodebase(NEWER_CODE);
    }

    Task revert() {
        return new RevertMigration(DomainName.of(NAME), false, SAFETY_ID, true);
    }

    Task sync() {
        return new SyncSite(
                DomainName.of(NAME),
                DomainName.of(COPY),
                SyncSite.Content.ALL,
                Optional.empty(),
                Optional.empty(),
                true,
                SAFETY_ID);
    }

    Task export() {
        return new ExportBackup(BACKUP_ID, "web1", ARCHIVE);
    }

    Task bring() {
        return ImportSite.of("web1", ARCHIVE, copyOn(1));
    }

    Task adopt() {
        return AdoptSite.of("web1", RUNNING, site()).closedAtMost(Duration.ofHours(1));
    }

    Task copy() {
        return new CloneSite(NAME, copyOn(1));
    }

    Task copyElsewhere() {
        return new CloneSite(NAME, copyOn(2));
    }

    private Site copyOn(int server) {
        return bound(Site.of(COPY, CODE).identified(COPY_ID), server);
    }

    Task migrate() {
        return new MigrateSite(
                bound(site(), 2), List.of(), Optional.empty(), Optional.of(anotherPassAbove()), SAFETY_ID, true);
    }

    /** All passes over the open site or one, however fast the servers are. */
    private Duration anotherPassAbove() {
        return kind == Kind.WORDPRESS ? Duration.ZERO : Duration.ofDays(1);
    }

    Task retire() {
        return new RetireMigration(NAME).now();
    }

    Task backUp() {
        return backup(BACKUP_ID, Backup.Consistency.LIVE);
    }

    Task backUpFrozen() {
        return backup(BACKUP_ID, Backup.Consistency.FROZEN);
    }

    Task backUpWhole() {
        return whole(BACKUP_ID);
    }

    Task backUpWholeAgain() {
        return whole(LATER_ID);
    }

    /** Whether one adds to the one before depends on how long ago files were written; such a one does not. */
    private static Task whole(Id id) {
        return new BackupSite(
                DomainName.of(NAME),
                id,
                Optional.of(ServiceRef.of("web1/whole")),
                Backup.Reason.MANUAL,
                Backup.Consistency.LIVE);
    }

    private static Task backup(Id id, Backup.Consistency consistency) {
        return new BackupSite(DomainName.of(NAME), id, Optional.empty(), Backup.Reason.MANUAL, consistency);
    }

    Task restore() {
        return new RestoreSite(DomainName.of(NAME), BACKUP_ID, RestoreSite.What.ALL, SAFETY_ID, true);
    }

    Task restoreCopy() {
        return new RestoreCopy(BACKUP_ID, copyOn(1));
    }

    Task verifyBackup() {
        return new VerifyBackup(BACKUP_ID, Backup.Level.FULL);
    }

    Task drill() {
        return new DrillBackup(BACKUP_ID, SCRATCH_ID, Map.of());
    }

    Task deleteBackup() {
        return new DeleteBackup(BACKUP_ID);
    }

    Task prune() {
        return new PruneBackups(
                DomainName.of(NAME),
                new Retention(0, 0, 0, 0, 0, 1, Duration.ZERO),
                Instant.parse("2200-01-01T00:00:00Z"));
    }

    Task maintain() {
        return new SetMaintenance(NAME, true);
    }

    Task rotate() {
        return new RotateCredentials(NAME);
    }

    Task changeRuntime() {
        return new ChangeRuntime(NAME, "web1/php84");
    }

    Task updateDatabase() {
        return new UpdateDatabase(NAME);
    }

    Task cron() {
        return new RunCron(NAME);
    }

    Task clearCaches() {
        return new ClearCaches(NAME);
    }

    Task login() {
        return new LoginLink(NAME);
    }
}
