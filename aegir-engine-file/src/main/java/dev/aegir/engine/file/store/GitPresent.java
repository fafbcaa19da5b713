// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.file.store;

import java.util.List;

/** What the newest commit of a repository has. Not thread-safe while it is filled. */
final class GitPresent implements Receiver.Present {
    private final KeySet paths = new KeySet();
    private final KeySet objects = new KeySet();

    void put(GitRepository.Listed listed) {
        paths.name(listed.mode() + " " + listed.size() + " " + listed.path());
        paths.name(listed.size() + " " + listed.path());
        if (listed.size() >= 0) {
            objects.sum(listed.object(), 0);
        }
    }

    @Override
    public boolean has(Entry entry, List<String> sums) {
        long size = entry.type() == 'l' ? entry.target().length() : entry.size();
        return paths.hasName(GitUploads.mode(entry) + " " + size + " " + GitNames.path(entry.name()));
    }

    /** Whether something of that length is there under that path. */
    boolean sized(String path, long size) {
        return paths.hasName(size + " " + path);
    }

    /** Whether that object is part of it. */
    boolean object(String id) {
        return objects.hasSum(id);
    }
}
