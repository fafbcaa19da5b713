// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.file.store;

import java.util.List;

/**
 * What the newest commit of a repository has. Where the length of files is not known, what has their name and kind counts as them; their
 * content is compared when it comes back. Not thread-safe while it is filled.
 */
final class GitPresent implements Receiver.Present {
    private final KeySet paths = new KeySet();
    private final KeySet objects = new KeySet();
    private final boolean partial;

    /** Of a repository that may have files without their content. */
    GitPresent(boolean partial) {
        this.partial = partial;
    }

    void put(GitRepository.Listed listed) {
        paths.name(listed.mode() + " " + listed.size() + " " + listed.path());
        paths.name(listed.size() + " " + listed.path());
        if (partial) {
            paths.name(listed.mode() + " " + listed.object() + " " + listed.path());
        }
        if (listed.size() >= 0) {
            objects.sum(listed.object(), 0);
        }
    }

    @Override
    public boolean has(Entry entry, List<String> sums) {
        long size = known(entry.type() == 'l' ? entry.target().length() : entry.size());
        return paths.hasName(GitUploads.mode(entry) + " " + size + " " + GitNames.path(entry.name()));
    }

    /** Whether something of that length is there under that path. */
    boolean sized(String path, long size) {
        return paths.hasName(known(size) + " " + path);
    }

    private long known(long size) {
        return partial ? -1 : size;
    }

    /** Whether that object is there under that path already, where it cannot be named as it is not here. */
    boolean same(String mode, String id, String path) {
        return partial && paths.hasName(mode + " " + id + " " + path);
    }

    /** Whether that object is part of it. */
    boolean object(String id) {
        return objects.hasSum(id);
    }
}
