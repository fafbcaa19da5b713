// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal;

import dev.aegir.host.Command;
import dev.aegir.host.Containment;
import dev.aegir.host.DriftPolicy;
import dev.aegir.host.FileChange;
import dev.aegir.host.FileTransaction;
import dev.aegir.host.SecretText;
import dev.aegir.host.Workbench;
import dev.aegir.internal.tasks.Freeze;
import dev.aegir.internal.tasks.Handlers;
import dev.aegir.internal.tasks.IndexExport;
import dev.aegir.internal.tasks.RemoveStaging;
import dev.aegir.internal.tasks.RequireRoom;
import dev.aegir.internal.tasks.RunSiteCommand;
import dev.aegir.model.Backup;
import dev.aegir.model.CodeSource;
import dev.aegir.model.Codebase;
import dev.aegir.model.Database;
import dev.aegir.model.DatabaseAccess;
import dev.aegir.model.DomainName;
import dev.aegir.model.Environment;
import dev.aegir.model.HostKey;
import dev.aegir.model.HostPath;
import dev.aegir.model.Id;
import dev.aegir.model.ImportRules;
import dev.aegir.model.Name;
import dev.aegir.model.Pool;
import dev.aegir.model.Release;
import dev.aegir.model.Retention;
import dev.aegir.model.RunningSite;
import dev.aegir.model.SecretRef;
import dev.aegir.model.Server;
import dev.aegir.model.ServerFacts;
import dev.aegir.model.Service;
import dev.aegir.model.ServiceRef;
import dev.aegir.model.Settings;
import dev.aegir.model.Site;
import dev.aegir.model.SiteState;
import dev.aegir.model.Tree;
import dev.aegir.model.VirtualHost;
import dev.aegir.model.WwwPolicy;
import dev.aegir.task.AdoptSite;
import dev.aegir.task.BackupSite;
import dev.aegir.task.Change;
import dev.aegir.task.ConfigChange;
import dev.aegir.task.CreateCodebase;
import dev.aegir.task.DrillBackup;
import dev.aegir.task.EnrolServer;
import dev.aegir.task.ExportBackups;
import dev.aegir.task.FetchFiles;
import dev.aegir.task.ImportSite;
import dev.aegir.task.InstallSite;
import dev.aegir.task.Lock;
import dev.aegir.task.MigrateSite;
import dev.aegir.task.RestoreSite;
import dev.aegir.task.RunCommand;
import dev.aegir.task.RunInSite;
import dev.aegir.task.RunSteps;
import dev.aegir.task.SetSiteAliases;
import dev.aegir.task.SiteMilestone;
import dev.aegir.task.Step;
import dev.aegir.task.SyncSite;
import dev.aegir.task.UpdateSite;
import dev.aegir.task.UpgradeSite;
import dev.aegir.task.WaitUntil;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Values of every type that is stored, with no component left empty. */
final class Samples {
    static final Id ID = Id.of("01ARZ3NDEKTSV4RRFFQ69G5FAV");
    static final Instant NOW = Instant.parse("2026-03-04T05:06:07.000008Z");
    static final Server SERVER = new Server(
            ID,
            Name.of("web1"),
            java.net.URI.create("ssh://aegir@web1.example.net:2222?key=/etc/key"),
            Optional.of(HostKey.of("SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU")),
            Optional.of(SecretRef.of("ssh/web1")),
            List.of(Service.http("nginx").named("front").with("port", "8080")));
    static final Codebase CODEBASE = Codebase.of("docs", CodeSource.git("https://example.net/docs.git", "v1"))
            .webRoot("public")
            .on("web1", "web2")
            .revision("0a1b2c")
            .locked(true)
            .with("schedule.backup", "P1D");
    static final Site SITE = Site.of("docs.example.net", "docs")
            .http("web1/front")
            .environment(Environment.STAGING)
            .state(SiteState.DISABLED)
            .aliases("b\u00fccher.example")
            .redirectedNames("old.example.net", "older.example.net")
            .redirect("/old", "https://example.net/new?a=b#c")
            .redirect("/older", "/new")
            .www(WwwPolicy.REDIRECT)
            .with("title", "Docs");
    static final VirtualHost VIRTUAL_HOST = new VirtualHost(
            SITE.id(),
            SITE.name(),
            SITE.aliases(),
            SITE.allRedirectedNames(),
            SITE.redirects(),
            HostPath.of("/srv/docs/public"),
            HostPath.of("/srv/docs"),
            new VirtualHost.PhpFpm(HostPath.of("/run/php.sock")),
            true,
            List.of(new VirtualHost.Mount("/files", HostPath.of("/srv/sites/docs/files"))));
    static final Pool POOL = new Pool(
            SITE.id(),
            "docs.example.net",
            SITE.id().account(),
            HostPath.of("/srv/sites/docs"),
            HostPath.of("/srv/docs"),
            List.of("files", "private/tmp"),
            Map.of("A_B", "c d"),
            Settings.none().with("memory", "128"),
            Optional.of(new Pool.Cron(List.of("/usr/bin/php", "cron.php"), 15)));
    static final Tree TREE = new Tree(
            SITE.id(),
            "docs.example.net",
            Name.of("web1"),
            HostPath.of("/srv/sites/docs"),
            List.of("files", "private"),
            Optional.of(SITE.id().account()));
    static final RunningSite RUNNING = new RunningSite(
            Name.of("web1"),
            HostPath.of("/var/www/docs"),
            "www-data",
            Optional.of(new RunningSite.Store(ServiceRef.of("web1/db"), "docs")));
    static final Retention RETENTION = new Retention(24, 7, 5, 12, 3, 2, Duration.ofDays(30));
    static final Backup BACKUP = new Backup(
            ID,
            SITE.id(),
            "docs.example.net",
            ServiceRef.of("vault/backup"),
            Backup.Reason.SAFETY,
            Backup.Consistency.LIVE,
            Optional.of(SITE),
            Optional.of(SITE.id()),
            Optional.of(new Backup.Contents(
                    NOW, List.of(new Backup.Part("files", "files.tar.zst", 17, "00ff")), Map.of("files", "3"))),
            Optional.of(new Backup.Verified(Backup.Level.SAMPLE, NOW)));
    static final Command COMMAND = new Command(
            List.of("sh", "-c", "echo \"$1\"\n\u00e9", "\ud83d\ude00", "", "--", "'"),
            Optional.of("www-data"),
            Optional.of(HostPath.of("/srv/a b")),
            Map.of("LANG", "C", "X_Y", "1\n2"),
            Duration.ofMillis(90_500),
            17);
    static final FileTransaction FILES = new FileTransaction(
            List.of(
                    new FileChange.Write(
                            HostPath.of("/etc/a"),
                            "# " + ID + "\n\ttext\r\n",
                            "0640",
                            "root:www-data",
                            Optional.of(ID),
                            Map.of("{{password}}", SecretText.php(SecretRef.of("a/b")))),
                    new FileChange.Delete(HostPath.of("/etc/b"), Optional.of(ID))),
            List.of(new Containment(HostPath.of("/srv/docs/public"), HostPath.of("/srv/docs"))),
            List.of(whole("nginx", "-t")),
            List.of(whole("systemctl", "reload", "nginx")),
            List.of(COMMAND),
            DriftPolicy.FAIL);
    static final RunCommand RUN_COMMAND = new RunCommand(
            "run it",
            Name.of("web1"),
            COMMAND,
            "set -e\n",
            Optional.of(SecretRef.of("a/b")),
            Optional.of(whole("true")),
            Optional.of(whole("false")));

