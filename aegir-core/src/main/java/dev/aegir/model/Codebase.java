// SPDX-License-Identifier: Apache-2.0
package dev.aegir.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Code that many sites share. It never changes: newer code is another codebase, and sites are moved to it.
 *
 * @param id its identity
 * @param name its name
 * @param application what the code is: {@code static}, {@code drupal}, {@code wordpress}, or a plugin's
 * @param source where it comes from
 * @param webRoot the directory of the code that is served, relative to its top; empty for the top itself
 * @param revision what exactly was brought, in the source's own terms (a commit, a checksum); known once it was created
 * @param servers where it is deployed
 * @param locked whether new sites are refused
 * @param settings what is wished of it, such as {@code schedule.backup}; nothing that its code depends on
 */
public record Codebase(
        Id id,
        Name name,
        Name application,
        CodeSource source,
        String webRoot,
        Optional<String> revision,
        List<Name> servers,
        boolean locked,
        Settings settings) {
    /** Validates and copies. */
    public Codebase {
        servers = servers.stream().distinct().sorted().toList();
        HostPath.of("/").resolve(webRoot);
    }

    /**
     * A new codebase of static files, deployed nowhere yet.
     *
     * @param name its name
     * @param source where the code comes from
     * @return the codebase, with a new id
     */
    public static Codebase of(String name, CodeSource source) {
        return new Codebase(
                Id.next(),
                Name.of(name),
                Name.of("static"),
                source,
                "",
                Optional.empty(),
                List.of(),
                false,
                Settings.none());
    }

    /**
     * This codebase as another application.
     *
     * @param newApplication the application's name
     * @return a copy
     */
    public Codebase application(String newApplication) {
        return new Codebase(id, name, Name.of(newApplication), source, webRoot, revision, servers, locked, settings);
    }

    /**
     * This codebase served from one of its directories.
     *
     * @param relative the directory, such as {@code public}
     * @return a copy
     */
    public Codebase webRoot(String relative) {
        return new Codebase(id, name, application, source, relative, revision, servers, locked, settings);
    }

    /**
     * This codebase deployed to more servers.
     *
     * @param more the servers' names
     * @return a copy
     */
    public Codebase on(String... more) {
        List<Name> copy = new ArrayList<>(servers);
        for (String server : more) {
            copy.add(Name.of(server));
        }
        return new Codebase(id, name, application, source, webRoot, revision, copy, locked, settings);
    }

    /**
     * This codebase with its revision known.
     *
     * @param exact what was brought
     * @return a copy
     */
    public Codebase revision(String exact) {
        return new Codebase(id, name, application, source, webRoot, Optional.of(exact), servers, locked, settings);
    }

    /**
     * This codebase locked or unlocked.
     *
     * @param refuseSites whether new sites are refused
     * @return a copy
     */
    public Codebase locked(boolean refuseSites) {
        return new Codebase(id, name, application, source, webRoot, revision, servers, refuseSites, settings);
    }

    /**
     * This codebase with a setting, in place of one of the same name.
     *
     * @param setting its name, such as {@code schedule.backup}
     * @param value its value; no secret
     * @return a copy
     */
    public Codebase with(String setting, String value) {
        return settings(settings.with(setting, value));
    }

    /**
     * This codebase with other settings.
     *
     * @param all all the settings it shall have
     * @return a copy
     */
    public Codebase settings(Settings all) {
        return new Codebase(id, name, application, source, webRoot, revision, servers, locked, all);
    }

    /**
     * This codebase with the identity, revision, lock and settings of the one that exists already under its name.
     *
     * @param known the existing one
     * @return a copy
     */
    public Codebase identified(Codebase known) {
        return new Codebase(
                known.id, name, application, source, webRoot, known.revision, servers, known.locked, known.settings);
    }
}
