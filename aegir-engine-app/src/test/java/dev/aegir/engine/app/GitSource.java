// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.app;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A repository on this machine with a work tree to fill it from. */
final class GitSource {
    private final Workplace place;
    private final Path work;
    private final Path bare;

    GitSource(Workplace place, String name) {
        this.place = place;
        work = place.top().resolve("work-" + name);
        bare = place.source(name + ".git");
        place.sh(place.top(), "git", "init", "--quiet", "--initial-branch=main", work.toString());
        place.sh(place.top(), "git", "init", "--quiet", "--bare", "--initial-branch=main", bare.toString());
    }

    String url() {
        return "file://" + bare;
    }

    Path bare() {
        return bare;
    }

    Path work() {
        return work;
    }

    GitSource file(String path, String content) {
        try {
            Path file = work.resolve(path);
            Files.createDirectories(file.getParent());
            Files.writeString(file, content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    GitSource link(String path, String target) {
        try {
            Path link = work.resolve(path);
            Files.createDirectories(link.getParent());
            Files.deleteIfExists(link);
            Files.createSymbolicLink(link, Path.of(target));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    /** Commits everything and gives the commit's id. */
    String commit() {
        git("add", "--all");
        git(
                "-c",
                "user.name=Test",
                "-c",
                "user.email=test@example.net",
                "commit",
                "--quiet",
                "--allow-empty",
                "-m",
                "x");
        push();
        return git("rev-parse", "HEAD");
    }

    void push() {
        git("push", "--quiet", "--force", "--all", bare.toString());
        git("push", "--quiet", "--force", "--tags", bare.toString());
    }

    String git(String... words) {
        String[] command = new String[words.length + 1];
        command[0] = "git";
        System.arraycopy(words, 0, command, 1, words.length);
        return place.sh(work, command);
    }
}
