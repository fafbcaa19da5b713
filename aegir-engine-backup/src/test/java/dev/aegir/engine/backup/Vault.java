// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.backup;

import dev.aegir.host.Secret;
import dev.aegir.model.Backup;
import dev.aegir.model.Backup.Consistency;
import dev.aegir.model.Backup.Level;
import dev.aegir.model.Backup.Reason;
import dev.aegir.model.Backup.Verified;
import dev.aegir.model.HostPath;
import dev.aegir.model.Id;
import dev.aegir.model.Name;
import dev.aegir.model.SecretRef;
import dev.aegir.model.Server;
import dev.aegir.model.Service;
import dev.aegir.model.ServiceKind;
import dev.aegir.model.ServiceRef;
import dev.aegir.model.Tree;
import dev.aegir.spi.EngineRequest;
import dev.aegir.spi.ImportRequest;
import dev.aegir.spi.ServiceRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A site of files and a dump, and a service with keys that keeps its backups; both on this machine. */
final class Vault implements AutoCloseable {
    static final Id OWNER = Id.of("01JZZZZZZZZZZZZZZZZZZZZZZZ");
    private static final String ACCOUNT = System.getProperty("user.name");
    private final ArchiveEngine engine = new ArchiveEngine();
    private final Server server = Server.at("vault", "local:");
    private final Path temporary;
    final Ground ground;
    final Path home;
    private final Path backups;
    private final Map<String, String> settings = new TreeMap<>();

    Vault(Path temporary) throws Exception {
        this.temporary = temporary;
        home = Files.createDirectories(temporary.resolve("home"));
        backups = temporary.resolve("backups");
        ground = new Ground(temporary.resolve("state"), "web1", "vault");
        Files.createDirectories(home.resolve("files"));
        Files.createDirectories(temporary.resolve("dump"));
        Files.createDirectories(temporary.resolve("keys"));
        Shell.run(home.resolve("files"), """
                mkdir a; echo kept >a/kept; echo 1 >a/changes; echo 1 >goes; ln -s a/kept link; mkfifo fifo
                printf odd >"$(printf 'n\\nl')"; head -c 200000 /dev/urandom >random; : >empty
                echo 'INSERT INTO a VALUES (1);' >%s/dump/database.sql
                """.formatted(temporary));
        set("directory", backups.toString())
                .set("cache", temporary.resolve("cache").toString());
        set("increments", "2");
    }

    Vault set(String name, String value) {
        settings.put(name, value);
        return this;
    }

    Vault without(String name) {
        settings.remove(name);
        return this;
    }

    /** A new pair of keys of age, of which the private one is a secret of this name; the public one. */
    String identity(String name) throws Exception {
        Path file = temporary.resolve("keys/" + name);
        Shell.run(temporary, "age-keygen -o " + file);
        ground.keep(SecretRef.of(name), Secret.of(Files.readString(file)));
        return Shell.run(temporary, "age-keygen -y " + file).strip();
    }

    /** The same of Ed25519. */
    String signer(String name) throws Exception {
        Path file = temporary.resolve("keys/" + name);
        Shell.run(temporary, "openssl genpkey -algorithm ed25519 -out " + file);
        ground.keep(SecretRef.of(name), Secret.of(Files.readString(file)));
        return Shell.run(temporary, "openssl pkey -pubout -in " + file + " | grep -v -e -----")
                .strip();
    }

    Path key(String name) {
        return temporary.resolve("keys/" + name);
    }

    void prepare() throws Exception {
        ground.run(engine.prepare(new ServiceRequest(server(), service())));
    }

    Service service() {
        Service service = Service.of(ServiceKind.BACKUP, "archive");
        for (Map.Entry<String, String> each : settings.entrySet()) {
            service = service.with(each.getKey(), each.getValue());
        }
        return service;
    }

    private Server server() {
        return server.offering(service());
    }

    EngineRequest<Backup> request(Backup backup) {
        return new EngineRequest<>(backup, server(), service());
    }

    private static Tree tree(String server, Path directory, boolean dump) {
        return new Tree(
                OWNER,
                "docs.example.net",
                Name.of(server),
                HostPath.of(directory.toString()),
                List.of(dump ? "" : "files"),
                dump ? Optional.empty() : Optional.of(ACCOUNT));
    }

    /** Takes a backup of what is on a server. */
    Backup taken(String from) throws Exception {
        Backup backup = new Backup(
                Id.next(),
                OWNER,
                "docs.example.net",
                ServiceRef.of("vault/backup"),
                Reason.MANUAL,
                Consistency.FROZEN,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
        Backup on = engine.base(request(backup), ground.inventory().backupsOf(OWNER))
                .map(backup::on)
                .orElse(backup);
        ground.run(engine.take(
                request(on),
                Map.of("files", tree(from, home, false), "database", tree(from, temporary.resolve("dump"), true))));
        Backup complete = on.complete(
                        ground.recall(on.contentsFact(), Backup.Contents.class).orElseThrow())
                .verified(new Verified(Level.STRUCTURE, ground.now()));
        ground.inventory().save(complete);
        return complete;
    }

    /** Three of them, each with something else. */
    List<Backup> chain(String from) throws Exception {
        settled();
        Backup full = taken(from);
        Shell.run(home.resolve("files"), "echo 2 >a/changes; rm goes; rm link; ln -s a link");
        settled();
        Backup second = taken(from);
        Shell.run(home.resolve("files"), "echo 3 >a/changes; echo again >goes; mkdir b; mv a/kept b/moved; rm link");
        settled();
        return List.of(full, second, taken(from));
    }

    /** What was written within the last two seconds, as whole seconds are counted, is read again in any case. */
    private void settled() throws Exception {
        Shell.run(temporary, "sleep 3.1");
    }

    void verify(Backup backup, Level level) throws Exception {
        ground.run(engine.verify(request(backup), level));
    }

    /** What its files are when they are restored to a server. */
    String restored(Backup backup, String to) throws Exception {
        Path elsewhere = temporary.resolve("restored-" + backup.id() + "-" + to);
        Files.createDirectories(elsewhere.resolve("files"));
        ground.run(engine.restore(request(backup), Map.of("files", tree(to, elsewhere, false))));
        return Shell.fingerprint(elsewhere);
    }

    /** All that could be left of a restore. */
    String left() throws Exception {
        return Shell.run(temporary, "find . -path './restored-*' -mindepth 3");
    }

    void export(Backup backup, Path file) throws Exception {
        ground.run(engine.export(request(backup), Name.of("web1"), HostPath.of(file.toString())));
    }

    /** What of a file becomes a site whose files are in a directory, and whose dump is in another. */
    void imported(ImportRequest request, Path to) throws Exception {
        Files.createDirectories(to.resolve("files"));
        Tree files = tree("web1", to, false).at(Name.of("web1"), HostPath.of(to.toString()), Optional.empty());
        ground.run(List.of(
                engine.look(request).get(0),
                new UnpackImport("unpack", request, files),
                engine.bringDump(request, Name.of("web1"), HostPath.of(to + "-dump"))
                        .get(0)));
    }

    Path stored(Backup backup) {
        return backups.resolve(OWNER.value()).resolve(backup.id().value());
    }

    @Override
    public void close() {
        ground.close();
    }
}