    private Samples() {}

    private static Command whole(String... words) {
        return Command.of(words).as("root").in(HostPath.of("/")).environment("A", "b");
    }

    /** One of every built-in task, by name of its handler. */
    static Object task(Class<?> type) {
        if (type.equals(EnrolServer.class)) {
            return new EnrolServer(SERVER);
        } else if (type.equals(CreateCodebase.class)) {
            return new CreateCodebase(CODEBASE);
        } else if (type.equals(InstallSite.class)) {
            return new InstallSite(SITE);
        } else if (type.equals(UpdateSite.class)) {
            return new UpdateSite(SITE);
        } else if (type.equals(SetSiteAliases.class)) {
            return new SetSiteAliases(SITE.name(), SITE.aliases(), SITE.redirectedNames());
        } else if (type.equals(BackupSite.class)) {
            return new BackupSite(
                    SITE.name(),
                    ID,
                    Optional.of(ServiceRef.of("vault/backup")),
                    Backup.Reason.SCHEDULED,
                    Backup.Consistency.FROZEN);
        } else if (type.equals(AdoptSite.class)) {
            return new AdoptSite(
                    RUNNING,
                    SITE,
                    Optional.of(SITE.name()),
                    List.of("hello"),
                    Optional.of(Duration.ofSeconds(30)),
                    3,
                    4);
        } else if (type.equals(ImportSite.class)) {
            return new ImportSite(
                    Name.of("web1"),
                    HostPath.of("/srv/site.tar.gz"),
                    SITE,
                    Optional.of(SITE.name()),
                    Optional.of(Name.of("drush-archive")),
                    3,
                    4,
                    Optional.of(SecretRef.of("age/backups")),
                    Optional.of("a public key"),
                    true);
        } else if (type.equals(DrillBackup.class)) {
            return new DrillBackup(ID, ID, Map.of(Name.of("db"), ServiceRef.of("web1/mariadb")));
        } else if (type.equals(MigrateSite.class)) {
            return new MigrateSite(
                    SITE,
                    List.of("true"),
                    Optional.of(Duration.ofSeconds(30)),
                    Optional.of(Duration.ofSeconds(3)),
                    ID,
                    true);
        } else if (type.equals(UpgradeSite.class)) {
            return new UpgradeSite(
                    SITE.name(),
                    CODEBASE.name(),
                    List.of("true"),
                    Optional.of(Duration.ofSeconds(30)),
                    Optional.of(Duration.ofSeconds(3)),
                    ID,
                    true);
        } else if (type.equals(RestoreSite.class)) {
            return new RestoreSite(SITE.name(), ID, RestoreSite.What.TABLE, Optional.of("posts"), ID, true);
        } else if (type.equals(SyncSite.class)) {
            return new SyncSite("docs.example.net", "old.example.net")
                    .exceptTables("users")
                    .onlyPath("files/2026")
                    .up();
        } else if (type.equals(FetchFiles.class)) {
            return FetchFiles.of("docs.example.net", "vault/offsite")
                    .from(ID)
                    .version("1")
                    .up();
        } else if (type.equals(RunInSite.class)) {
            return RunInSite.of("docs.example.net", "wp", "plugin", "list")
                    .reading("a")
                    .within(Duration.ofSeconds(3));
        } else if (type.equals(ExportBackups.class)) {
            return new ExportBackups(List.of(ID), "web1", "/srv/out/all");
        } else if (type.equals(RunSteps.class)) {
            return RunSteps.of("some steps", List.of(Lock.exclusive("cache", "a")), RUN_COMMAND, waitUntil());
        }
        return ofItsComponents(type);
    }

