// SPDX-License-Identifier: Apache-2.0
package dev.aegir.benchmark;

import dev.aegir.Aegir;
import dev.aegir.engine.app.DirectoryEngine;
import dev.aegir.engine.app.PhpApplication;
import dev.aegir.engine.backup.ArchiveEngine;
import dev.aegir.engine.backup.restic.ResticEngine;
import dev.aegir.engine.db.MariaDbEngine;
import dev.aegir.engine.file.RsyncEngine;
import dev.aegir.engine.file.store.DirectoryStoreEngine;
import dev.aegir.engine.file.store.GitEngine;
import dev.aegir.engine.file.store.S3Engine;
import dev.aegir.engine.file.store.SftpEngine;
import dev.aegir.engine.http.NginxEngine;
import dev.aegir.engine.http.PhpFpmEngine;
import dev.aegir.host.Command;
import dev.aegir.host.Host;
import dev.aegir.host.Secret;
import dev.aegir.lab.Lab;
import dev.aegir.lab.LabServer;
import dev.aegir.model.CodeSource;
import dev.aegir.model.Codebase;
import dev.aegir.model.SecretRef;
import dev.aegir.model.Server;
import dev.aegir.model.Service;
import dev.aegir.model.ServiceKind;
import dev.aegir.model.Site;
import dev.aegir.spi.Store;
import dev.aegir.task.CreateCodebase;
import dev.aegir.task.EnrolServer;
import dev.aegir.task.InstallSite;
import dev.aegir.task.PrepareServer;
import dev.aegir.task.Task;
import dev.aegir.task.TaskEvent;
import dev.aegir.task.TaskInfo;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Servers of the lab with sites that have many files, or a large database. Not thread-safe. */
final class Hosting implements AutoCloseable {
    /** What the services for backups are called. */
    static final String ARCHIVES = "backup";

    static final String RESTIC = "restic";

    private static final String REPOSITORY = "/srv/aegir-restic";
    private static final SecretRef PASSWORD = SecretRef.of("restic/benchmark");
    private static final String CODE = "/srv/benchmark/code";

    private final SiteOptions options;
    private final Path home = Files.createTempDirectory("aegir-benchmark");
    private final CountedSsh ssh = new CountedSsh();
    private final KeptSecrets secrets = new KeptSecrets();
    private final Aegir aegir;
    private final Map<String, LabServer> machines = new LinkedHashMap<>();
    private final Map<String, Host> hosts = new LinkedHashMap<>();
    private final Clock clock = new Clock();
    private final Set<Content> contents;
    private final Map<String, Change> changes = new LinkedHashMap<>();

    Hosting(SiteOptions options, Lab lab, String... servers) throws Exception {
        this.options = options;
        this.contents = EnumSet.copyOf(options.sites());
        this.contents.removeIf(content -> content.hasDatabase() && options.database() == 0);
        secrets.keep(KeySecrets.NAME, Secret.of(Files.readString(lab.privateKey())));
        secrets.keep(PASSWORD, Secret.of("benchmark"));
        Store store = JournalBenchmark.open(home);
        aegir = Aegir.builder()
                .onlyWhatIsNamed()
                .backend(ssh)
                .engine(new NginxEngine())
                .engine(new PhpFpmEngine())
                .engine(new MariaDbEngine())
                .engine(new ArchiveEngine())
                .engine(new ResticEngine())
                .engine(new RsyncEngine())
                .engine(new S3Engine())
                .engine(new SftpEngine())
                .engine(new DirectoryEngine())
                .engine(new GitEngine())
                .engine(new DirectoryStoreEngine())
                .application(new PhpApplication())
                .store(store)
                .secrets(secrets)
                .listener(this::happened)
                .listener(clock)
                .open();
        for (LabServer machine : lab.servers(servers)) {
            machines.put(machine.name(), machine);
            enrol(machine);
        }
        run(new CreateCodebase(Codebase.of("code", CodeSource.directory(CODE))
                .application("php")
                .on(servers[0])));
        for (Content content : contents()) {
            run(new InstallSite(site(content.site(), content, servers[0])));
            fill(content);
        }
    }

