// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.file.store;

import dev.aegir.host.Host;
import dev.aegir.model.Id;
import dev.aegir.task.StepContext;
import java.io.OutputStream;
import java.util.Optional;

/** The commits of one owner, where a step can use them. For one run of it. */
interface GitCommits extends AutoCloseable {
    /**
     * Those in a store.
     *
     * @param use what they are used for, and of which owner: two steps that may run at once are not called alike
     */
    static GitCommits of(GitPlace place, Id owner, String use, Spool spool, StepContext context)
            throws InterruptedException {
        Host host = context.host(place.service().server());
        return place.remote().isPresent()
                ? new GitBranch(host, place, place.remote().get(), owner, use, spool, context)
                : new GitKept(new GitRepository(host, place, owner), place, owner, spool, context);
    }

    /** Where they are used. */
    GitRepository repository();

    /** All is ready for a commit behind the newest; gives that. */
    Optional<String> ready() throws InterruptedException;

    /** The newest, to be read. */
    Optional<String> newest() throws InterruptedException;

    /** Whether a commit is one of them, after {@link #newest} has given one; it can be read then, and no other. */
    boolean has(String version) throws InterruptedException;

    /** The index of the commit that was asked for last goes into the spool; gives whether there is one. */
    boolean index(String commit) throws InterruptedException;

    /** These objects of a commit, a line each, are in the repository. */
    void bring(String commit, Piped.Work<OutputStream> objects) throws InterruptedException;

    /** The newest commit of the repository is the newest of the store; gives it. */
    Optional<String> publish(Optional<String> parent) throws InterruptedException;

    /** How people see which there are. */
    String log();

    @Override
    void close();
}