    /** One of every built-in step. */
    static Step step(Class<? extends Step> type) {
        if (type.equals(ConfigChange.class)) {
            return new ConfigChange("publish", Name.of("web1"), FILES);
        } else if (type.equals(RunCommand.class)) {
            return RUN_COMMAND;
        } else if (type.equals(WaitUntil.class)) {
            return waitUntil();
        } else if (type.equals(Freeze.class)) {
            return new Freeze(SITE.name(), true, Optional.of(Duration.ofSeconds(30)));
        } else if (type.equals(RemoveStaging.class)) {
            return new RemoveStaging(Name.of("web1"), RemoveStaging.directory(ID, "dump"));
        }
        if (type.equals(RequireRoom.class)) {
            return new RequireRoom(
                    SITE.name(),
                    Optional.of(new RequireRoom.Way(TREE, TREE)),
                    Optional.of(new RequireRoom.Way(TREE, TREE)));
        } else if (type.equals(IndexExport.class)) {
            return new IndexExport(Name.of("web1"), HostPath.of("/srv/out/all"), List.of(BACKUP));
        } else if (type.equals(RunSiteCommand.class)) {
            return new RunSiteCommand(SITE.name(), ID, Name.of("web1"), COMMAND, "a", true);
        }
        return (Step) ofItsComponents(type);
    }

