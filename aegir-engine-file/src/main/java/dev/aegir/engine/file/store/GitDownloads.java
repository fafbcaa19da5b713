// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.file.store;

import dev.aegir.engine.file.store.FileStoreException.Problem;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What {@code git cat-file} gives, one object after the other. */
final class GitDownloads implements Contents {
    private static final Pattern HEADER = Pattern.compile("[0-9a-f]{40} blob ([0-9]{1,18})");
    private final String store;
    private final InputStream git;
    private final Pace pace;
    private long left;

    GitDownloads(String store, InputStream git, int bandwidth) {
        this.store = store;
        this.git = new BufferedInputStream(git, 1 << 16);
        this.pace = new Pace(bandwidth);
    }

    @Override
    public byte[] next(Entry of, String sum, int size) throws InterruptedException {
        pace.went(size);
        byte[] content;
        try {
            if (left == 0) {
                begin(of);
            }
            // Read into its place, where it is once.
            content = new byte[size];
            boolean whole = git.readNBytes(content, 0, size) == size;
            left -= size;
            if (!whole || left == 0 && git.read() != '\n') {
                throw new IOException("what git gives was cut");
            }
        } catch (IOException e) {
            throw new GitStreamException(e);
        }
        if (!Sums.of(content).equals(sum)) {
            throw damaged(of, "is not what was stored");
        }
        return content;
    }

    private void begin(Entry of) throws IOException {
        Optional<String> header = GitRepository.until('\n', git);
        if (header.isEmpty()) {
            throw new IOException("what git gives was cut");
        }
        Matcher object = HEADER.matcher(header.get());
        if (!object.matches() || Long.parseLong(object.group(1)) != of.size()) {
            throw damaged(of, "is not there, or not as long as it was");
        }
        left = of.size();
    }

    private FileStoreException damaged(Entry of, String how) {
        return damaged(store, of, how);
    }

    static FileStoreException damaged(String store, Entry of, String how) {
        return new FileStoreException(
                Problem.DAMAGED,
                "What the store " + store + " has of " + Entry.shown(of.name()) + " " + how
                        + ". Nothing of it is used. Fetch another version, or take the files from a backup.");
    }
}
