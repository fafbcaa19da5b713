// SPDX-License-Identifier: Apache-2.0
package dev.aegir.model;

import java.util.List;
import java.util.Optional;

/**
 * Files on a server: some directories below one, with everything in them. What a site consists of beside its code is made of
 * trees: what it writes, and its database once it is dumped.
 *
 * @param owner the id of the site or codebase whose files they are
 * @param title how people call it
 * @param server the server
 * @param directory the directory that all paths are below
 * @param paths the directories, relative to {@code directory}; an empty path is {@code directory} itself
 * @param account the account as which they are read and written, so that nothing beyond its reach is ever touched; absent for
 *     the host's privileged account, which is for what no site can write
 */
public record Tree(
        Id owner, String title, Name server, HostPath directory, List<String> paths, Optional<String> account)
        implements Resource {
    /** Validates and copies. */
    public Tree {
        paths = List.copyOf(paths);
        for (String path : paths) {
            directory.resolve(path); // Refuses what would leave it.
        }
    }

    /**
     * The same directories elsewhere.
     *
     * @param otherServer the server
     * @param otherDirectory the directory
     * @param otherAccount the account
     * @return a copy
     */
    public Tree at(Name otherServer, HostPath otherDirectory, Optional<String> otherAccount) {
        return new Tree(owner, title, otherServer, otherDirectory, paths, otherAccount);
    }

    @Override
    public String toString() {
        return server + ":" + directory + (paths.equals(List.of("")) ? "" : "/" + paths);
    }
}