    private static WaitUntil waitUntil() {
        return new WaitUntil("wait", NOW);
    }

    /** A record whose components are all of types that there is one sample of. */
    private static Object ofItsComponents(Class<?> type) {
        Map<Class<?>, Object> known = Map.ofEntries(
                Map.entry(Name.class, Name.of("web1")),
                Map.entry(DomainName.class, SITE.name()),
                Map.entry(Server.class, SERVER),
                Map.entry(Codebase.class, CODEBASE),
                Map.entry(Site.class, SITE),
                Map.entry(ServiceRef.class, ServiceRef.of("web1/php")),
                Map.entry(SecretRef.class, SecretRef.of("a/b")),
                Map.entry(String.class, "what it is for"),
                Map.entry(HostPath.class, HostPath.of("/srv/site.tar.gz")),
                Map.entry(boolean.class, true),
                Map.entry(long.class, 7L),
                Map.entry(RunningSite.class, RUNNING),
                Map.entry(Id.class, ID),
                Map.entry(Instant.class, NOW),
                Map.entry(List.class, List.of("/usr/bin/true", "all")),
                Map.entry(Tree.class, TREE),
                Map.entry(Backup.class, BACKUP),
                Map.entry(Backup.Reason.class, Backup.Reason.SCHEDULED),
                Map.entry(Backup.Level.class, Backup.Level.DRILL),
                Map.entry(SiteMilestone.Moment.class, SiteMilestone.Moment.BACKUP_TAKEN),
                Map.entry(Retention.class, RETENTION),
                Map.entry(Optional.class, Optional.of("somebody")));
        RecordComponent[] components = type.getRecordComponents();
        Class<?>[] types = new Class<?>[components.length];
        Object[] values = new Object[components.length];
        for (int i = 0; i < components.length; i++) {
            types[i] = components[i].getType();
            values[i] = known.get(types[i]);
            if (values[i] == null) {
                throw new AssertionError(
                        "There is no sample of " + type.getName() + ": add one to " + Samples.class.getName());
            }
        }
        try {
            return type.getDeclaredConstructor(types).newInstance(values);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError("There is no sample of " + type.getName(), e);
        }
    }

    /** What is stored beside tasks and steps. */
    static List<Object> others() {
        return List.of(
                SERVER,
                CODEBASE,
                SITE,
                VIRTUAL_HOST,
                POOL,
                TREE,
                RUNNING,
                BACKUP,
                RETENTION,
                new Database(ID, "docs.example.net", "docs", "docs_2", SecretRef.of("a/b"), List.of("192.0.2.1")),
                new DatabaseAccess(
                        Name.of("mysql"),
                        Optional.of(HostPath.of("/run/db.sock")),
                        "localhost",
                        3306,
                        "docs",
                        "docs_2",
                        SecretRef.of("a/b")),
                new Workbench(
                        Name.of("web1"),
                        "docs",
                        HostPath.of("/srv/sites/docs"),
                        HostPath.of("/srv/docs"),
                        HostPath.of("/usr/bin/php"),
                        Map.of("A", "b")),
                new ServerFacts(ID, NOW, Map.of("software.nginx", "1.22", "clock", "1")),
                new Release(ID, CODEBASE.name(), CODEBASE.source(), Optional.of("0a1b"), HostPath.of("/srv/docs")),
                CodeSource.directory("/srv/x"),
                CodeSource.archive("https://example.net/a.zip", "00").with("strip", "1"),
                FILES,
                new ImportRules(
                        Name.of("drush-archive"),
                        List.of("MANIFEST\\.ini"),
                        List.of(new ImportRules.Directory("files", "[^/]+/files")),
                        Optional.of("[^/]+\\.sql")),
                COMMAND,
                new Change(Change.Kind.DRIFT, "web1", "/etc/a", "-a\n+b\n"),
                new Lock("site", "a", 3));
    }

    static List<Class<?>> tasks() {
        return Handlers.all(() -> {
                    throw new AssertionError("planning reads no steps here");
                })
                .stream()
                .<Class<?>>map(handler -> handler.type())
                .toList();
    }
}