    private void enrol(LabServer machine) throws Exception {
        machine.reset();
        if (options.sharing() && !machine.mountSharing("/srv", 16L << 30)) {
            throw new IllegalStateException("this machine has no loop devices or no XFS: leave --sharing out");
        }
        machine.exec("sh", "-ec", "mkdir -p " + CODE + "; echo '<?php echo 1;' >" + CODE + "/index.php")
                .orThrow();
        Server server = Server.at(machine.name(), machine.address())
                .hostKey(machine.hostKey())
                .credential(KeySecrets.NAME)
                .offering(Service.http("nginx"))
                .offering(Service.of(ServiceKind.RUNTIME, "php-fpm"))
                .offering(Service.of(ServiceKind.DB, "mariadb"))
                .offering(Service.of(ServiceKind.BACKUP, "archive").named(ARCHIVES))
                .offering(Service.of(ServiceKind.BACKUP, "restic")
                        .named(RESTIC)
                        .with("repository", REPOSITORY)
                        .with("password", PASSWORD.name()));
        run(new EnrolServer(server));
        run(new PrepareServer(machine.name()));
        hosts.put(machine.name(), ssh.plain().connect(server, secrets));
    }

    /** What is measured. */
    Set<Content> contents() {
        return contents;
    }

    /** A site on a server; with a database when that is what it has. */
    static Site site(String name, Content content, String server) {
        Site site = Site.of(name, "code")
                .http(server + "/http")
                .runtime(server + "/runtime")
                .backup(server + "/backup");
        return content.hasDatabase() ? site.database(server + "/db") : site;
    }

    Site site(Content content) {
        return aegir.inventory().site(content.site()).orElseThrow();
    }

    /** The directory of a site, in which it has its files. */
    static String directory(Site site) {
        return "/srv/aegir/sites/" + site.id();
    }

    /** The database as it is called now; another after each restore. */
    String database(Content content) {
        Site site = site(content);
        return site.settings().text("db.name").orElse(site.id().account());
    }

    Aegir aegir() {
        return aegir;
    }

    /** Round trips to servers so far, Aegir's alone. */
    long requests() {
        return ssh.requests();
    }

    TaskInfo run(Task task) throws InterruptedException {
        return aegir.run(task).orThrow();
    }

    /** Runs a script in bash over the connection that is open; it fails when anything in it fails. */
    String shell(String server, String script, String... arguments) throws InterruptedException {
        Host host = hosts.get(server);
        if (host == null) {
            throw new IllegalArgumentException("there is no server " + server);
        }
        return host.run(Command.of("bash", "-euo", "pipefail", "-c", script, "benchmark")
                        .with(arguments)
                        .timeout(Duration.ofHours(1)))
                .orThrow()
                .stdout();
    }

    /** What others have left to be written is nobody's who comes after them. */
    void settle() throws InterruptedException {
        shell("bench", "sync");
    }

    private void fill(Content content) throws Exception {
        say("Filling " + content.site());
        Site site = site(content);
        if (content.hasFiles()) {
            files(site, 0, 1);
        }
        if (content.hasDatabase()) {
            shell("bench", resource("fill-database.sh"), database(content), String.valueOf(options.database()));
        }
        // A site was written long before it is copied: nobody who is measured writes for the one who filled it.
        shell(machine(site), "sync");
    }

    /** A service whose backups were all deleted has kept nothing of them, either. */
    void anew(String service) throws InterruptedException {
        if (service.endsWith("/" + RESTIC)) {
            String server = service.substring(0, service.indexOf('/'));
            shell(server, "rm -rf " + REPOSITORY);
            run(new PrepareServer(server));
        }
    }

    /** Writes every so many of the files, with contents of this round. */
    private void files(Site site, int round, int every) throws Exception {
        shell(
                machine(site),
                "runuser -u \"$1\" -- php -r \"$2\" \"$3\" \"$4\" \"$5\" \"$6\" \"$7\"",
                site.id().account(),
                resource("fill-files.php"),
                directory(site) + "/files",
                String.valueOf(options.files()),
                String.valueOf(options.megabytes()),
                String.valueOf(round),
                String.valueOf(every));
    }

    /** One in a hundred files has other contents, and one in a hundred rows. */
    void change(Content content, int round) throws Exception {
        if (content.hasFiles()) {
            files(site(content), round, 100);
        }
        if (content.hasDatabase()) {
            shell(machine(site(content)), """
                    for t in 0 1 2 3; do
                        echo "UPDATE t$t SET title = MD5(CONCAT(id, 'round', $2)) WHERE id % 100 = $2 % 100;"
                    done | mariadb "$1"
                    """, database(content), String.valueOf(round));
        }
    }

