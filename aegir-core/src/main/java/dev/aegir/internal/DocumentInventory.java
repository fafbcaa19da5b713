// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal;

import dev.aegir.model.Backup;
import dev.aegir.model.Codebase;
import dev.aegir.model.DomainName;
import dev.aegir.model.Id;
import dev.aegir.model.Name;
import dev.aegir.model.Packages;
import dev.aegir.model.RefusedException;
import dev.aegir.model.Server;
import dev.aegir.model.ServerFacts;
import dev.aegir.model.ServiceRef;
import dev.aegir.model.Site;
import dev.aegir.spi.Documents;
import dev.aegir.spi.Documents.Document;
import dev.aegir.task.Inventory;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The inventory as documents of a store. */
public final class DocumentInventory implements Inventory {
    private static final String SERVER = "server";
    private static final String FACTS = "facts";
    private static final String CODEBASE = "codebase";
    private static final String PACKAGES = "packages";
    private static final String SITE = "site";
    private static final String BACKUP = "backup";

    private final Documents documents;
    private final boolean writable;

    /**
     * Over a store's documents.
     *
     * @param documents the documents
     * @param writable whether it may be written
     */
    public DocumentInventory(Documents documents, boolean writable) {
        this.documents = documents;
        this.writable = writable;
    }

    @Override
    public Optional<Server> server(Name name) {
        return documents.byKey(SERVER, name.value()).map(d -> Json.read(d.json(), Server.class));
    }

    @Override
    public List<Server> servers() {
        return all(documents.all(SERVER), Server.class);
    }

    @Override
    public Optional<ServerFacts> facts(Name name) {
        return server(name)
                .flatMap(server -> documents.byId(FACTS, server.id()))
                .map(d -> Json.read(d.json(), ServerFacts.class));
    }

    @Override
    public Optional<Codebase> codebase(Name name) {
        return documents.byKey(CODEBASE, name.value()).map(d -> Json.read(d.json(), Codebase.class));
    }

    @Override
    public Optional<Packages> packages(Name codebase) {
        return codebase(codebase).flatMap(known -> packagesOf(known.id()));
    }

    @Override
    public Optional<Packages> packagesOf(Id owner) {
        return documents.byId(PACKAGES, owner).map(d -> Json.read(d.json(), Packages.class));
    }

    @Override
    public Optional<Packages> sitePackages(DomainName anyName) {
        return site(anyName).flatMap(known -> packagesOf(known.id()));
    }

    @Override
    public List<Codebase> codebases() {
        return all(documents.all(CODEBASE), Codebase.class);
    }

    @Override
    public Optional<Site> site(DomainName anyName) {
        return documents.byKey(SITE, anyName.value()).map(d -> Json.read(d.json(), Site.class));
    }

    @Override
    public Optional<Site> site(Id id) {
        return documents.byId(SITE, id).map(d -> Json.read(d.json(), Site.class));
    }

    @Override
    public List<Site> sites() {
        return all(documents.all(SITE), Site.class);
    }

    @Override
    public List<Site> sitesOf(Name codebase) {
        return all(documents.byLink(SITE, "codebase:" + codebase), Site.class);
    }

    @Override
    public List<Site> sitesOn(Name server) {
        return all(documents.byLink(SITE, "server:" + server), Site.class);
    }

    @Override
    public Optional<Backup> backup(Id id) {
        return documents.byId(BACKUP, id).map(d -> Json.read(d.json(), Backup.class));
    }

    @Override
    public List<Backup> backups() {
        return newestFirst(documents.all(BACKUP));
    }

    @Override
    public List<Backup> backupsOf(Id owner) {
        return newestFirst(documents.byLink(BACKUP, "owner:" + owner));
    }

    /** By the order in which they were planned, which no clock that jumps can change. */
    private static List<Backup> newestFirst(List<Document> found) {
        return all(found, Backup.class).stream()
                .sorted(Comparator.comparing((Backup backup) -> backup.id().value())
                        .reversed())
                .toList();
    }

    @Override
    public void save(Backup backup) {
        Set<String> links =
                Set.of("owner:" + backup.owner(), "server:" + backup.service().server());
        put(new Document(BACKUP, backup.id(), backup.id().value(), Set.of(), links, Json.write(backup)));
    }

    @Override
    public void removeBackup(Id id) {
        remove(BACKUP, id);
    }

    @Override
    public void save(Server server) {
        put(new Document(SERVER, server.id(), server.name().value(), Set.of(), Set.of(), Json.write(server)));
    }

    @Override
    public void save(Codebase codebase) {
        Set<String> links = codebase.servers().stream().map(s -> "server:" + s).collect(Collectors.toSet());
        put(new Document(CODEBASE, codebase.id(), codebase.name().value(), Set.of(), links, Json.write(codebase)));
    }

    @Override
    public void save(Site site) {
        Set<String> keys = site.allNames().stream()
                .map(DomainName::value)
                .filter(name -> !name.equals(site.name().value()))
                .collect(Collectors.toSet());
        Set<String> links = new HashSet<>();
        links.add("codebase:" + site.codebase());
        site.services().values().stream().map(ServiceRef::server).forEach(server -> links.add("server:" + server));
        put(new Document(SITE, site.id(), site.name().value(), keys, links, Json.write(site)));
    }

    @Override
    public void save(ServerFacts facts) {
        put(new Document(FACTS, facts.server(), facts.server().value(), Set.of(), Set.of(), Json.write(facts)));
    }

    @Override
    public void save(Packages packages) {
        put(new Document(
                PACKAGES, packages.owner(), packages.owner().value(), Set.of(), Set.of(), Json.write(packages)));
    }

    @Override
    public void removePackages(Id owner) {
        remove(PACKAGES, owner);
    }

    @Override
    public void removeServer(Id id) {
        remove(FACTS, id);
        remove(SERVER, id);
    }

    @Override
    public void removeCodebase(Id id) {
        remove(PACKAGES, id);
        remove(CODEBASE, id);
    }

    @Override
    public void removeSite(Id id) {
        remove(PACKAGES, id);
        remove(SITE, id);
    }

    private void put(Document document) {
        checkWritable();
        documents.save(document);
    }

    private void remove(String kind, Id id) {
        checkWritable();
        documents.delete(kind, id);
    }

    private void checkWritable() {
        if (!writable) {
            throw new RefusedException(
                    "The inventory can only be written by a step while it runs, not by a plan or a preview.");
        }
    }

    private static <T> List<T> all(List<Document> found, Class<T> type) {
        return found.stream().map(document -> Json.read(document.json(), type)).toList();
    }
}
