// SPDX-License-Identifier: Apache-2.0
package dev.aegir.host;

import dev.aegir.model.Name;

/**
 * A server as steps see it: commands run there, files are there. Backends implement it. Thread-safe; a broken connection is
 * opened again by the next call, which proves the host's identity again.
 */
public interface Host extends AutoCloseable {
    /**
     * Which server this is.
     *
     * @return its name
     */
    Name server();

    /**
     * Runs a command to its end.
     *
     * @param command what to run
     * @param input what it reads
     * @return how it ended; a non-zero exit is a result
     * @throws CommandTimeoutException when it took longer than it may; it was killed
     * @throws HostUnreachableException when the connection could not be opened or broke; the command may have run
     * @throws HostRefusedException when the host is not the one that was enrolled, or does not let us in
     * @throws FencedException when a newer owner has taken over; the command did not run
     * @throws InterruptedException when the thread is interrupted
     */
    CommandResult run(Command command, Input input) throws InterruptedException;

    /**
     * Runs a command that reads nothing.
     *
     * @param command what to run
     * @return how it ended
     * @throws InterruptedException when the thread is interrupted
     */
    default CommandResult run(Command command) throws InterruptedException {
        return run(command, Input.none());
    }

    /**
     * Runs a command at most once for a key, however often it is asked: when it runs already, this waits for that run;
     * when it has ended, this returns how. It goes on when the connection or this program dies.
     *
     * @param key the key: letters, digits, {@code . _ -}
     * @param command what to run
     * @param input what it reads
     * @return how it ended
     * @throws HostUnreachableException when the connection broke, or the host was restarted while the command ran
     * @throws InterruptedException when the thread is interrupted; the command goes on
     */
    CommandResult runOnce(String key, Command command, Input input) throws InterruptedException;

    /**
     * Ends the run that {@link #runOnce} began for a key, if it is still under way, with everything it has started; when this
     * returns it does nothing more. For taking a step back.
     *
     * @param key the key
     * @throws InterruptedException when the thread is interrupted
     */
    void stop(String key) throws InterruptedException;

    /**
     * Starts a command whose streams are used while it runs.
     *
     * @param command what to run; its output limit does not apply, its timeout is the caller's business
     * @return the running command
     * @throws InterruptedException when the thread is interrupted
     */
    RunningCommand start(Command command) throws InterruptedException;

    /**
     * Its files.
     *
     * @return the files
     */
    HostFiles files();

    /**
     * This host for one owner: everything done through it carries the fence.
     *
     * @param fence who is at work
     * @return a view of this host; closing it does nothing
     */
    Host fenced(Fence fence);

    /** Lets go of the connection. */
    @Override
    void close();
}