    /** What is newest is other than it was: every eleventh of the files, and of each table the last rows, together a tenth. */
    void changeTenth(Content content, int round) throws Exception {
        changeNewest(content, round, 11);
    }

    /** The same of one in so many. */
    void changeNewest(Content content, int round, int every) throws Exception {
        if (content.hasFiles()) {
            files(site(content), round, every);
        }
        if (content.hasDatabase()) {
            shell(machine(site(content)), """
                    for t in 0 1 2 3; do
                        echo "SET @most = (SELECT MAX(id) FROM t$t);"
                        echo "UPDATE t$t SET title = MD5(CONCAT(id, 'tenth', $2)) WHERE id > @most - @most / $3;"
                    done | mariadb "$1"
                    """, database(content), String.valueOf(round), String.valueOf(every));
        }
    }

    /** What is done before steps, by what their names end with: each once, and by the first of them. */
    void before(Map<String, Change> steps) {
        synchronized (changes) {
            changes.putAll(steps);
        }
    }

    /** Says when steps began since one, and how long each took. */
    void tellSince(String step) {
        clock.after(step);
    }

    /** Runs a task, and says how long its steps took. */
    TaskInfo runTelling(Task task) throws InterruptedException {
        clock.reset();
        TaskInfo done = run(task);
        clock.after("before the first");
        return done;
    }

    /** That all of it was done. */
    void requireChanged() {
        synchronized (changes) {
            if (!changes.isEmpty()) {
                throw new IllegalStateException("nothing was changed before " + changes.keySet());
            }
        }
    }

    /** Writes something. */
    interface Change {
        void make() throws Exception;
    }

    private void happened(TaskEvent event) {
        if (event.kind() != TaskEvent.Kind.STEP_STARTED) {
            return;
        }
        synchronized (changes) {
            Optional<Map.Entry<String, Change>> now = changes.entrySet().stream()
                    .filter(each -> event.step().endsWith(each.getKey()))
                    .findFirst();
            if (now.isPresent()) {
                Change change = now.get().getValue();
                changes.remove(now.get().getKey());
                try {
                    change.make();
                } catch (Exception e) {
                    throw new IllegalStateException("what changes a site meanwhile failed", e);
                }
            }
        }
    }

    /** The server that a site is on. */
    static String machine(Site site) {
        return site.service(ServiceKind.HTTP).orElseThrow().server().value();
    }

    LabServer machine(String name) {
        LabServer machine = machines.get(name);
        if (machine == null) {
            throw new IllegalArgumentException("there is no server " + name);
        }
        return machine;
    }

    /** All that a site has, as checksums. */
    String fingerprint(Content content) throws InterruptedException {
        return fingerprint(content, directory(site(content)), database(content));
    }

    /** The same of files in another directory and of another database. */
    String fingerprint(Content content, String directory, String database) throws InterruptedException {
        String server = machine(site(content));
        return (content.hasFiles() ? fingerprint(server, directory + "/files") : "")
                + (content.hasDatabase() ? rows(server, database) : "");
    }

    /** All that is in a directory, as one checksum. */
    String fingerprint(String server, String directory) throws InterruptedException {
        return shell(server, """
                cd "$1"; { find . -printf '%y %m %p\\n' | LC_ALL=C sort
                find . -type f -print0 | LC_ALL=C sort -z | xargs -0r openssl dgst -sha256 -r; } | sha256sum
                """, directory);
    }

    /** All that is in a database, as one checksum. */
    String rows(String server, String database) throws InterruptedException {
        return shell(server, "mariadb \"$1\" -N -e 'CHECKSUM TABLE t0, t1, t2, t3' | cut -f 2", database);
    }

    static String load() throws IOException {
        return Files.readString(Path.of("/proc/loadavg")).split(" ")[0];
    }

    private static String resource(String name) throws IOException {
        try (var in = Hosting.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("this module has no " + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    static void say(String text) {
        System.out.println(text);
    }

    @Override
    public void close() {
        hosts.values().forEach(Host::close);
        aegir.close();
        Temporary.delete(home);
    }
}
