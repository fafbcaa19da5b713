// SPDX-License-Identifier: Apache-2.0
package dev.aegir.task;

import dev.aegir.model.Backup;
import dev.aegir.model.Codebase;
import dev.aegir.model.DomainName;
import dev.aegir.model.Id;
import dev.aegir.model.Name;
import dev.aegir.model.Packages;
import dev.aegir.model.RefusedException;
import dev.aegir.model.Server;
import dev.aegir.model.ServerFacts;
import dev.aegir.model.Site;
import java.util.List;
import java.util.Optional;

/**
 * What is known to exist: servers, codebases, sites, backups. Only steps write it; saving is durable when it returns. Thread-safe.
 */
public sealed interface Inventory permits dev.aegir.internal.DocumentInventory {
    /**
     * A server.
     *
     * @param name its name
     * @return the server, if there is one
     */
    Optional<Server> server(Name name);

    /**
     * A server.
     *
     * @param name its name
     * @return the server, if there is one
     */
    default Optional<Server> server(String name) {
        return server(Name.of(name));
    }

    /**
     * All servers.
     *
     * @return the servers by name
     */
    List<Server> servers();

    /**
     * What a server was found to have.
     *
     * @param name the server's name
     * @return the facts, if it was verified
     */
    Optional<ServerFacts> facts(Name name);

    /**
     * A codebase.
     *
     * @param name its name
     * @return the codebase, if there is one
     */
    Optional<Codebase> codebase(Name name);

    /**
     * A codebase.
     *
     * @param name its name
     * @return the codebase, if there is one
     */
    default Optional<Codebase> codebase(String name) {
        return codebase(Name.of(name));
    }

    /**
     * What a codebase was found to have in it.
     *
     * @param codebase the codebase's name
     * @return the packages, if it was scanned
     */
    Optional<Packages> packages(Name codebase);

    /**
     * What a codebase was found to have in it.
     *
     * @param codebase the codebase's name
     * @return the packages, if it was scanned
     */
    default Optional<Packages> packages(String codebase) {
        return packages(Name.of(codebase));
    }

    /**
     * What a codebase or a site was found to have, also of a site that is not in the inventory yet.
     *
     * @param owner its id
     * @return the packages, if they are known
     */
    Optional<Packages> packagesOf(Id owner);

    /**
     * What a site was found to have, and what of it is switched on.
     *
     * @param anyName a name that leads to the site
     * @return the packages, if its application tells them and the site was verified
     */
    Optional<Packages> sitePackages(DomainName anyName);

    /**
     * What a site was found to have, and what of it is switched on.
     *
     * @param anyName a name that leads to the site
     * @return the packages, if its application tells them and the site was verified
     */
    default Optional<Packages> sitePackages(String anyName) {
        return sitePackages(DomainName.of(anyName));
    }

    /**
     * All codebases.
     *
     * @return the codebases by name
     */
    List<Codebase> codebases();

    /**
     * The site a name leads to.
     *
     * @param anyName its own name, an alias, or a redirected name
     * @return the site, if there is one
     */
    Optional<Site> site(DomainName anyName);

    /**
     * The site a name leads to.
     *
     * @param anyName its own name, an alias, or a redirected name
     * @return the site, if there is one
     */
    default Optional<Site> site(String anyName) {
        return site(DomainName.of(anyName));
    }

    /**
     * A site by what it is, whatever it is called.
     *
     * @param id its id
     * @return the site, if there is one
     */
    Optional<Site> site(Id id);

    /**
     * All sites.
     *
     * @return the sites by name
     */
    List<Site> sites();

    /**
     * The sites that run a codebase.
     *
     * @param codebase the codebase's name
     * @return the sites by name
     */
    List<Site> sitesOf(Name codebase);

    /**
     * The sites bound to any service of a server.
     *
     * @param server the server's name
     * @return the sites by name
     */
    List<Site> sitesOn(Name server);

    /**
     * A backup.
     *
     * @param id its id
     * @return the backup, if there is one
     */
    Optional<Backup> backup(Id id);

    /**
     * All backups.
     *
     * @return the backups, newest first
     */
    List<Backup> backups();

    /**
     * The backups of a site or codebase.
     *
     * @param owner its id
     * @return the backups, newest first
     */
    List<Backup> backupsOf(Id owner);

    /**
     * Saves a backup, in place of the one of the same id if there is one.
     *
     * @param backup the backup
     */
    void save(Backup backup);

    /**
     * Removes a backup from the inventory, whether there is one or not; what is stored stays.
     *
     * @param id its id
     */
    void removeBackup(Id id);

    /**
     * Saves a server, in place of the one of the same id if there is one.
     *
     * @param server the server
     * @throws RefusedException when another server has its name
     */
    void save(Server server);

    /**
     * Saves a codebase, in place of the one of the same id if there is one.
     *
     * @param codebase the codebase
     * @throws RefusedException when another codebase has its name
     */
    void save(Codebase codebase);

    /**
     * Saves a site, in place of the one of the same id if there is one.
     *
     * @param site the site
     * @throws RefusedException when another site has one of its names
     */
    void save(Site site);

    /**
     * Saves what a server was found to have.
     *
     * @param facts the facts
     */
    void save(ServerFacts facts);

    /**
     * Saves what a codebase or a site was found to have, in place of what is known.
     *
     * @param packages the packages; their owner is the id of the codebase or site
     */
    void save(Packages packages);

    /**
     * Forgets what a codebase or a site was found to have, whether that is known or not.
     *
     * @param owner the id of the codebase or site
     */
    void removePackages(Id owner);

    /**
     * Removes a server and its facts, whether there is one or not.
     *
     * @param id its id
     */
    void removeServer(Id id);

    /**
     * Removes a codebase and its packages, whether there is one or not.
     *
     * @param id its id
     */
    void removeCodebase(Id id);

    /**
     * Removes a site and its packages, whether there is one or not.
     *
     * @param id its id
     */
    void removeSite(Id id);
}
