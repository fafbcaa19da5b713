// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.file.store;

import dev.aegir.model.Id;
import dev.aegir.task.StepContext;
import java.io.OutputStream;
import java.util.Optional;

/**
 * Those of the repository that its server keeps for an owner.
 *
 * @param repository the repository
 * @param place the store
 * @param owner the owner
 * @param spool where the index goes
 * @param context what the step may use
 */
record GitKept(GitRepository repository, GitPlace place, Id owner, Spool spool, StepContext context)
        implements GitCommits {
    @Override
    public Optional<String> ready() throws InterruptedException {
        repository.make();
        return repository.tip();
    }

    @Override
    public Optional<String> newest() throws InterruptedException {
        return repository.size().isPresent() ? repository.tip() : Optional.empty();
    }

    @Override
    public boolean has(String version) throws InterruptedException {
        return repository.has(version);
    }

    @Override
    public boolean index(String commit) throws InterruptedException {
        return repository.index(commit, spool.old(), IndexReader.LONGEST);
    }

    @Override
    public void bring(String commit, Piped.Work<OutputStream> objects) {
        // All of them are here.
    }

    @Override
    public Optional<String> publish(Optional<String> parent) throws InterruptedException {
        repository.tidied().ifPresent(why -> context.log("the files are stored, and git could not tidy up: " + why));
        return repository.tip();
    }

    @Override
    public String log() {
        return "git --git-dir=" + place.directory() + "/" + owner + ".git log files";
    }

    @Override
    public void close() {
        // It stays.
    }
}
